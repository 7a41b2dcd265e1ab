"""A setting: a dataclass field that carries its help, its rule and what it decides."""

from dataclasses import Field, dataclass, field
from typing import Any

KEY = "setting"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is known of a setting beside its name, type and default.

    Attributes
    ----------
    help : str
        One sentence for `--help` and the docs.
    metavar : str
        Placeholder of the value in the help: `DAYS`.
    low, high : float, optional
        Smallest and largest value allowed.
    choices : tuple of str
        Values allowed; empty where any is.
    flag : str
        Option without a value that turns the setting around, as `--no-short`; empty where the option takes a value.
    pairs : bool
        Whether the value is made of pairs of a name and an action.
    result, trial, ledger : bool
        Whether another value gives another result, makes another trial of a run, or another paper account.
    """

    help: str
    metavar: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    flag: str = ""
    pairs: bool = False
    result: bool = True
    trial: bool = True
    ledger: bool = True


def setting(default: Any, text: str, **rule: Any) -> Any:
    """Return a dataclass field with a default and a `Rule`."""
    return field(default=default, metadata={KEY: Rule(help=text, **rule)})


def rule_of(one: Field[Any]) -> Rule:
    """Return the rule of a field made by `setting`."""
    rule: Rule = one.metadata[KEY]
    return rule
