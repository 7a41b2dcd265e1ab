"""The help of a command: a screen. `docs/reference/options.md` has the details."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from textwrap import wrap
from typing import Any

from backtrader_walkforward.cli.commands import COMMANDS, Command
from backtrader_walkforward.settings.field import format_default, option_of, rule_of
from backtrader_walkforward.settings.settings import GROUP_OF

COLUMN = 27
"""Column at which the sentences begin."""

WIDTHS = (80, 100)
"""Smallest and largest number of characters in a line."""

NO_BREAK = "\N{NO-BREAK SPACE}"

SHORT = {
    "training": "How the forecast is trained.",
    "orders": "When orders fill, and which are sent.",
    "costs": "Basis points, amounts and yearly rates. Each is off at 0.",
    "stops": "Close a position that loses or gains this share of its price.",
}
"""Sections whose options share one sentence and stand side by side."""


def program() -> str:
    """Return the name that the command was called by."""
    return "backtrader-walkforward" if Path(sys.argv[0]).name == "backtrader-walkforward" else "runner.py"


def help_text(command: Command, *, overview: bool = False) -> str:
    """Return the help of a command; the overview begins with all commands."""
    width = min(max(shutil.get_terminal_size().columns, WIDTHS[0]), WIDTHS[1])
    return "\n".join([*lines(command, overview, width), ""])


def row(term: str, sentence: str, width: int) -> list[str]:
    """Return a term and its sentence as lines."""
    first, *rest = wrap(sentence, width - COLUMN)
    return [f"  {term:<{COLUMN - 4}}  {first}", *(" " * COLUMN + line for line in rest)]


def side_by_side(options: list[Field[Any]], width: int) -> list[str]:
    """Return options and their defaults as lines, without sentences."""
    shown = (f"{term_of(one)} [{format_default(one)}]".removesuffix(" []").removesuffix(" [0]") for one in options)
    text = ", ".join(term.replace(" ", NO_BREAK) for term in shown)
    filled = wrap(text, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace(NO_BREAK, " ") for line in filled]


def lines(command: Command, overview: bool, width: int) -> Iterator[str]:
    """Yield the lines of the help: commands, then the options by section."""
    yield f"usage: {program()} {'[command]' if overview else command.name} [options]    (defaults are in [brackets])"
    if overview:
        yield "commands: (the default is run)"
        for other in COMMANDS.values():
            yield from row(other.name, other.help, width)
    yield "Options of run:" if overview else command.help
    if command.takes_file:
        yield from row("--settings FILE", "Run the settings.toml of an earlier run again.", width)
    for one in fields(command.own):
        yield from row(term_of(one), sentence_of(one), width)
    for heading, options in sections(command).items():
        yield f"{heading}: {SHORT.get(heading, '')}".rstrip()
        if heading in SHORT:
            yield from side_by_side(options, width)
            continue
        for one in options:
            yield from row(term_of(one), sentence_of(one), width)
    yield "Each command has --help, --version, --debug. Details: docs/reference/options.md."


def sections(command: Command) -> dict[str, list[Field[Any]]]:
    """Return the options that the help shows, by their headings."""
    found: dict[str, list[Field[Any]]] = {}
    for name, one in command.settings.items():
        if not rule_of(one).hidden:
            found.setdefault(rule_of(one).section or GROUP_OF[name], []).append(one)
    return found


def term_of(one: Field[Any]) -> str:
    """Return an option with the placeholder of its value: `--fill next-open|close`."""
    rule = rule_of(one)
    value = rule.metavar or "|".join(rule.choices)
    if rule.positional:
        return value
    return option_of(one) if rule.flag else f"{option_of(one)} {value}"


def sentence_of(one: Field[Any]) -> str:
    """Return the help of an option, and its default in brackets."""
    default = format_default(one)
    return f"{rule_of(one).help} [{default}]" if default else rule_of(one).help
