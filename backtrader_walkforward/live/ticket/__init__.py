"""Orders for the next session."""
