"""Files, processes, SQLite and text."""
