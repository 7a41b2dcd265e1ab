"""The command line: commands with the options they use, made from the settings; one line for each mistake."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import Field, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from backtrader_walkforward.cli.commands import COMMANDS, OLD_SPELLINGS, RENAMED, Command
from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.choices import TICKER_PATTERN
from backtrader_walkforward.settings.field import rule_of
from backtrader_walkforward.settings.settings import FIELDS, GROUPS, Settings
from backtrader_walkforward.settings.validation import check_choice, check_range, option
from backtrader_walkforward.system.cores import usable_cores

CACHE_ACTIONS = ("show", "prune")
LARGEST_POSITION = 1e12


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What a command line asks for: a command, its settings, and options that are its own."""

    command: Command
    settings: Settings
    own: dict[str, Any]

    def run(self) -> None:
        """Run the command."""
        self.command.load()(self.settings, **self.own)


def parse_arguments(arguments: Sequence[str]) -> Invocation:
    """Return what `arguments` ask for.

    Raises
    ------
    ArgumentError
        If an argument is unknown, malformed, out of range or contradicts another.
    """
    name, rest = command_of(arguments)
    check_known(name, rest)
    values = vars(make_parser(name).parse_args(rest))
    del values["debug"]  # about errors, these here included: the caller looks for it before
    own = {key: values.pop(key) for key in set(values) - set(FIELDS)}
    if "ticker" in values:
        given = values["ticker"]
        values["ticker"] = default_ticker(values["csv"]) if given is None else given.upper()
    check_own(own)
    return Invocation(command=COMMANDS[name], settings=Settings.of(**values), own=own)


