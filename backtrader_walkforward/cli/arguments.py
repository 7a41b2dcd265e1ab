"""The command line: a command, its settings and its own options. Each mistake is one line."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from backtrader_walkforward.cli.commands import COMMANDS, COMMANDS_NOW, OPTIONS_NOW, Command
from backtrader_walkforward.cli.help import program
from backtrader_walkforward.cli.parser import Parser
from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.field import rule_of
from backtrader_walkforward.settings.groups import Group
from backtrader_walkforward.settings.settings import FIELDS, Settings
from backtrader_walkforward.settings.settings_file import SettingsFile, read_settings
from backtrader_walkforward.system.cores import usable_cores


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """A command that was asked for, with its settings, its own options, and remarks on them."""

    command: Command
    settings: Settings
    own: Group
    notes: tuple[str, ...] = ()

    def run(self) -> None:
        """Run the command."""
        self.command.load()(self.settings, **vars(self.own))


def parse_arguments(arguments: Sequence[str]) -> Invocation:
    """Return what `arguments` ask for.

    Raises
    ------
    ArgumentError
        If an argument is unknown, malformed, out of range or contradicts another.
    """
    command, rest = command_of(arguments)
    parsed, unknown = Parser(command, overview=rest is arguments).parse_known_args(rest)
    if unknown:
        raise unknown_argument(unknown[0].partition("=")[0], command)
    given = vars(parsed)
    own = command.own(**{one.name: given.pop(one.name) for one in fields(command.own) if one.name in given})
    path = given.pop("settings", None)
    values = {"workers": most_workers()} | {name: value for name, value in given.items() if name in FIELDS}
    if path is None:
        return Invocation(command=command, settings=Settings.of(**values), own=own)
    file = read_settings(path)
    settings = settings_in(file, command, values).replace(**values)
    return Invocation(command=command, settings=settings, own=own, notes=tuple(file.notes()))


def most_workers() -> int:
    """Return one worker process for each core, as far as the setting goes."""
    return min(usable_cores(), int(rule_of(FIELDS["workers"]).high or 1))


def command_of(arguments: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """Return the command, `run` where none is named, and the arguments after it."""
    for given in (argument.partition("=")[0] for argument in arguments):
        if given in COMMANDS_NOW:
            raise ArgumentError(f"{given} is a command now - write {program()} {COMMANDS_NOW[given]}, then its options")
        if given in OPTIONS_NOW:
            raise ArgumentError(f"{given} has another name now - write {OPTIONS_NOW[given]}")
    if not arguments or arguments[0].startswith("-"):
        return COMMANDS["run"], arguments
    if arguments[0] not in COMMANDS:
        raise ArgumentError(f"there is no command {arguments[0]!r}{did_you_mean(arguments[0], COMMANDS)}")
    return COMMANDS[arguments[0]], arguments[1:]


def unknown_argument(given: str, command: Command) -> ArgumentError:
    """Return the error for an argument that the command does not have."""
    if given in COMMANDS:
        return ArgumentError(f"the command {given} must come first - write {program()} {given}, then its options")
    owners = [other.name for other in COMMANDS.values() if given in other.options]
    if not owners:
        return ArgumentError(f"there is no option {given!r}{did_you_mean(given, command.options)}")
    *others, last = owners
    named = f"the commands {', '.join(others)} and {last} have" if others else f"the command {last} has"
    return ArgumentError(f"the command {command.name} has no option {given} - {named} it")


def settings_in(file: SettingsFile, command: Command, given: dict[str, Any]) -> Settings:
    """Return the settings of a file for a command.

    With an option that changes the result it is another run, which may have other prices.

    Raises
    ------
    ArgumentError
        If the file asks for a result that the command cannot give.
    """
    settings = file.settings
    for name, value, rule in settings.items():
        if rule.result and name not in command.settings and value != FIELDS[name].default:
            raise ArgumentError(f"{file.path}: {command.name} has no {name}, and the file says {value} - take it out")
    other = any(rule_of(FIELDS[name]).result for name in given)
    digests = {"csv_sha256": None, "prices_sha256": None}
    kept = {name: FIELDS[name].default for name in FIELDS if name not in command.settings}
    return settings.replace(**kept | (digests if other else {}))
