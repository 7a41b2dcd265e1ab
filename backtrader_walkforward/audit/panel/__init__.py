"""The audit of a panel: all tickers perturbed at once, every book traded again, and the ticker named that leaks."""
