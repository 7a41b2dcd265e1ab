"""Stored forecasts."""
