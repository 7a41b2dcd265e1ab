"""Live use: the orders for the next session, and a ledger of paper accounts."""
