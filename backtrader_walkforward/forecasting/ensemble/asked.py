"""The target and the walk-forward that the settings ask for."""

from dataclasses import fields

from backtrader_walkforward.forecasting.walk_forward import WalkForward
from backtrader_walkforward.settings.settings import Settings


def target_of(settings: Settings) -> str:
    """Return the target of the predictors. With fills at the close a position earns the return to the next close."""
    at_close = settings.forecast.target == "traded" and settings.trading.fill == "close"
    return "return" if at_close else settings.forecast.target


def walk_forward_of(settings: Settings) -> WalkForward:
    """Return the walk-forward that the settings ask for; its fields have the names of the settings."""
    names = {field.name for field in fields(WalkForward)}
    return WalkForward(**{name: value for name, value in vars(settings.forecast).items() if name in names})
