"""The help of a command: a screen. `docs/reference/options.md` has the details."""

import shutil
import sys
from collections.abc import Iterable, Iterator
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
    "prices": "Their source, last day and calendar, and how a CSV file is read.",
    "training": "How the forecast is trained.",
    "variants": "Strategies, with parameters as kelly.cap=.1,.25; regimes.",
    "orders": "When orders fill, and which are sent.",
    "costs": "Basis points, amounts and yearly rates. Each is off at 0.",
    "stops": "Close a position that loses or gains this share of its price.",
    "output": "Where the files go, what is printed, and whether the page is opened.",
    "machine": "Worker processes, and what is stored.",
}
"""Sections whose options share one sentence and stand side by side, where a command has several of them."""


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


def rows(options: Iterable[Field[Any]], width: int) -> Iterator[str]:
    """Yield options with their sentences as lines."""
    for one in options:
        yield from row(term_of(one), sentence_of(one), width)


def side_by_side(options: list[Field[Any]], width: int) -> list[str]:
    """Return options and their defaults as lines, without sentences."""
    shown = (f"{term_of(one)} [{format_default(one)}]".removesuffix(" []").removesuffix(" [0]") for one in options)
    text = ", ".join(term.replace(" ", NO_BREAK) for term in shown)
    filled = wrap(text, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace(NO_BREAK, " ") for line in filled]


def lines(command: Command, overview: bool, width: int) -> Iterator[str]:
    """Yield the lines of the help: commands, then the options by section."""
    yield usage(command, overview)
    if overview:
        yield "commands: (the default is run)"
        for other in COMMANDS.values():
            yield from row(other.name, other.help, width)
    yield "Options of run:" if overview else command.help
    if command.takes_file:
        yield from row("--settings FILE", "Run the settings.toml of an earlier run again.", width)
    yield from rows((one for one in fields(command.own) if not rule_of(one).section), width)
    for heading, options in sections(command).items():
        short = SHORT.get(heading, "") if len(options) > 1 else ""
        yield f"{heading}: {short}".rstrip()
        yield from side_by_side(options, width) if short else rows(options, width)
    yield "Each command has --help, --version, --debug. Details: docs/reference/options.md."


def usage(command: Command, overview: bool) -> str:
    """Return the first line: the command and its values that stand alone."""
    values = [term_of(one) for one in fields(command.own) if rule_of(one).positional]
    named = "[command]" if overview else " ".join([command.name, *values])
    return f"usage: {program()} {named} [options]{'' if values else '    (defaults are in [brackets])'}"


def sections(command: Command) -> dict[str, list[Field[Any]]]:
    """Return the options that the help shows, by their headings."""
    found: dict[str, list[Field[Any]]] = {}
    own = [one for one in fields(command.own) if rule_of(one).section]
    for one in (*command.settings.values(), *own):
        if not rule_of(one).hidden:
            found.setdefault(rule_of(one).section or GROUP_OF[one.name], []).append(one)
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