def command_of(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the name of the command, `run` where none is named, and the arguments after it."""
    old = next((argument for argument in arguments if argument.partition("=")[0] in OLD_SPELLINGS), None)
    if old:
        command = OLD_SPELLINGS[old.partition("=")[0]]
        raise ArgumentError(f"{old} is a command now: write {program()} {command}, then its options")
    if not arguments or arguments[0].startswith("-"):
        return "run", arguments
    if arguments[0] not in COMMANDS:
        raise ArgumentError(f"there is no command {arguments[0]!r}{did_you_mean(arguments[0], COMMANDS)}")
    return arguments[0], arguments[1:]


def program() -> str:
    """Return the name that the command was called by."""
    return "backtrader-walkforward" if Path(sys.argv[0]).name == "backtrader-walkforward" else "runner.py"


def default_ticker(csv: Path | None) -> str:
    """Return the ticker when none is given: a CSV file's own name where it could be one, never SPY for such a file."""
    if csv is None:
        return Settings().data.ticker
    name = csv.stem.upper()
    return name if TICKER_PATTERN.fullmatch(name) else "CSV"


def check_own(own: dict[str, Any]) -> None:
    """Raise unless the options that are no settings are within their rules."""
    check_range("position", own.get("position"), -LARGEST_POSITION, LARGEST_POSITION)
    if "action" in own:
        check_choice("action", own["action"], CACHE_ACTIONS)


def check_known(command: str, arguments: Sequence[str]) -> None:
    """Raise where an option has another name now, belongs to another command, or a command comes too late."""
    for given in (argument.partition("=")[0] for argument in arguments):
        if given in RENAMED:
            raise ArgumentError(f"{given} is called {RENAMED[given]} now")
        if given.startswith("--") and given not in options_of(command):
            owners = [name for name in COMMANDS if given in options_of(name)]
            if owners:
                raise ArgumentError(f"the command {command} has no option {given} - {listed(owners)} it")


def options_of(command: str) -> set[str]:
    """Return all options of a command."""
    return set(make_parser(command)._option_string_actions)


def listed(commands: list[str]) -> str:
    """Return commands as a sentence begins: `the commands run and audit have`."""
    *others, last = commands
    return f"the commands {', '.join(others)} and {last} have" if others else f"the command {last} has"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises its complaints as one line."""

    def error(self, message: str) -> NoReturn:
        """Raise `message`, with the closest option when one is unknown."""
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        if unknown:
            if unknown[1] in COMMANDS:
                raise ArgumentError(
                    f"{unknown[1]} is a command, and a command comes first: write {program()} {unknown[1]}, then its"
                    " options"
                )
            options = [name for name in self._option_string_actions if name.startswith("--")]
            raise ArgumentError(f"there is no option {unknown[1]!r}{did_you_mean(unknown[1], options)}")
        raise ArgumentError(" ".join(message.removeprefix("argument ").split()))


def make_parser(name: str = "run") -> Parser:
    """Return the parser of a command; the groups of the settings are those of its help."""
    command = COMMANDS[name]
    others = ", ".join(other for other in COMMANDS if other != name)
    parser = Parser(
        prog=f"{program()} {name}",
        description=command.help,
        epilog=f"Other commands: {others}.",
        allow_abbrev=False,
    )
    parser.add_argument("--debug", action="store_true", help="Show the traceback of an error.")
    if name == "signal":
        parser.add_argument("--position", type=number, metavar="SHARES", help="Shares held now. The default is none.")
    if name == "cache":
        parser.add_argument(
            "action", nargs="?", default="show", metavar="|".join(CACHE_ACTIONS), help="Show or delete."
        )
    for group, settings in GROUPS.items():
        used = [one for one in fields(settings) if one.name in command.settings]
        if used:
            section = parser.add_argument_group(group)
            for one in used:
                add_option(section, one)
    return parser


def add_option(group: argparse._ArgumentGroup, one: Field[Any]) -> None:
    """Add the option of a setting: its name, its default, its help."""
    rule = rule_of(one)
    text = rule.help.replace("%", "%%")
    if rule.flag:
        action = "store_false" if one.default else "store_true"
        group.add_argument(rule.flag, dest=one.name, action=action, default=one.default, help=text)
        return
    default = {"ticker": None, "workers": min(usable_cores(), int(rule.high or 1))}.get(one.name, one.default)
    if default not in (None, (), Path()):
        text += f" (default: {','.join(default) if isinstance(default, tuple) else default})"
    group.add_argument(
        option(one.name),
        type=PARSERS.get(str(one.type), str),
        default=default,
        metavar=rule.metavar or "|".join(rule.choices),
        help=text,
    )


def whole(text: str) -> int:
    """Parse a whole number."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"must be a whole number: {text!r}")
    return int(text)


def rows_or_all(text: str) -> int | None:
    """Parse a whole number; `all` is None."""
    if text == "all":
        return None
    with suppress(argparse.ArgumentTypeError):
        return whole(text)
    raise argparse.ArgumentTypeError(f"must be a whole number, or all: {text!r}")


def number(text: str) -> float:
    """Parse a number; infinities and NaN are none."""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"must be a number: {text!r}")
    return float(text)


def iso_date(text: str) -> date:
    """Parse YYYY-MM-DD."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise argparse.ArgumentTypeError(f"must be a day written YYYY-MM-DD: {text!r}")


def names(text: str) -> tuple[str, ...]:
    """Parse names separated by commas, each counted once."""
    found = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise argparse.ArgumentTypeError("must name at least one")
    return found


def rules(text: str) -> tuple[tuple[str, str], ...]:
    """Parse names, each with what to do: `downtrend,high_volatility=half`; nothing said of one is `out`."""
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    if not parts:
        raise argparse.ArgumentTypeError("must name at least one")
    return tuple((name.strip(), action.strip() if given else "out") for name, given, action in parts)


PARSERS: dict[str, Callable[[str], Any]] = {
    str(int): whole,
    str(int | None): rows_or_all,
    str(float): number,
    str(float | None): number,
    str(date | None): iso_date,
    str(Path): Path,
    str(Path | None): Path,
    str(tuple[str, ...]): names,
    str(tuple[tuple[str, str], ...]): rules,
}
"""How the value of an option becomes that of a setting, by the type of the setting."""
