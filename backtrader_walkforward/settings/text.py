"""Settings as a person types them."""

from dataclasses import Field
from shlex import quote
from typing import Any

from backtrader_walkforward.settings.field import option_of, rule_of
from backtrader_walkforward.settings.kinds import format_value, kind_of
from backtrader_walkforward.settings.settings import FIELDS, Settings, json_value


def format_setting(name: str, value: Any) -> str:
    """Return the JSON value of a setting as it is typed. The setting may be one that an earlier version had.

    >>> format_setting("timeframes", ["daily", "weekly"]), format_setting("stop_loss", None)
    ('daily,weekly', 'none')
    >>> format_setting("train_window", None), format_setting("allow_short", True)
    ('all', 'True')
    >>> format_setting("regime_filter", {"calm": "half", "downtrend": "out"})
    'calm=half,downtrend=out'
    """
    if value is None or value in ([], {}):
        return rule_of(FIELDS[name]).none if name in FIELDS else "none"
    return format_value(value)


def format_default(one: Field[Any]) -> str:
    """Return the default of a setting as it is typed; nothing for a flag, or where the setting is off."""
    rule, (kind, _) = rule_of(one), kind_of(one.type)
    off = rule.flag or one.default in (None, ())
    return rule.usual if rule.usual or off else format_value(kind.to_json(one.default))


def command_line(settings: Settings) -> str:
    """Return the command that runs these settings: `backtrader-walkforward run --ticker AAPL --lookback 30`.

    Its options are the saved settings that are not the default.
    """
    words = ["backtrader-walkforward", "run"]
    for name, value, rule in settings.items():
        if rule.saved and not rule.hidden and value != FIELDS[name].default:
            words += [option_of(FIELDS[name])]
            words += [] if rule.flag else [quote(format_setting(name, json_value(name, value)))]
    return " ".join(words)
