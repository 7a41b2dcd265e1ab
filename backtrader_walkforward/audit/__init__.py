"""The proof that nothing looked at the future and that the figures add up: cut and poisoned futures, and a ledger."""
