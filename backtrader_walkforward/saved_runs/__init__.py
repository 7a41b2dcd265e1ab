"""Run folders, read again: listed by their headlines, and compared."""
