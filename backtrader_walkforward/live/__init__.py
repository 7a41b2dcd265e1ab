"""After the backtest: orders for the next session, and a paper ledger."""
