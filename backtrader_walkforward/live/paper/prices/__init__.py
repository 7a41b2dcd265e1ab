"""The prices of today in the units of a ledger: actions that explain them, and what nobody explains."""
