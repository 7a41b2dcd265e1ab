"""Paper trading: accounts in an append-only ledger, and their comparison with a backtest."""
