"""The paper ledger: its content, and the SQLite file that keeps it."""
