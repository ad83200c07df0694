"""Tally 3220, the gift-and-gratuity register for broker-dealers under FINRA Rule 3220."""

__version__ = "0.1.0"
