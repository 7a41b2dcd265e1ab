"""The help of a command: `--help` is a screen, `--help-all` explains every option."""

import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import Field, fields
from pathlib import Path
from shlex import quote
from textwrap import wrap
from typing import Any

from backtrader_walkforward.cli.commands import COMMANDS, COMMON, Command
from backtrader_walkforward.settings.field import format_default, option_of, rule_of
from backtrader_walkforward.settings.settings import GROUP_OF

COLUMN = 27
"""Column at which the sentences begin."""

WIDTHS = (80, 100)
"""Smallest and largest number of characters in a line."""

INDENT = " " * 6
"""What stands before the sentences of an option in the whole help."""

FILE_OPTION = ("--settings FILE", "Run the settings.toml of an earlier run again.")
"""Option of a command whose settings a file can give, and its sentence."""

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
    called = Path(sys.argv[0])
    if called.parts[-2:] == ("backtrader_walkforward", "__main__.py"):
        return "python -m backtrader_walkforward"
    return "backtrader-walkforward" if called.name == "backtrader-walkforward" else "runner.py"


def to_type() -> str:
    """Return what calls the command again when it is typed: `python runner.py` where a script was called."""
    name, called = program(), sys.argv[0]
    if not name.endswith(".py"):
        return name
    return f"python {quote(called) if Path(called).name == name else name}"


def help_text(command: Command, *, overview: bool = False, whole: bool = False) -> str:
    """Return the help of a command; the overview begins with all commands, the `whole` explains every option."""
    width = min(max(shutil.get_terminal_size().columns, WIDTHS[0]), WIDTHS[1])
    options = explained(command, width) if whole else listed(command, width)
    return "\n".join([*heading_lines(command, overview, width), *options, ""])


def row(term: str, sentence: str, width: int) -> list[str]:
    """Return a term and its sentence as lines."""
    first, *rest = wrap(sentence, width - COLUMN, break_on_hyphens=False)
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


def heading_lines(command: Command, overview: bool, width: int) -> Iterator[str]:
    """Yield the lines above the options: how the command is called, and in the overview all commands."""
    yield usage(command, overview, width)
    if overview:
        yield "commands: (the default is run)"
        for other in COMMANDS.values():
            yield from row(other.name, other.help, width)
    yield "Options of run:" if overview else command.help


def usage(command: Command, overview: bool, width: int) -> str:
    """Return the first line: the command and its values that stand alone, and what brackets say if there is room."""
    values = [term_of(one) for one in fields(command.own) if rule_of(one).positional]
    named = "[command]" if overview else " ".join([command.name, *values])
    called, defaults = f"usage: {program()} {named} [options]", "    (defaults are in [brackets])"
    return called if values or len(called + defaults) > width else called + defaults


def listed(command: Command, width: int) -> Iterator[str]:
    """Yield the options by section, most of them without a sentence, so that they fit a screen."""
    if command.takes_file:
        yield from row(*FILE_OPTION, width)
    yield from rows(alone(command), width)
    for heading, options in sections(command).items():
        short = SHORT.get(heading, "") if len(options) > 1 else ""
        yield f"{heading}: {short}".rstrip()
        yield from side_by_side(options, width) if short else rows(options, width)
    yield "--help-all explains every option. Each command has it, --version and --debug."


def explained(command: Command, width: int) -> Iterator[str]:
    """Yield the options by section, each with all its sentences."""
    if command.takes_file:
        yield from explanation(*FILE_OPTION, width)
    for heading, options in {"": alone(command), **sections(command)}.items():
        if heading:
            yield f"{heading}:"
        for one in options:
            default = f" [{format_default(one)}]" if format_default(one) else ""
            yield from explanation(term_of(one) + default, without_marks(meaning_of(one)), width)
    yield "every command:"
    for term, sentence in COMMON.items():
        yield from explanation(term, sentence, width)


def explanation(term: str, sentences: str, width: int) -> list[str]:
    """Return an option and, below it, its sentences as lines."""
    filled = wrap(sentences, width, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)
    return [f"  {term}", *filled]


def without_marks(text: str) -> str:
    """Return a text of the page of options for a terminal: values in quotes, options as they are.

    >>> without_marks("`price` needs `--inputs raw`.")
    "'price' needs --inputs raw."
    """
    return re.sub(r"`(--[^`]*)`", r"\1", text).replace("`", "'")


def alone(command: Command) -> list[Field[Any]]:
    """Return the command's own options that have no heading."""
    return [one for one in fields(command.own) if not rule_of(one).section]


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


def meaning_of(one: Field[Any]) -> str:
    """Return all sentences on an option: its help, its details, its range."""
    rule = rule_of(one)
    limits = "" if rule.low is None or rule.high is None else f"From {rule.low:,.15g} to {rule.high:,.15g}."
    return " ".join(filter(None, (rule.help, rule.details, limits)))
