"""Files, the two kinds of storage, processes and text."""
