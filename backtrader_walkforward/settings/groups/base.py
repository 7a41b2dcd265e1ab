"""The base of the groups, and the kinds of fields that several groups have."""

from dataclasses import dataclass, fields
from functools import partial

from backtrader_walkforward.settings.field import setting
from backtrader_walkforward.settings.validation import checked

view = partial(setting, result=False, trial=False, ledger=False)
"""Field of a setting that changes no figure."""

machine = partial(view, saved=False)
"""Field of a setting that says where and how to run. It changes no file of a run."""

snapshot = partial(view, None, commands=("run", "audit"), hidden=True)
"""Field of `settings.toml` that describes the prices of the run, so that a later run has the same or refuses others."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of settings. It takes values of similar types, as text for a date, and converts them to its own."""

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, checked(one, getattr(self, one.name)))
