"""The command `completion`: a script that lets a shell complete commands, options and their values."""

from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from backtrader_walkforward.cli.commands import COMMANDS, COMMON, Command
from backtrader_walkforward.cli.help import FILE_OPTION
from backtrader_walkforward.settings.field import option_of, rule_of
from backtrader_walkforward.settings.kinds import KINDS, kind_of
from backtrader_walkforward.settings.settings import Settings

PROGRAM = "backtrader-walkforward"

FOLDERS = ("DIR", "RUN ...")
"""Placeholders of values that are folders."""


def complete(settings: Settings, *, shell: str) -> None:
    """Print the script for a shell."""
    import shtab

    print(shtab.complete(parser_of_all(), shell))


def parser_of_all() -> ArgumentParser:
    """Return one parser of all commands, of which only its words are used; the options of `run` need no command."""
    parser = described(ArgumentParser(PROGRAM, add_help=False), COMMANDS["run"])
    commands = parser.add_subparsers()
    for command in COMMANDS.values():
        described(commands.add_parser(command.name, help=command.help, add_help=False), command)
    return parser


def described(parser: ArgumentParser, command: Command) -> ArgumentParser:
    """Add the options of a command to a parser."""
    for option, sentence in COMMON.items():
        parser.add_argument(option, action="store_true", help=SUPPRESS if option == "--debug" else sentence)
    if command.takes_file:
        add_file(parser.add_argument("--settings", help=FILE_OPTION[1]))
    for one in (*command.settings.values(), *fields(command.own)):
        if not rule_of(one).hidden:
            add_option(parser, one)
    return parser


def add_option(parser: ArgumentParser, one: Field[Any]) -> None:
    """Add the option of a field: its choices, or files, or folders are what a shell offers for its value."""
    rule, option = rule_of(one), option_of(one)
    if rule.flag:
        parser.add_argument(option, action="store_true", help=rule.help)
        return
    several: dict[str, Any] = {"nargs": "*"} if rule.positional and one.default == () else {}
    text = rule.help.replace("%", "%%")  # argparse formats it
    choices = names_of_plugins(one.name) or rule.choices or None
    action = parser.add_argument(option, help=text, choices=choices, **several)
    if rule.metavar in FOLDERS or kind_of(one.type)[0] is KINDS[Path]:
        add_file(action, folder=rule.metavar in FOLDERS)


def names_of_plugins(setting: str) -> list[str]:
    """Return the names of the plug-ins that a setting chooses from, those of the working folder among them."""
    from backtrader_walkforward.forecasting.ensemble import find_predictors
    from backtrader_walkforward.trading.variants import find_strategies

    finders: dict[str, Callable[[], Iterable[str]]] = {"predictor": find_predictors, "strategies": find_strategies}
    return sorted(finders[setting]()) if setting in finders else []


def add_file(action: Action, *, folder: bool = False) -> None:
    """Let a shell offer files, or folders, for the value of an option."""
    import shtab

    action.complete = shtab.DIRECTORY if folder else shtab.FILE  # type: ignore[attr-defined]
