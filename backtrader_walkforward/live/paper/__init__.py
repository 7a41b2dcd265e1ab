"""What is done with the forecast for the next session."""
