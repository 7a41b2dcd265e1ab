"""The command `trials`: what was tried, by ticker and over all, and what it costs the next test."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from backtrader_walkforward.reports.formatting import count
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import COSTS, Settings, format_setting
from backtrader_walkforward.significance.trials import Trial, TrialRegistry
from backtrader_walkforward.system.text import pluralize

SWEPT = (*COSTS, "capital")
"""Settings whose values are no ideas of their own: a sweep of them is one line."""

HEADINGS = ("Settings", "Trials", "Looks", "Since")


def show_trials(settings: Settings) -> None:
    """Print the trials of each ticker, a line for each family of settings, and their number over all."""
    registry, terminal = TrialRegistry(settings.machine.cache_dir), Terminal()
    tickers = registry.tickers()
    counted_on: dict[str, str] = {}
    for ticker in tickers:
        for prices, trials in groupby(sorted(registry.trials(ticker), key=prices_of), prices_of):
            of_ticker = families(list(trials))
            terminal.says("", f"{ticker}, {prices}")
            terminal.figures(HEADINGS, map(row_of, of_ticker))
            for family in of_ticker:
                counted_on |= dict.fromkeys(() if family[0].is_practice else distinct(family), prices)
    terminal.says(*totals(list(counted_on.values()), len(tickers)))
    terminal.says(*(f"Note: {note}" for note in registry.notes))


def prices_of(trial: Trial) -> str:
    """Return on which prices a trial was made."""
    return "bundled sample" if trial.is_sample else "real prices"


def families(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Return the trials that differ in nothing but what is swept, oldest first."""
    found: dict[tuple[bool, str], list[Trial]] = {}
    for trial in trials:
        kept = {name: value for name, value in trial.settings.items() if name not in SWEPT}
        found.setdefault((trial.is_practice, json.dumps(kept)), []).append(trial)
    return list(found.values())


def distinct(family: Sequence[Trial]) -> set[str]:
    """Return the distinct accounts; of several looks at the same settings and code those of the last one."""
    by_last_day = sorted(family, key=lambda trial: trial.row["last_day"])
    return set({trial.row["choice"] + trial.row["recipe"]: trial.row["account"] for trial in by_last_day}.values())


def row_of(family: Sequence[Trial]) -> tuple[str, ...]:
    """Return the cells of a family."""
    return (
        settings_text(family),
        count(len(distinct(family))),
        count(len({trial.row["last_day"] for trial in family})),
        min(trial.recorded for trial in family)[:10],
    )


def settings_text(family: Sequence[Trial]) -> str:
    """Return the settings of a family that differ from those of a run without arguments."""
    usual = Settings().trial_settings()
    texts = ["practice"] if family[0].is_practice else []
    for name in family[0].settings:
        values = {format_setting(name, trial.settings[name]) for trial in family}
        if len(values) > 1:
            texts.append(f"{name} varied")
        elif values != {format_setting(name, usual.get(name))}:
            texts.append(f"{name}={values.pop()}")
    return " ".join(texts) or "defaults"


def totals(prices: Sequence[str], tickers: int) -> Iterator[str]:
    """Yield the number of trials over all tickers."""
    if not tickers:
        yield "no trials are recorded"
        return
    parts = [f"{prices.count(kind)} on {kind}" for kind in sorted(set(prices))]
    yield ""
    yield f"{pluralize(len(prices), 'trial')} of {pluralize(tickers, 'ticker')}: {' and '.join(parts)}."
