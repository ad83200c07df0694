"""A worked case in the golden format: read strictly, run through the engine, compared.

docs/golden-cases.md describes the format; anybody's file of cases can be run.
"""
