"""One fit on the rows of several tickers, each scaled by its own training rows."""
