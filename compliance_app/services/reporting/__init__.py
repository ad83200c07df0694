"""Reports: one frozen reading of the register, handed to `reports` as data.

This package is the only one that imports `reports`: `scopes` and `orders` say what is asked,
`reading` and `evidence` read it, `trail_part` proves it, `producing` writes it, `jobs` does so
behind a page, and `verifying` checks what was handed over.
"""
