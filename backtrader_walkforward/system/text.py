"""Words that many sentences need."""

from typing import Any


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if need be.

    >>> counted(1, "variant"), counted(20, "variant")
    ('1 variant', '20 variants')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def format_setting(name: str, value: Any) -> str:
    """Return the value of a setting as it is typed.

    >>> format_setting("timeframes", ["daily", "weekly"]), format_setting("stop_loss", None)
    ('daily,weekly', 'none')
    >>> format_setting("allow_short", True), format_setting("regime_filter", {"calm": "half", "downtrend": "out"})
    ('True', 'calm=half,downtrend=out')
    """
    if value is None or value in ([], {}):
        return "all" if name == "train_window" else "none"
    parts = [f"{key}={action}" for key, action in value.items()] if isinstance(value, dict) else value
    return ",".join(map(str, parts)) if isinstance(parts, list) else str(value)
