"""The help of a command: one line for each option, under the headings of the settings."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import Field, fields
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import Any

from backtrader_walkforward.cli.commands import COMMANDS, Command
from backtrader_walkforward.settings.field import option_of, rule_of
from backtrader_walkforward.settings.settings import GROUP_OF
from backtrader_walkforward.settings.text import format_default

COLUMN = 27
"""Column at which the sentences begin."""

WIDTHS = (80, 100)
"""Smallest and largest number of characters in a line."""


def program() -> str:
    """Return the name that the command was called by."""
    return "backtrader-walkforward" if Path(sys.argv[0]).name == "backtrader-walkforward" else "runner.py"


def help_text(command: Command, *, overview: bool = False) -> str:
    """Return the help of a command; the overview begins with all commands."""
    width = min(max(shutil.get_terminal_size().columns, WIDTHS[0]), WIDTHS[1])
    return "\n".join(line for term, sentence in rows(command, overview) for line in row(term, sentence, width)) + "\n"


def row(term: str, sentence: str, width: int) -> list[str]:
    """Return a term and its sentence as lines; without a term the sentence has the whole width."""
    if not term:
        return wrap(sentence, width)
    first, *rest = wrap(sentence, width - COLUMN)
    return [f"  {term:<{COLUMN - 4}}  {first}", *(" " * COLUMN + line for line in rest)]


def rows(command: Command, overview: bool) -> Iterator[tuple[str, str]]:
    """Yield each option with its sentence, headings among them."""
    yield "", f"usage: {program()} {'[command]' if overview else command.name} [options]"
    if overview:
        yield "", "commands: (the default is run)"
        yield from ((other.name, other.help) for other in COMMANDS.values())
    yield "", f"{'Options of run.' if overview else command.help} Defaults are in [brackets]."
    if command.takes_file:
        yield "--settings FILE", "Settings of an earlier run, its settings.toml. Options override them."
    yield from ((term_of(one), sentence_of(one)) for one in fields(command.own))
    shown = [one for one in command.settings.values() if not rule_of(one).hidden]
    for heading, options in groupby(shown, lambda one: rule_of(one).section or GROUP_OF[one.name]):
        yield "", f"{heading}:"
        yield from ((term_of(one), sentence_of(one)) for one in options)
    yield "", "Each command has --help, --version, and --debug, which shows the traceback of an error."


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
