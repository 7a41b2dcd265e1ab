"""Checks of the signals, the target weights and the fills."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, zip_longest

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.check_learning import compare_columns
from backtrader_walkforward.audit.finding import Finding, first_difference
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory, perturb, splice
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.trading.sizing_strategy import StrategyError

STAGE = "strategy"
BAR_BY_BAR = "strategy, bar by bar"


def check_trading(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare signals, target weights and fills up to the date with those on the signals of the perturbed history."""
    signals = perturbed_signals(run, history)
    yield from check_signals(run, signals, history)
    yield from check_strategies(run, signals, history)


def perturbed_signals(run: AuditedRun, history: PerturbedHistory) -> pd.DataFrame:
    """Return the signals of the perturbed history.

    Missing prices are filled forward, because a position cannot be valued without one. All other lines, the forecasts
    too, stay missing.
    """
    forecasts = perturb(run.table, history.date, history.name)
    return run.stages.signals(history.prices.ffill(), history.true_features, forecasts)


def check_signals(run: AuditedRun, signals: pd.DataFrame, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare the signals up to the date with the perturbed ones."""
    yield from compare_columns("signal", run.signals.loc[: history.date], signals, history.failure)


def check_strategies(run: AuditedRun, signals: pd.DataFrame, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare target weights and fills up to the date with those on the perturbed signals.

    A strategy that fails on absurd prices ends the whole backtest, so that all variants are inconclusive.
    """
    try:
        perturbed = run.stages.results(splice(run.signals, signals, history.date), run.traded_variants)
    except StrategyError as error:
        reason = f"a strategy fails when later rows are {history.name}: {error}"
        yield Finding(STAGE, f"of any name, {history.date:%Y-%m-%d}", 0, reason=reason)
        return
    fill = run.stages.settings.trading.fill
    for after in perturbed:
        yield compare_trading(STAGE, run.results[after.name], after, fill, history.date, history.failure)


def compare_trading(
    stage: str, before: BacktestResult, after: BacktestResult, fill: str, date: pd.Timestamp, failure: str
) -> Finding:
    """Compare the weights and fills of two backtests of one variant up to the date.

    The number of values compared is the number of fills in the account that has the fewest: an account without a fill
    proves nothing.
    """
    known = known_fills(before.fills, date, fill)
    days = [
        first_difference(before.weights.loc[:date], after.weights),
        first_other_fill(known, known_fills(after.fills, date, fill)),
    ]
    found = [day for day in days if day is not None]
    reason = "one of its accounts has no fill by the latest date, not even with a synthetic forecast"
    fills = fewest_fills(before, date, fill)
    return Finding(stage, before.name, fills, failure if found else "", min(found, default=None), reason)


def fewest_fills(result: BacktestResult, date: pd.Timestamp, fill: str) -> int:
    """Return the number of fills up to the date in the account that has the fewest."""
    accounts = known_fills(result.fills, date, fill)["account"]
    return min(int((accounts == account).sum()) for account in result.accounts)


def known_fills(fills: pd.DataFrame, date: pd.Timestamp, fill: str) -> pd.DataFrame:
    """Return the fills that a history up to `date` contains.

    A fill at the close has the date of its decision, but is made when the next bar comes.
    """
    return fills[fills["date"] < date] if fill == "close" else fills[fills["date"] <= date]


def first_other_fill(before: pd.DataFrame, after: pd.DataFrame) -> pd.Timestamp | None:
    """Return the date of the first fill that differs in a bit, None if none does."""
    rows = (fills.itertuples(index=False, name=None) for fills in (before, after))
    for one, other in zip_longest(*rows):
        if one != other:
            return min(fill[0] for fill in (one, other) if fill)
    return None


def trade_bar_by_bar(run: AuditedRun) -> tuple[dict[str, BacktestResult], list[Finding]]:
    """Trade each strategy alone, bar by bar. Return the results, and a finding for each one that reads a later bar.

    Each bar is loaded when its turn comes. `data.close[1]` is the next close where all bars are loaded at the start,
    and an IndexError here.

    Raises
    ------
    StrategyError
        If a strategy fails for another reason.
    """
    results: dict[str, BacktestResult] = {}
    failures = []
    for strategy, variants in groupby(run.stages.variants, key=lambda variant: variant.strategy_name):
        try:
            traded = run.stages.results(run.signals, list(variants), bar_by_bar=True)
            results |= {result.name: result for result in traded}
        except StrategyError as error:
            if not isinstance(error.__cause__, IndexError):
                raise
            failures.append(Finding(BAR_BY_BAR, strategy, 1, f"reads a later bar: {error}"))
    return results, failures


def with_results(run: AuditedRun) -> tuple[AuditedRun, list[Finding]]:
    """Trade bar by bar, then as the run does, and compare. Return the run with its results, and the findings."""
    bar_by_bar, findings = trade_bar_by_bar(run)
    variants = [variant for variant in run.stages.variants if variant.name in bar_by_bar]
    results = {result.name: result for result in run.stages.results(run.signals, variants)}
    differs = "differs when bars come one by one"
    for name, result in results.items():
        last_day = result.weights.index[-1]
        findings.append(compare_trading(BAR_BY_BAR, result, bar_by_bar[name], "next-open", last_day, differs))
    return replace(run, results=results), findings
