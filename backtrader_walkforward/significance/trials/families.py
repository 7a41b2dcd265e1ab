"""Families of trials, and the ratio that the latest run needs: what the command `trials` shows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import pandas as pd

from backtrader_walkforward.settings.settings import COSTS
from backtrader_walkforward.significance.account_scores import AccountScores
from backtrader_walkforward.significance.looks import levels_of_look
from backtrader_walkforward.significance.skill_test import hurdle
from backtrader_walkforward.significance.trials.earlier import Earlier
from backtrader_walkforward.significance.trials.registry import TrialRegistry
from backtrader_walkforward.significance.trials.trial import Trial

SWEPT = (*COSTS, "capital")
"""Settings whose values are no ideas of their own: a sweep of them is one family."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Trials of a ticker that differ in nothing but what is swept, oldest first."""

    trials: Sequence[Trial]

    @cached_property
    def best(self) -> Trial:
        """The trial with the largest ratio."""
        return max(self.trials, key=t_ratio)

    @cached_property
    def ratio(self) -> float:
        """The largest ratio."""
        return t_ratio(self.best)

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Keys of the distinct accounts; of several looks at one of them, the last counts."""
        by_last_day = sorted(self.trials, key=lambda trial: trial.row["last_day"])
        latest = {trial.row["choice"] + trial.row["recipe"]: trial.row["account"] for trial in by_last_day}
        return frozenset(latest.values())

    @property
    def looks(self) -> int:
        """Number of days on which the data of the trials ended."""
        return len({trial.row["last_day"] for trial in self.trials})


class Hurdles(NamedTuple):
    """The ratio that a run needs for evidence, with the other trials and looks and without them."""

    needed: float
    alone: float
    earlier: Earlier

    @classmethod
    def of_latest_run(cls, trials: Sequence[Trial], registry: TrialRegistry) -> Self | None:
        """Return those of the latest run in earnest; None without one, and where none of its accounts is active."""
        own = latest_run(trials)
        if not own:
            return None
        accounts, days, earlier = [one.account for one in own], days_of(own[0]), registry.earlier(own) or Earlier()
        alone = hurdle(accounts, days, levels_of_look(days)[0])
        needed = hurdle([*accounts, *earlier.accounts], days, levels_of_look(days, earlier.looks)[0])
        return None if alone is None or needed is None else cls(needed, alone, earlier)


def families_of(trials: Sequence[Trial]) -> list[Family]:
    """Return the trials by their settings, without those that are swept, oldest first."""
    found: dict[tuple[bool, str], list[Trial]] = {}
    for trial in trials:
        kept = {name: value for name, value in trial.settings.items() if name not in SWEPT}
        found.setdefault((trial.is_practice, json.dumps(kept)), []).append(trial)
    return [Family(trials=few) for few in found.values()]


def latest_run(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials of the run that was recorded last, practice left out; of several the one on the latest day."""
    in_earnest = [trial for trial in trials if not trial.is_practice]
    latest = max(in_earnest, key=lambda trial: (trial.recorded, trial.row["last_day"]), default=None)
    run = ("choice", "last_day")
    return [trial for trial in in_earnest if latest and all(trial.row[name] == latest.row[name] for name in run)]


def t_ratio(trial: Trial) -> float:
    """Return the ratio that the test of skill looks at; 0 where there is nothing to test."""
    scores = AccountScores.of(trial.account, days_of(trial))
    return scores.ratio if scores else 0.0


def days_of(trial: Trial) -> pd.DatetimeIndex:
    """Return the days of a trial."""
    return pd.DatetimeIndex(trial.account.returns.index)
