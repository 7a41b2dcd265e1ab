"""The order ticket: the orders of every variant for the next session."""
