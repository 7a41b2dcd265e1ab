"""Dividends and splits: found in closes and adjusted closes, named by a file, or doubtful."""
