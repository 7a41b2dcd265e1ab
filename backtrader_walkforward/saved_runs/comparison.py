"""Runs compared: their headlines, the settings that differ, and what their difference does not show."""

from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from typing import Any

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.reports.formatting import number, percent
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.saved_runs.saved_run import Account, SavedRun
from backtrader_walkforward.settings.settings import format_setting
from backtrader_walkforward.settings.variant_names import name_text

MOST_RUNS = 12
"""Runs that one table can hold."""

LETTERS = ascii_uppercase[:MOST_RUNS]
"""Short names of the runs, in the order in which they are given."""

ABSENT = "-"


def require_several(runs: Sequence[object]) -> None:
    """Raise ArgumentError unless there are two runs or more, and not too many."""
    if not 2 <= len(runs) <= MOST_RUNS:
        raise ArgumentError(
            f"compare takes from 2 to {MOST_RUNS} different runs: {len(runs)} - the command runs lists them"
        )


def headlines(runs: Sequence[SavedRun]) -> Table:
    """Return a row for each run: its best account and that account's benchmark."""
    rows = [
        [letter, best_name(run), *figures_of(run.best), *figures_of(run.benchmark)[:2]]
        for letter, run in zip(LETTERS, runs, strict=False)
    ]
    headings = ["", "Best", "Return", "Sharpe", "Max\ndrawdown", "Benchmark:\nreturn", "Sharpe"]
    return Table(headings=headings, rows=rows, title="The best of each run", folded=False)


def best_name(run: SavedRun) -> str:
    """Return the name of the best account of a run, `none` where no account has a rank."""
    return name_text(run.best.name) if run.best else "none"


def figures_of(account: Account | None) -> tuple[str, str, str]:
    """Return the return, the Sharpe ratio and the drawdown of an account as text."""
    if account is None:
        return ABSENT, ABSENT, ABSENT
    return percent(account.total_return), number(account.sharpe), percent(account.max_drawdown)


def differing_settings(runs: Sequence[SavedRun]) -> Table:
    """Return a row for each setting, and for each part of the prices, in which the runs differ."""
    described = [described_by(run) for run in runs]
    names = dict.fromkeys(name for one in described for name in one)
    texts = {name: [one.get(name, ABSENT) for one in described] for name in names}
    rows = [[name, *values] for name, values in texts.items() if len(set(values)) > 1]
    return Table(headings=["Setting", *LETTERS[: len(runs)]], rows=rows, title="Settings that differ", folded=False)


def described_by(run: SavedRun) -> dict[str, str]:
    """Return the settings of a run, then its prices and its version, as text."""
    settings = {name: format_setting(name, value) for name, value in run.settings.items()}
    digest = {"digest of prices": str(run.data)[:8]} if run.data else {}
    return settings | {"prices": run.source} | digest | ({"version": run.version} if run.version else {})


def cautions(runs: Sequence[SavedRun]) -> Iterator[str]:
    """Yield what the difference of the runs does not show, a sentence or two each."""
    if len({run.tickers for run in runs}) > 1:
        yield (
            "The runs have different tickers. A better figure may be the ticker's own: compare each run with the"
            " benchmark of its row, not with the other rows."
        )
    if len({run.days for run in runs}) > 1:
        yield (
            "The runs were tested on different days. Other days have other luck: their figures cannot be compared"
            " with each other."
        )
    elif len({run.tickers for run in runs}) == 1 and differ(run.data for run in runs):
        yield "The runs have different prices of the same days: part of any difference is theirs."
    yield (
        "Who picks the best of several runs picks luck, too. The next run with these prices counts their trials; the"
        " command trials shows what it will need."
    )


def differ(values: Iterator[Any]) -> bool:
    """Tell whether the known ones of some values differ."""
    return len({value for value in values if value is not None}) > 1


def answers(runs: Sequence[SavedRun]) -> dict[str, str]:
    """Return the answer of each run and its reason, by its letter and folder."""
    return {
        f"{letter}  {run.folder.name}": f"{run.subject}, {run.period}. {run.headline}. {run.reason}"
        for letter, run in zip(LETTERS, runs, strict=False)
    }
