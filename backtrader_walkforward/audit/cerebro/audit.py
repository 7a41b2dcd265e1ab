"""The audit of any Cerebro: what its strategies do may not depend on later rows, and every fill fits its bar."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.cerebro.clean_run import CerebroRun, CleanRuns, Factory, Prices
from backtrader_walkforward.audit.cerebro.compare import (
    BAR_BY_BAR,
    STAGE,
    check_cerebro_fills,
    compare_runs,
    strategy_names,
)
from backtrader_walkforward.audit.cerebro.factory import carried_findings, pickled_factory
from backtrader_walkforward.audit.cerebro.histories import (
    OTHER_CLOSE,
    ChangedHistory,
    changed_histories,
    checked,
    days_of_decisions,
)
from backtrader_walkforward.audit.cerebro.report import CerebroReport
from backtrader_walkforward.audit.finding import Finding, Verdict, merge_findings
from backtrader_walkforward.audit.opened_files import opened_findings
from backtrader_walkforward.errors import ArgumentError, UserError

N_CONFIRMED = 4
"""Most histories that are run again in processes of their own, where something is kept from run to run."""

RUN, REPEATED = "run", "repeated"


def audit_cerebro(
    factory: Factory, prices: Prices, *, n_dates: int = 100, workers: int = 1, seed: int = 0
) -> CerebroReport:
    """Audit the strategies of any Cerebro for look-ahead, and their fills.

    ::

        def factory(prices):
            cerebro = bt.Cerebro()
            cerebro.adddata(bt.feeds.PandasData(dataname=prices))
            cerebro.addstrategy(MyStrategy)
            return cerebro

        wf.audit_cerebro(factory, prices).require_pass()

    The Cerebro runs in new processes: on all prices, bar by bar, and on histories whose later rows are others or none.
    Up to the date after which they differ, orders, fills, positions and equity must be the same. Where a strategy may
    act in a bar before it is traded (`cheat_on_open`, a timer), that bar has another close, too: its orders must stay.

    Parameters
    ----------
    factory : callable
        Builds the Cerebro for prices such as those given. It computes everything from them.
    prices : DataFrame, or mapping of str to DataFrame
        One frame by date, or several by name; the factory gets the same.
    n_dates : int
        Random dates after which later rows are others. As many as there are bars cover every decision.
    workers : int
        Processes that run at a time; in a script this needs `if __name__ == "__main__":`.
    seed : int
        Seed for the dates.

    Raises
    ------
    UserError
        If an argument is wrong, or the Cerebro does not run on the prices.
    """
    for name, value in {"n_dates": n_dates, "workers": workers}.items():
        if not isinstance(value, int) or value < 1:
            raise ArgumentError(f"{name} must be a whole number above 0: {value!r}")
    frames = checked(prices)
    content, tables = pickled_factory(factory)
    rooms = CleanRuns(content, workers)
    return report_on(rooms, prices, frames, n_dates, seed, carried_findings(tables))


def report_on(
    rooms: CleanRuns,
    prices: Prices,
    frames: dict[str, pd.DataFrame],
    n_dates: int,
    seed: int,
    more: Iterable[Finding] = (),
) -> CerebroReport:
    """Run everything in the rooms and return the report, with `more` findings."""
    [[first]] = rooms.of([prices])
    if first.failure:
        raise UserError(f"the Cerebro cannot be audited, as it does not run: {first.failure}")
    days = pd.DatetimeIndex(sorted(set().union(*(frame.index for frame in frames.values()))))
    possible = days_of_decisions(first, days)
    count = min(n_dates, len(possible))
    chosen = sorted(np.random.default_rng(seed).choice(possible, count, replace=False).tolist())
    others = list(changed_histories(frames, prices, days, chosen, with_own_bar=first.acts_at_opens))
    findings = [
        *more,
        *check_changed_histories(rooms, first, others, prices),
        *check_bar_by_bar(first, *rooms.of([prices], bar_by_bar=True)[0]),
        *check_cerebro_fills(first),
        *opened_findings(rooms.opened),
    ]
    return CerebroReport(tuple(merge_findings(findings)), len(days), len(possible), count)


def check_changed_histories(
    rooms: CleanRuns, first: CerebroRun, others: Sequence[ChangedHistory], prices: Prices
) -> Iterator[Finding]:
    """Compare the run with those on other histories.

    Each process runs the histories in the order of their dates, and all prices last: where that differs from the first
    run, the strategy keeps something, or is random, and what has failed is tried again in processes of its own.
    """
    shares = [others[number :: rooms.workers] for number in range(min(rooms.workers, len(others)))]
    ran = rooms.of(*([*(one.prices for one in share), prices] for share in shares))
    findings = [
        (one, finding)
        for share, runs in zip(shares, ran, strict=True)
        for one, run in zip(share, runs[:-1], strict=True)
        for finding in compare_to(first, run, one)
    ]
    if not any(_differ(first, runs[-1]) for runs in ran):
        yield Finding(RUN, REPEATED, len(ran))
        yield from (finding for _, finding in findings)
    elif _differ(first, rooms.of([prices])[0][0]):
        yield Finding(RUN, REPEATED, 0, reason="differs each time on the same prices: seed its random numbers")
    else:
        doubtful = {id(one): one for one, finding in findings if finding.verdict != Verdict.PASS}
        suspects = list(doubtful.values())[:N_CONFIRMED]
        for one, [run] in zip(suspects, rooms.of(*([one.prices] for one in suspects)), strict=True):
            yield from compare_to(first, run, one)
        reason = "differs once its process has run on other prices: keep nothing in a class or a module"
        yield Finding(RUN, REPEATED, 0, reason=reason)


def compare_to(first: CerebroRun, run: CerebroRun, other: ChangedHistory) -> Iterator[Finding]:
    """Compare the run on all prices with that on another history."""
    if run.failure:
        reason = f"fails when {other.change}: {run.failure}"
        yield Finding(STAGE, f"of any name, {other.date:%Y-%m-%d}", 0, reason=reason)
    else:
        at_opens = other.change == OTHER_CLOSE
        yield from compare_runs(STAGE, first, run, other.end, f"changes when {other.change}", at_opens=at_opens)


def _differ(one: CerebroRun, other: CerebroRun) -> bool:
    return bool(other.failure) or any(found.failure for found in compare_runs(RUN, one, other, np.inf, "differs"))


def check_bar_by_bar(first: CerebroRun, slow: CerebroRun) -> Iterator[Finding]:
    """Compare the run with one that loads each bar when it is due, where the next bar is an IndexError.

    Resampled and replayed bars come later there, so that the runs are not compared with each other.
    """
    names = strategy_names(first)
    if slow.failure:
        label = "reads a later bar" if slow.misses_a_bar else ""
        reason = f"fails when bars come one by one: {slow.failure}"
        yield Finding(BAR_BY_BAR, ", ".join(names), 0, label and f"{label}: {slow.failure}", reason=reason)
    elif first.rearranges_bars:
        yield from (Finding(BAR_BY_BAR, name, len(one.rows)) for name, one in zip(names, slow.strategies, strict=True))
    else:
        yield from compare_runs(BAR_BY_BAR, first, slow, np.inf, "differs when bars come one by one")
