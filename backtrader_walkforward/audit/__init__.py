"""Audit: no result of a run depends on later prices, and the equity of every account adds up."""
