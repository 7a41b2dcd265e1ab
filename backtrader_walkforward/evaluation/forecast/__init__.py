"""Forecasts measured: errors and tests of them, the fits one by one, and the importance of each feature."""
