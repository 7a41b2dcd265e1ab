"""A setting: a dataclass field that carries its help, its rule and what it decides."""

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from functools import partial
from typing import Any

from backtrader_walkforward.errors import ArgumentError, nearest
from backtrader_walkforward.settings.kinds import format_value, kind_of

TICKER_COMMANDS = ("run", "audit", "signal", "paper", "paper-report")
"""The commands that study one ticker."""

STUDY_COMMANDS = (*TICKER_COMMANDS, "panel")
"""The commands that run a study, and so have nearly all settings."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """All properties of a setting except its name, type and default."""

    help: str
    """One sentence for `--help`, of one line."""
    details: str = ""
    """More sentences for the page of options."""
    metavar: str = ""
    """Placeholder of the value in the help: `DAYS`. The choices by default."""
    section: str = ""
    """Heading in the help. The name of the group by default."""
    low: float | None = None
    high: float | None = None
    """Smallest and largest value allowed: both or none."""
    choices: tuple[str, ...] = ()
    """Values allowed; empty where any is."""
    check: Callable[[str, Any], None] | None = None
    """Raises if a value, with its name in messages before it, is against a rule of its own."""
    flag: str = ""
    """Option without a value that turns the setting around, as `--no-short`; empty where the option takes a value."""
    positional: bool = False
    """Whether the value stands alone on the command line, without an option."""
    repeated: bool = False
    """Whether the option may be given several times; its values then count together."""
    none: str = "none"
    """Word for None, on the command line and in a settings file."""
    example: str = ""
    """Value for messages, where neither the default nor the type gives one."""
    usual: str = ""
    """The default in words, where the value does not say it."""
    commands: tuple[str, ...] = STUDY_COMMANDS
    """Commands that have the setting as an option."""
    hidden: bool = False
    """Whether `--help` leaves the option out."""
    saved: bool = True
    """Whether a settings file holds the setting. A setting of the machine stays on the machine."""
    result: bool = True
    trial: bool = True
    ledger: bool = True
    """Whether another value gives another result, makes another trial of a run, or another paper account."""


def setting(default: Any, text: str, details: str = "", **rule: Any) -> Any:
    """Return a dataclass field with a default and a `Rule`."""
    return field(default=default, metadata={"rule": Rule(help=text, details=details, **rule)})


view = partial(setting, result=False, trial=False, ledger=False)
"""Field of a setting that changes no figure."""

machine = partial(view, saved=False)
"""Field of a setting that says where and how to run. It changes no file of a run."""

snapshot = partial(view, None, commands=("run", "audit"), hidden=True)
"""Field of `settings.toml` that describes the prices of the run, so that a later run has the same or refuses others."""


def rule_of(one: Field[Any]) -> Rule:
    """Return the rule of a field made by `setting`."""
    rule: Rule = one.metadata["rule"]
    return rule


def option_of(one: Field[Any]) -> str:
    """Return the option that sets a field: `retrain_every` is `--retrain-every`, `allow_short` is `--no-short`."""
    rule = rule_of(one)
    return one.name if rule.positional else rule.flag or "--" + one.name.replace("_", "-")


def format_default(one: Field[Any]) -> str:
    """Return the default of a setting as it is typed; nothing for a flag, or where the setting is off."""
    rule, (kind, _) = rule_of(one), kind_of(one.type)
    off = rule.flag or one.default in (None, ())
    return rule.usual if rule.usual or off else format_value(kind.to_json(one.default))


def convert(one: Field[Any], value: Any, *, text: bool = False) -> Any:
    """Return a Python value, or the text of an option, in the field's own type. Only the type is checked.

    The word for None is None where the field may be None.
    """
    (kind, optional), rule = kind_of(one.type), rule_of(one)
    if optional and (value is None or (isinstance(value, str) and value == rule.none)):
        return None
    try:
        return kind.read(value) if text and kind.read else kind.take(value)
    except (TypeError, ValueError, OverflowError):
        label = option_of(one) if text else one.name
        allowed = f"{kind.noun}, or {rule.none}" if optional else kind.noun
        raise ArgumentError(f"{label} must be {allowed}: {value!r} - for example {example_of(one)}") from None


def example_of(one: Field[Any]) -> str:
    """Return a value of a setting as it is typed."""
    rule, (kind, _) = rule_of(one), kind_of(one.type)
    if rule.example or one.default not in (None, ()):
        return rule.example or format_value(kind.to_json(one.default))
    return rule.choices[0] if rule.choices else kind.example


def checked(one: Field[Any], value: Any, *, text: bool = False) -> Any:
    """Return a Python value, or the text of an option, in the field's own type, within its range and choices."""
    if value is one.default:
        return value
    found, rule, label = convert(one, value, text=text), rule_of(one), option_of(one) if text else one.name
    if found is None:
        return None
    if found == () and one.default is None:
        raise ArgumentError(f"{label} must be one name or more: {value!r} - leave it out for {rule.none}")
    if rule.low is not None and rule.high is not None and not rule.low <= found <= rule.high:  # NaN lies nowhere
        raise ArgumentError(f"{label} must lie between {rule.low:,.15g} and {rule.high:,.15g}: {found}")
    for name in (found if isinstance(found, tuple) else [found]) if rule.choices else ():
        if name not in rule.choices:
            meant = f" - did you mean {near!r}?" if (near := nearest(name, rule.choices)) else ""
            raise ArgumentError(f"{label} must be one of {', '.join(rule.choices)}: {name!r}{meant}")
    if rule.check:
        rule.check(label, found)
    return found


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of settings. It takes values of similar types, as text for a date, and converts them to its own."""

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, checked(one, getattr(self, one.name)))
