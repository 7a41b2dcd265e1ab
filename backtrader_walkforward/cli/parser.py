"""The parser of a command: its options are made from the fields of the settings."""

import argparse
import re
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NoReturn

from backtrader_walkforward import __version__
from backtrader_walkforward.cli.commands import Command
from backtrader_walkforward.cli.help import help_text
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.field import option_of, rule_of
from backtrader_walkforward.settings.validation import value_of

REWORDED = {
    r"argument (\S+): expected one argument": r"\1 needs a value - write \1 VALUE",
    r"argument (\S+): ignored explicit argument (.+)": r"\1 takes no value: \2 - leave the value out",
}
"""Messages of argparse, and ours."""


class Parser(argparse.ArgumentParser):
    """Parser of one command. Only options that were given are in its result.

    Parameters
    ----------
    command : Command
        The command.
    overview : bool
        Whether `--help` lists all commands, too.
    """

    def __init__(self, command: Command, *, overview: bool = False) -> None:
        super().__init__(allow_abbrev=False, argument_default=argparse.SUPPRESS)
        self.command, self.overview = command, overview
        self.add_argument("--version", action="version", version=f"backtrader-walkforward {__version__}")
        self.add_argument("--debug", action="store_true")
        if command.takes_file:
            self.add_argument("--settings", type=Path)
        for one in (*command.settings.values(), *fields(command.own)):
            self.add_field(one)

    def add_field(self, one: Field[Any]) -> None:
        """Add the option of a field."""
        rule, option = rule_of(one), option_of(one)
        if rule.flag:
            self.add_argument(option, dest=one.name, action="store_false" if one.default else "store_true")
        elif rule.positional:
            self.add_argument(option, nargs="?")
        else:
            self.add_argument(option, dest=one.name, type=lambda text: value_of(one, text))

    def format_help(self) -> str:
        """Return the help of the command."""
        return help_text(self.command, overview=self.overview)

    def error(self, message: str) -> NoReturn:
        """Raise a mistake that argparse finds."""
        for pattern, ours in REWORDED.items():
            message = re.sub(pattern, ours, message)
        raise ArgumentError(message)
