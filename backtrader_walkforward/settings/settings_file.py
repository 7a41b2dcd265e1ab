"""A settings file, `settings.toml`: what a run was asked for, and what runs it again."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backtrader_walkforward import __version__
from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.field import rule_of
from backtrader_walkforward.settings.settings import FIELDS, GROUP_OF, GROUPS, Settings, plain_value
from backtrader_walkforward.settings.text import command_line
from backtrader_walkforward.system.files import file_sha256

LARGEST_FILE = 1_000_000
"""Bytes; a settings file has some two thousand."""

HEAD = """\
# The settings of one run. It runs again with: backtrader-walkforward run --settings FILE
# Where and how it runs (--workers, --cache-dir, --out ...) is not part of it.
"""

RUN = "run"
"""The table that describes the run. All others hold settings."""


@dataclass(frozen=True, kw_only=True)
class SettingsFile:
    """A settings file that was read.

    Attributes
    ----------
    path : Path
        Where it lies.
    values : dict
        Settings by their names.
    version : str
        Version of the package that wrote it; that of this package where none is named.
    """

    path: Path
    values: dict[str, Any]
    version: str

    @property
    def settings(self) -> Settings:
        """The settings that the file holds."""
        try:
            return Settings.of(**self.values)
        except ArgumentError as error:
            raise ArgumentError(f"{self.path}: {error}") from None

    def notes(self) -> Iterator[str]:
        """Yield a line where another version of the package wrote the file."""
        if self.version != __version__:
            yield f"{self.path} is from version {self.version}, and this is {__version__}: the results may differ"


def settings_toml(settings: Settings, *, prices_sha256: str) -> str:
    """Return the text of a settings file.

    Parameters
    ----------
    settings : Settings
        Of the run.
    prices_sha256 : str
        Digest of the prices that the run used. A run from the file refuses other prices.
    """
    whole = settings.replace(prices_sha256=prices_sha256, **digest_of_csv(settings.data.csv))
    tables: dict[str, list[str]] = {RUN: [line("command", command_line(whole)), line("version", __version__)]}
    for name, value, rule in whole.items():
        if rule.saved:
            plain = rule.none if value is None else plain_value(name, value)
            tables.setdefault(GROUP_OF[name], []).append(line(name, plain))
    return "\n".join([HEAD, *(f"[{table}]\n{''.join(lines)}" for table, lines in tables.items())])


def digest_of_csv(csv: Path | None) -> dict[str, Any]:
    """Return where a CSV file lies and its digest, as settings; nothing where there is none."""
    if csv is None:
        return {}
    with suppress(OSError):
        return {"csv": csv.absolute(), "csv_sha256": file_sha256(csv)}
    return {}


def line(key: str, value: Any) -> str:
    """Return a line of TOML for a text, a number, a truth value, a list of texts or a mapping of texts."""
    return f"{key} = {toml_value(value)}\n"


def toml_value(value: Any) -> str:
    """Return a value as TOML writes it. Half a character, which TOML does not know, becomes a question mark.

    >>> toml_value(["daily", "weekly"]), toml_value({"calm": "half"}), toml_value(True), toml_value(0.5)
    ('["daily", "weekly"]', '{calm = "half"}', 'true', '0.5')
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        whole = value.encode(errors="replace").decode()
        return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def read_settings(path: Path) -> SettingsFile:
    """Read a settings file.

    Raises
    ------
    ArgumentError
        If the file cannot be read, or a key in it is no setting.
    """
    tables = read_toml(path)
    run = tables.pop(RUN, {})
    values = {}
    for group, table in tables.items():
        if group not in GROUPS or not isinstance(table, dict):
            raise ArgumentError(f"{path}: there is no group {group!r}{did_you_mean(group, GROUPS)}")
        own = [name for name in FIELDS if GROUP_OF[name] == group and rule_of(FIELDS[name]).saved]
        for name, value in table.items():
            if name not in own:
                raise ArgumentError(f"{path}: there is no setting {name!r} in [{group}]{did_you_mean(name, own)}")
            values[name] = value
    return SettingsFile(path=path, values=values, version=str(run.get("version", __version__)))


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises
    ------
    ArgumentError
        If there is no such file, or it is not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ArgumentError(f"--settings {path}: the file is too large for settings - name a settings.toml")
        return tomllib.loads(content.decode())
    except OSError as error:
        raise ArgumentError(f"--settings {path}: {error.strerror} - name the settings.toml of a run") from error
    except ValueError as error:
        raise ArgumentError(
            f"--settings {path}: this is not TOML ({error}) - name the settings.toml of a run"
        ) from error
