"""A panel: many tickers, each with its own study, and what they show together."""
