"""The Backtrader feed that carries prices and forecasts together."""

import backtrader as bt

FORECAST_LINES = ("predicted_return", "predicted_close", "volatility", "median_volatility")


class ForecastFeed(bt.feeds.PandasData):
    """Daily bars with, on the bar at whose close it was made, the forecast of the next one.

    `ForecastFeed(dataname=frame)` takes a DataFrame with the columns Open High Low Close Volume and any of
    predicted_return, predicted_close, volatility, median_volatility. A line without a column is NaN throughout.
    The lines of a bar hold what was known at its close, never later.
    """

    lines = FORECAST_LINES
    params = (("openinterest", None), *((line, -1) for line in FORECAST_LINES))
