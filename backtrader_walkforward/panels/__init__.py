"""A panel: many tickers, each studied by itself, traded together in one book, and judged by one verdict."""
