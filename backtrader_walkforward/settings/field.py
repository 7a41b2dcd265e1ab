"""A setting: a dataclass field that carries its help, its rule and what it decides."""

from dataclasses import Field, dataclass, field
from typing import Any

KEY = "setting"

STUDY_COMMANDS = ("run", "audit", "signal", "paper", "paper-report")
"""The commands that run a study, and so have nearly all settings."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """All properties of a setting except its name, type and default.

    Attributes
    ----------
    help : str
        One sentence for `--help`, of one line.
    details : str
        More sentences for the page of options.
    metavar : str
        Placeholder of the value in the help: `DAYS`. The choices by default.
    section : str
        Heading in the help. The name of the group by default.
    low, high : float, optional
        Smallest and largest value allowed.
    choices : tuple of str
        Values allowed; empty where any is.
    flag : str
        Option without a value that turns the setting around, as `--no-short`; empty where the option takes a value.
    positional : bool
        Whether the value stands alone on the command line, without an option.
    none : str
        Word for None, on the command line and in a settings file.
    usual : str
        The default in words, where the value does not say it.
    commands : tuple of str
        Commands that have the setting as an option.
    hidden : bool
        Whether `--help` leaves the option out.
    saved : bool
        Whether a settings file holds the setting. A setting of the machine stays on the machine.
    result, trial, ledger : bool
        Whether another value gives another result, makes another trial of a run, or another paper account.
    """

    help: str
    details: str = ""
    metavar: str = ""
    section: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    flag: str = ""
    positional: bool = False
    none: str = "none"
    usual: str = ""
    commands: tuple[str, ...] = STUDY_COMMANDS
    hidden: bool = False
    saved: bool = True
    result: bool = True
    trial: bool = True
    ledger: bool = True


def setting(default: Any, text: str, details: str = "", **rule: Any) -> Any:
    """Return a dataclass field with a default and a `Rule`."""
    return field(default=default, metadata={KEY: Rule(help=text, details=details, **rule)})


def rule_of(one: Field[Any]) -> Rule:
    """Return the rule of a field made by `setting`."""
    rule: Rule = one.metadata[KEY]
    return rule


def option_of(one: Field[Any]) -> str:
    """Return the option that sets a field: `retrain_every` is `--retrain-every`, `allow_short` is `--no-short`."""
    rule = rule_of(one)
    return one.name if rule.positional else rule.flag or "--" + one.name.replace("_", "-")
