"""A panel: many tickers, each studied by itself, traded together in books, and judged by one verdict."""
