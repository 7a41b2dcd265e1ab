"""Settings of a run, and their rules."""
