"""The study of each ticker as a task: its prices, where it runs, and where its result is kept."""
