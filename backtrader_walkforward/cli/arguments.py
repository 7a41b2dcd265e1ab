"""The command line, parsed to a command with its settings. The message for a mistake is one line."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any, NoReturn

from backtrader_walkforward import __version__
from backtrader_walkforward.cli.commands import COMMANDS, Command
from backtrader_walkforward.cli.help import help_text, to_type
from backtrader_walkforward.errors import ArgumentError, did_you_mean, nearest
from backtrader_walkforward.settings.field import Group, checked, option_of, rule_of
from backtrader_walkforward.settings.groups import MOST_WORKERS
from backtrader_walkforward.settings.settings import DEFAULTS, FIELDS, GROUP_OF, SNAPSHOT, Settings, in_place_of
from backtrader_walkforward.settings.settings_file import SettingsFile, read_settings
from backtrader_walkforward.system.cores import usable_cores

COMMANDS_NOW = {f"--{name}": name for name in ("audit", "signal", "paper", "paper-report", "trials")}
COMMANDS_NOW["--store"] = "cache"
"""Options of the first version that have become commands."""

OPTIONS_NOW = {"--no-store": "--no-cache", "--nulls": "--null-models", "--restart-every": "--cold-start-every"}
"""Options of the first version that have another name."""

REPLACED = {"source": ["used_source"], "end": ["first_day", "last_day"]}
"""Options that ask for the prices of a settings file in another way, and the settings whose place they take."""

REWORDED = {
    r"argument (\S+): expected one argument": r"\1 needs a value - write \1 VALUE",
    r"argument (\S+): ignored explicit argument (.+)": r"\1 takes no value: \2 - leave the value out",
}
"""Messages of argparse, and ours."""


@dataclass(frozen=True)
class Invocation:
    """A command with its settings, the values of its own options, and notes for the user."""

    command: Command
    settings: Settings
    own: Group
    notes: tuple[str, ...] = ()

    def run(self) -> None:
        """Run the command."""
        self.command.load()(self.settings, **vars(self.own))


class HelpAll(argparse.Action):
    """The option that prints the whole help and ends."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print the help of the parser's command, with every option explained."""
        assert isinstance(parser, Parser)
        print(help_text(parser.command, overview=parser.overview, whole=True), end="")
        parser.exit()


class Parser(argparse.ArgumentParser):
    """Parser of one command, made from the fields of its settings. Only options that were given are in its result.

    With `overview`, its help lists all commands, too.
    """

    def __init__(self, command: Command, *, overview: bool = False) -> None:
        super().__init__(allow_abbrev=False, argument_default=argparse.SUPPRESS)
        self.command, self.overview = command, overview
        self.add_argument("--version", action="version", version=f"backtrader-walkforward {__version__}")
        self.add_argument("--debug", action="store_true")
        self.add_argument("--help-all", action=HelpAll, nargs=0)
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
            self.add_argument(option, nargs="*" if one.default == () else "?")
        else:
            action = "extend" if rule.repeated else "store"
            self.add_argument(option, dest=one.name, action=action, type=lambda text: checked(one, text, text=True))

    def format_help(self) -> str:
        """Return the help of the command."""
        return help_text(self.command, overview=self.overview)

    def error(self, message: str) -> NoReturn:
        """Raise a mistake that argparse finds."""
        for pattern, ours in REWORDED.items():
            message = re.sub(pattern, ours, message)
        raise ArgumentError(message)


def parse_arguments(arguments: Sequence[str]) -> Invocation:
    """Return the command and the settings that the arguments give.

    Raises
    ------
    ArgumentError
        If an argument is unknown, malformed, out of range or contradicts another.
    """
    command, rest = command_of(arguments)
    parsed, unknown = Parser(command, overview=rest is arguments).parse_known_intermixed_args(rest)
    if unknown:
        raise unknown_argument(unknown[0].partition("=")[0], command)
    given = vars(parsed)
    own = command.own(**{one.name: given.pop(one.name) for one in fields(command.own) if one.name in given})
    values = {"workers": min(usable_cores(), MOST_WORKERS)} | {name: given[name] for name in FIELDS if name in given}
    if "settings" not in given:
        return Invocation(command, Settings.of(**values), own)
    file = read_settings(given["settings"])
    return Invocation(command, settings_in(file, command, values).replace(**values), own, file.notes)


def command_of(arguments: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """Return the command, `run` where none is named, and the arguments after it."""
    for given in (argument.partition("=")[0] for argument in arguments):
        if given in COMMANDS_NOW:
            raise ArgumentError(f"{given} is a command now - write {to_type()} {COMMANDS_NOW[given]}, then its options")
        if given in OPTIONS_NOW:
            raise ArgumentError(f"{given} has another name now - write {OPTIONS_NOW[given]}")
    if not arguments or arguments[0].startswith("-"):
        return COMMANDS["run"], arguments
    if arguments[0] not in COMMANDS:
        remedy = did_you_mean(arguments[0], COMMANDS)
        if arguments[0].isupper():
            remedy = place_of(arguments[0], COMMANDS["run"])
        raise ArgumentError(f"there is no command {arguments[0]!r}{remedy}")
    return COMMANDS[arguments[0]], arguments[1:]


def unknown_argument(given: str, command: Command) -> ArgumentError:
    """Return the error for an argument that the command does not have."""
    if given in COMMANDS:
        return ArgumentError(f"the command {given} must come first - write {to_type()} {given}, then its options")
    if not given.startswith("-"):
        return ArgumentError(f"{given!r} is one word too many for the command {command.name}{place_of(given, command)}")
    owners = [other.name for other in COMMANDS.values() if given in other.options]
    if not owners:
        name = given.lstrip("-").replace("-", "_")
        near = in_place_of(name, "--test-from DATE", "--period 2y") or did_you_mean(given, command.offered)
        remedy = near or f" - write {to_type()} {command.name} --help for the list"
        return ArgumentError(f"there is no option {given!r}{remedy}")
    *others, last = owners
    named = f"the commands {', '.join(others)} and {last} have" if others else f"the command {last} has"
    own = nearest(given, command.offered)
    remedy = f"; did you mean {own}?" if own else ""
    return ArgumentError(f"the command {command.name} has no option {given} - {named} it{remedy}")


def place_of(word: str, command: Command) -> str:
    """Return what to do with a word that no option asks for."""
    takes = next((option for option in ("--ticker", "--tickers") if option in command.options), None)
    if takes and word.isupper():
        return f" - for a ticker write {takes} {word}"
    return " - leave it out, or join the values of an option by commas"


def settings_in(file: SettingsFile, command: Command, given: dict[str, Any]) -> Settings:
    """Return the settings of a file that a command has; the rest are the defaults.

    A given option that changes the result makes another run, which may have other prices. One that names the source or
    the last day takes the place of what the earlier run used, and the prices must still be the same.

    Raises
    ------
    ArgumentError
        If the command does not have a setting of the file that changes forecasts or trades.
    """
    for name, value, rule in file.settings.items():
        lacks = name not in command.settings and GROUP_OF[name] != "report"
        matters = rule.result or GROUP_OF[name] == "panel"
        if lacks and matters and value != DEFAULTS[name]:
            raise ArgumentError(f"{file.path}: {command.name} has no {name}, and the file says {value} - take it out")
    defaults = {name: one.default for name, one in FIELDS.items() if name not in command.settings}
    other_run = any(rule_of(FIELDS[name]).result and name not in REPLACED for name in given)
    dropped = SNAPSHOT if other_run else [used for name in given for used in REPLACED.get(name, ())]
    return file.settings.replace(**defaults | dict.fromkeys(dropped))
