"""The arguments that people give in Python, checked before any work."""

from collections.abc import Mapping
from typing import Any

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.settings import Settings


def chosen_settings(settings: Any, values: Mapping[str, Any], *, executor: Any, progress: Any) -> Settings:
    """Return the settings to begin with, or the defaults, with these values.

    Raises
    ------
    ArgumentError
        If `settings` are none, `executor` cannot run tasks, or `progress` cannot be called.
    """
    if not isinstance(settings, Settings | None):
        raise ArgumentError(
            f"settings must be a wf.Settings: {settings!r} - write settings=wf.Settings.of(lookback=30)"
        )
    if not (executor is None or hasattr(executor, "submit")):
        remedy = "give a concurrent.futures.Executor, or None"
        raise ArgumentError(f"executor must have the method submit: {executor!r} - {remedy}")
    if not callable(progress):
        raise ArgumentError(f"progress must be a function of one event: {progress!r} - for example print")
    return settings.replace(**values) if settings else Settings.of(**values)
