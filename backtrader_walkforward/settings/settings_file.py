"""The settings file of a run, `settings.toml`: a run from it leaves the same files."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

from backtrader_walkforward import __version__
from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.field import option_of
from backtrader_walkforward.settings.settings import FIELDS, GROUP_OF, GROUPS, Settings, format_setting, json_value
from backtrader_walkforward.system.files import read_regular

LARGEST_FILE = 1_000_000
"""Bytes; a settings file has some two thousand."""

HEAD = """\
# The settings of one run. It runs again with: backtrader-walkforward {command} --settings FILE
# Where and how it runs (--workers, --cache-dir, --out ...) is not part of it.

"""

RUN = "run"
"""The table that describes the run. All others hold settings."""

KEYS = {RUN: ["command", "version"]} | {
    group: [name for name, _, rule in Settings().items() if rule.saved and GROUP_OF[name] == group] for group in GROUPS
}
"""Keys of each table."""


class SettingsFile(NamedTuple):
    """A settings file that was read: its settings, with defaults for those that it lacks, and notes for the user."""

    path: Path
    settings: Settings
    notes: tuple[str, ...]


def settings_toml(settings: Settings) -> str:
    """Return the text of a settings file; with the snapshot of the prices, a run from it has the same or stops."""
    paths = {"csv": settings.data.csv, "csv_folder": settings.panel.csv_folder}
    whole = settings.replace(**{name: path and path.absolute() for name, path in paths.items()})
    run = {"command": command_line(whole), "version": __version__}
    values = {
        name: rule.none if value is None else json_value(name, value)
        for name, value, rule in whole.items()
        if settings.command in rule.commands
    }
    groups = {group: {name: values[name] for name in names if name in values} for group, names in KEYS.items()}
    tables = {group: own for group, own in groups.items() if own}
    return HEAD.format(command=settings.command) + toml_document({RUN: run, **tables})


def command_line(settings: Settings) -> str:
    """Return the command that runs these settings: `backtrader-walkforward run --ticker AAPL --lookback 30`.

    Its options are the saved settings that are not the default.
    """
    words = ["backtrader-walkforward", settings.command]
    for name, value, rule in settings.items():
        is_option = rule.saved and not rule.hidden and settings.command in rule.commands
        if is_option and value != FIELDS[name].default:
            words += [option_of(FIELDS[name])]
            words += [] if rule.flag else [quote(format_setting(name, json_value(name, value)))]
    return " ".join(words)


def toml_document(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return tables of keys and values as TOML.

    >>> print(toml_document({"data": {"ticker": "SPY", "period": 730}}), end="")
    [data]
    ticker = "SPY"
    period = 730
    """
    return "\n".join(
        "".join([f"[{name}]\n", *(f"{key} = {toml_value(value)}\n" for key, value in table.items())])
        for name, table in tables.items()
    )


def toml_value(value: Any) -> str:
    """Return a text, a number, a truth value, or a list or mapping of them as TOML.

    Half a character, which TOML does not know, becomes a question mark.

    >>> toml_value(["daily", "weekly"]), toml_value({"calm": "half"}), toml_value(True), toml_value(0.5)
    ('["daily", "weekly"]', '{calm = "half"}', 'true', '0.5')
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml_key(key)} = {toml_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        whole = value.encode(errors="replace").decode()
        return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def toml_key(key: str) -> str:
    """Return a key of an inline table, in quotes where it has a point.

    >>> toml_value({"kelly.cap": [0.1, 0.25], "calm": "half"})
    '{"kelly.cap" = [0.1, 0.25], calm = "half"}'
    """
    return json.dumps(key) if "." in key else key


def read_settings(path: Path) -> SettingsFile:
    """Read a settings file.

    Raises
    ------
    ArgumentError
        If the file cannot be read, a key in it is unknown, or a value is against its rule.
    """
    tables = _read_toml(path)
    for name, table in tables.items():
        if name not in KEYS or not isinstance(table, dict):
            raise ArgumentError(f"{path}: there is no table {name!r}{did_you_mean(name, KEYS)}")
        for key in table:
            if key not in KEYS[name]:
                raise ArgumentError(f"{path}: there is no setting {key!r} in [{name}]{did_you_mean(key, KEYS[name])}")
    run = tables.pop(RUN, {})
    try:
        settings = Settings.of(**{key: value for table in tables.values() for key, value in table.items()})
    except ArgumentError as error:
        raise ArgumentError(f"{path}: {error}") from None
    version = run.get("version", __version__)
    other = f"{path} is from version {version}, and this is {__version__}: the results may differ"
    return SettingsFile(path, settings, () if version == __version__ else (other,))


def _read_toml(path: Path) -> dict[str, Any]:
    remedy = "name the settings.toml of a run"
    try:
        return tomllib.loads(read_regular(path, LARGEST_FILE).decode())
    except OSError as error:
        raise ArgumentError(f"--settings {path}: {error.strerror} - {remedy}") from error
    except ValueError as error:
        raise ArgumentError(f"--settings {path}: this is not TOML ({error}) - {remedy}") from error
