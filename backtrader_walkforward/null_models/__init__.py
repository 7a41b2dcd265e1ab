"""Null models: strategies without information, run through the same broker."""
