"""Checks of the strategies: target weights and fills, with bars that come one by one into a clean room."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, with_synthetic_forecast
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of, findings_of, for_each
from backtrader_walkforward.audit.finding import Finding, same_value
from backtrader_walkforward.audit.perturbed_history import drawn
from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.books.reconstruct_equity import mismatch
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.forecast_feed import GrowingFeed
from backtrader_walkforward.trading.variants import Variant

STAGE = "strategy"

UNSEEDED = "trades differently each time, so that nothing can be compared: seed it"

MOST_ENDS = 120
"""Most days on which the history of a suspect ends."""

Traded = dict[str, BacktestResult]
"""Results by the name of the variant."""


def with_results(run: AuditedRun) -> AuditedRun:
    """Return the run with the results of all variants."""
    return replace(run, results={result.name: result for result in run.stages.results(run.signals)})


def trading_runs(run: AuditedRun) -> tuple[list[AuditedRun], list[Finding]]:
    """Return the run with its results, and a second one of the variants that its forecasts leave in cash, if any.

    The second one has a synthetic forecast, and the findings name its variants.
    """
    traded = with_results(run)
    idle = [name for name, result in traded.results.items() if not fewest_fills(result)]
    second = [with_results(with_synthetic_forecast(traded, idle))] if idle else []
    return [traded, *second], [Finding("synthetic forecast", name, 1) for name in idle]


def strategy_room(run: AuditedRun, variants: Sequence[Variant]) -> CleanRoom:
    """Compare target weights and fills of every day with those of a process that never had a later bar.

    It begins with the bars up to the first decision, and gets each later one once all strategies have decided on the
    one before. So a strategy finds no later bar, whatever door it looks through: the feed, its arrays, its DataFrame, a
    table in a module. The suspects, those that trade differently or fail there, are examined one by one.
    """
    first_day = run.table.index[0]

    def check(answer: Traded | Failure) -> Iterator[Finding]:
        groups = groupby(variants, key=lambda variant: variant.strategy_name)
        strategies = [list(group) for _, group in groups]
        if isinstance(answer, Failure) and len(strategies) > 1:
            rooms = [strategy_room(run, own) for own in strategies]
            yield from findings_of(rooms, run.stages.settings.machine.workers)
        else:
            for own in strategies:
                yield from check_strategy(run, own, answer)

    rows = (row for _, row in run.signals.loc[run.signals.index > first_day].iterrows())
    arguments = run.signals.loc[:first_day], variants, run.stages.settings
    return CleanRoom(trade_bar_by_bar, rows, arguments, check)


def trade_bar_by_bar(
    bars: Iterator[pd.Series], known: pd.DataFrame, variants: Sequence[Variant], settings: Settings
) -> Traded:
    """Trade all variants over the bars that are `known` and those that come."""
    known = known.copy()
    feed = GrowingFeed(dataname=known, more=bars)
    results = run_backtest(known, variants, settings, bar_by_bar=True, feed=feed)
    return {result.name: result for result in results}


def check_strategy(run: AuditedRun, variants: Sequence[Variant], traded: Traded | Failure) -> Iterator[Finding]:
    """Yield a finding for each variant of a strategy; a suspect is examined first."""
    results = [run.results[variant.name] for variant in variants]
    if isinstance(traded, Failure):
        others = list(results[0].weights.index)
    else:
        others = [day for result in results for day in days_of_difference(result, traded[result.name])]
    found = examine(run, variants[0], sorted(set(others))) if others else None
    reason = "one of its accounts has no fill, not even with a synthetic forecast"
    yield from for_variants(found, STAGE, {result.name: fewest_fills(result) for result in results}, reason)


def for_variants(found: Finding | None, stage: str, fills: Mapping[str, int], reason: str) -> Iterator[Finding]:
    """Yield what was found of a strategy for each of its variants; if nothing was, how many fills were compared."""
    for name, number in fills.items():
        yield replace(found, name=name) if found else Finding(stage, name, number, reason=reason)


def days_of_difference(before: BacktestResult, after: BacktestResult) -> list[pd.Timestamp]:
    """Return the days on which the target weights differ, and, where a fill does, that of its decision."""
    days = pd.DatetimeIndex(before.weights.index)
    return [
        *other_weights(before.weights, after.weights),
        *days_of_fill(days, first_other_fill(before.fills, after.fills)),
    ]


def other_weights(before: pd.Series, after: pd.Series) -> pd.DatetimeIndex:
    """Return the days of the first weights on which the others differ by more than rounding, or are missing."""
    days = pd.DatetimeIndex(before.index)
    return days[mismatch(after.reindex(days), before, 1.0)]


def days_of_fill(days: pd.DatetimeIndex, fill: pd.Timestamp | None) -> list[pd.Timestamp]:
    """Return the day of a fill, and that before it, on which it was decided; none without a fill."""
    return [] if fill is None else [days[max(0, int(days.searchsorted(fill)) - 1)], fill]


def examine(run: AuditedRun, variant: Variant, ends: Sequence[pd.Timestamp]) -> Finding | None:
    """Return the failure of a suspect that trades differently on a history that ends on one of the days; None without.

    Indicators that are computed bar by bar may round differently, and what a strategy keeps of the whole DataFrame ends
    with the first bars. So the suspect trades as in the run, with all bars at the start, on histories that end early.
    All are traded in one process, the shortest first.
    """
    ends = drawn(ends, MOST_ENDS, run.stages.settings.forecast.seed)
    histories = (run.signals.loc[:end] for end in ends)
    room = CleanRoom(for_each, histories, (trade, variant, run.stages.settings), lambda _: ())
    [answer] = answers_of([room], 1)
    if isinstance(answer, Failure):
        return Finding(STAGE, variant.name, 0, f"fails in a process without later bars: {answer.reason}")
    for end, traded in zip(ends, answer, strict=True):
        if found := compare_early(run, variant, end, traded):
            return found if trades_alike_each_time(run, variant) else replace(found, failure="", compared=0)
    return None


def trade(signals: pd.DataFrame, variant: Variant, settings: Settings) -> BacktestResult:
    """Trade a variant over bars that are all known at the start."""
    return run_backtest(signals, [variant], settings)[0]


def compare_early(
    run: AuditedRun, variant: Variant, end: pd.Timestamp, traded: BacktestResult | Failure
) -> Finding | None:
    """Return the failure if a history that ends early trades differently up to its end; None if it does not.

    A strategy whose indicators need more bars has not traded yet.
    """
    before = run.results[variant.name]
    if isinstance(traded, Failure):
        if before.fills["date"].min() <= end:
            failure = f"fails when the history ends on that day: {traded.reason}"
            return Finding(STAGE, variant.name, 1, failure, end, UNSEEDED)
        return None
    fill = run.stages.settings.trading.fill
    other = first_other_fill(known_fills(before.fills, end, fill), known_fills(traded.fills, end, fill))
    found = [*other_weights(before.weights.loc[:end], traded.weights)[:1], *([] if other is None else [other])]
    failure = "differs when later bars are missing"
    return Finding(STAGE, variant.name, 1, failure, min(found), UNSEEDED) if found else None


def trades_alike_each_time(run: AuditedRun, variant: Variant) -> bool:
    """Tell whether a variant trades as in the run when it is run again here, with all others."""
    again = {result.name: result for result in run.stages.results(run.signals, run.traded_variants)}
    return not days_of_difference(run.results[variant.name], again[variant.name])


def fewest_fills(result: BacktestResult) -> int:
    """Return the number of fills in the account that has the fewest: an account without a fill proves nothing."""
    return min(int((result.fills["account"] == account).sum()) for account in result.accounts)


def known_fills(fills: pd.DataFrame, date: pd.Timestamp, fill: str) -> pd.DataFrame:
    """Return the fills that a history up to `date` contains.

    A fill at the close has the date of its decision, but is made when the next bar comes.
    """
    return fills[fills["date"] < date] if fill == "close" else fills[fills["date"] <= date]


def first_other_fill(before: pd.DataFrame, after: pd.DataFrame) -> pd.Timestamp | None:
    """Return the date of the first fill that differs by more than rounding, None if none does."""
    rows = (fills.itertuples(index=False, name=None) for fills in (before, after))
    for one, other in zip_longest(*rows):
        if one is None or other is None or not all(map(same_value, one, other)):
            return min(fill[0] for fill in (one, other) if fill)
    return None
