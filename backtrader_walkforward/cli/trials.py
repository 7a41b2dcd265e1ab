"""The command `trials`: what was tried, by ticker and over all, and what it costs the next test."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

import pandas as pd

from backtrader_walkforward.reports.formatting import count, number
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import COSTS, Settings, format_setting
from backtrader_walkforward.significance.looks import levels_of_look
from backtrader_walkforward.significance.skill_test import AccountScores, hurdle
from backtrader_walkforward.significance.trials import Earlier, Trial, TrialRegistry
from backtrader_walkforward.system.text import pluralize

SWEPT = (*COSTS, "capital")
"""Settings whose values are no ideas of their own: a sweep of them is one line."""

HEADINGS = ("Settings", "Best", "t-ratio", "Trials", "Looks", "Since")


def show_trials(settings: Settings) -> None:
    """Print the trials of each ticker, a line for each family of settings, and their number over all."""
    registry, terminal = TrialRegistry(settings.machine.cache_dir), Terminal()
    shown: list[Family] = []
    for ticker in registry.tickers():
        for prices, trials in groupby(sorted(registry.trials(ticker), key=prices_of), prices_of):
            of_prices = list(trials)
            families = [Family.of(few) for few in families_of(of_prices)]
            terminal.says("", f"{ticker}, {prices}")
            terminal.figures(HEADINGS, [family.cells for family in families], words=2)
            terminal.says(*hurdle_text(of_prices, registry))
            shown += families
    terminal.says(*totals(shown))
    terminal.says(*(f"Note: {note}" for note in registry.notes))


@dataclass(frozen=True, kw_only=True)
class Family:
    """Trials of a ticker that differ in nothing but what is swept."""

    ticker: str
    prices: str
    is_practice: bool
    settings: str
    best: str
    ratio: float
    accounts: frozenset[str]
    looks: int
    since: str

    @classmethod
    def of(cls, trials: Sequence[Trial]) -> Self:
        """Return the family of trials; of several looks at one of them, the last counts."""
        best = max(trials, key=t_ratio)
        by_last_day = sorted(trials, key=lambda trial: trial.row["last_day"])
        latest = {trial.row["choice"] + trial.row["recipe"]: trial.row["account"] for trial in by_last_day}
        return cls(
            ticker=best.ticker,
            prices=prices_of(best),
            is_practice=best.is_practice,
            settings=settings_text(trials),
            best=best.account.name,
            ratio=t_ratio(best),
            accounts=frozenset(latest.values()),
            looks=len({trial.row["last_day"] for trial in trials}),
            since=min(trial.recorded for trial in trials)[:10],
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        return self.settings, self.best, number(self.ratio), count(len(self.accounts)), count(self.looks), self.since


def prices_of(trial: Trial) -> str:
    """Return on which prices a trial was made."""
    return "the bundled sample" if trial.is_sample else "real prices"


def families_of(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Return the trials by their settings, without those that are swept, oldest first."""
    found: dict[tuple[bool, str], list[Trial]] = {}
    for trial in trials:
        kept = {name: value for name, value in trial.settings.items() if name not in SWEPT}
        found.setdefault((trial.is_practice, json.dumps(kept)), []).append(trial)
    return list(found.values())


def t_ratio(trial: Trial) -> float:
    """Return the ratio that the test of skill looks at; 0 where there is nothing to test."""
    scores = AccountScores.of(trial.account, days_of_trial(trial))
    return scores.ratio if scores else 0.0


def days_of_trial(trial: Trial) -> pd.DatetimeIndex:
    """Return the days of a trial."""
    return pd.DatetimeIndex(trial.account.returns.index)


def settings_text(trials: Sequence[Trial]) -> str:
    """Return the settings that differ from those of a run without arguments, and those that are swept."""
    usual = Settings().trial_settings()
    texts = ["practice:"] if trials[0].is_practice else []
    for name in trials[0].settings:
        values = {format_setting(name, trial.settings[name]) for trial in trials}
        if len(values) > 1:
            texts.append(f"{name} varied")
        elif values != {format_setting(name, usual.get(name))}:
            texts.append(f"{name}={values.pop()}")
    return " ".join(texts) or "defaults"


def hurdle_text(trials: Sequence[Trial], registry: TrialRegistry) -> Iterator[str]:
    """Yield the ratio that the latest run needs for evidence, with the other trials and looks and without them."""
    in_earnest = [trial for trial in trials if not trial.is_practice]
    if not in_earnest:
        return
    latest = max(in_earnest, key=lambda trial: (trial.recorded, trial.row["last_day"]))
    run = ("choice", "last_day")
    own = [trial for trial in in_earnest if all(trial.row[name] == latest.row[name] for name in run)]
    accounts, days, earlier = (
        [trial.account for trial in own],
        days_of_trial(latest),
        registry.earlier(own) or Earlier(),
    )
    alone = hurdle(accounts, days, levels_of_look(days)[0])
    needed = hurdle([*accounts, *earlier.accounts], days, levels_of_look(days, earlier.looks)[0])
    if alone is None or needed is None:
        return
    counts = {"other trial": len(earlier.accounts), "earlier look": len(earlier.looks)}
    others = " and ".join(pluralize(number, noun) for noun, number in counts.items() if number)
    without = f"; without {others} it would be {alone:.2f}" if others else ""
    yield f"The latest run needs a t-ratio of {needed:.2f} for evidence{without}."


def totals(families: Sequence[Family]) -> Iterator[str]:
    """Yield the number of distinct trials over all tickers, and the best of them."""
    if not families:
        yield "no trials are recorded"
        return
    practice = frozenset[str]().union(*(family.accounts for family in families if family.is_practice))
    in_earnest = [family for family in families if not family.is_practice]
    found = {account: family.prices for family in in_earnest for account in family.accounts}
    kinds = list(found.values())
    parts = [f"{kinds.count(kind)} on {kind}" for kind in sorted(set(kinds))]
    tickers = pluralize(len({family.ticker for family in families}), "ticker")
    yield ""
    yield f"{pluralize(len(found), 'distinct trial')} of {tickers}{': ' if parts else ''}{' and '.join(parts)}."
    if in_earnest:
        best = max(in_earnest, key=lambda family: family.ratio)
        yield f"The best of all is {best.best} on {best.ticker}, with a t-ratio of {best.ratio:.2f}."
    if only := practice - found.keys():
        yield f"Not counted: {pluralize(len(only), 'practice trial')}."
