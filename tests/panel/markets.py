"""Drawn panels: tickers with bars and forecasts of their own."""

import numpy as np
import pandas as pd

PRICES = ["Open", "High", "Low", "Close"]


def drawn_panel(tickers=10, days=60, seed=1):
    """Return bars by ticker, with a random forecast from the sixth day on."""
    index = pd.bdate_range("2024-01-01", periods=days, name="date")
    return {f"T{number:02}": drawn_bars(index, np.random.default_rng([seed, number])) for number in range(tickers)}


def drawn_bars(index, rng):
    closes = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, len(index))))
    opens = np.r_[100.0, closes[:-1]] * np.exp(rng.normal(0, 0.005, len(index)))
    frame = pd.DataFrame({"Open": opens, "Close": closes}, index)
    frame["High"], frame["Low"] = frame.max(axis=1) * 1.005, frame.min(axis=1) * 0.995
    forecast = np.where(np.arange(len(index)) < 5, np.nan, rng.normal(0, 0.01, len(index)))
    return frame.assign(Volume=1e6, predicted_return=forecast, predicted_close=closes * (1 + forecast))


def literal_bars(opens, closes, forecasts, days):
    """Return bars that are given number by number."""
    frame = pd.DataFrame({"Open": opens, "Close": closes, "predicted_return": forecasts}, days, dtype=float)
    return frame.assign(High=frame[["Open", "Close"]].max(axis=1), Low=frame[["Open", "Close"]].min(axis=1), Volume=1.0)
