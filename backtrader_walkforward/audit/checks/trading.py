"""What is checked from the forecasts to the orders: the lines of the market, target weights and fills."""

from collections.abc import Iterator
from itertools import zip_longest

import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, Results
from backtrader_walkforward.audit.finding import Finding, finite, first_difference
from backtrader_walkforward.audit.perturbations import spliced
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.trading.sizing_strategy import StrategyError

STAGE = "strategy"


def perturbed_signals(run: AuditedRun, history: PerturbedHistory) -> pd.DataFrame:
    """Return the market of the other history.

    Missing prices are carried forward, as a position cannot be valued without one; whatever else a strategy may look
    at, the forecasts too, stays missing.
    """
    forecasts = history.change(run.table, history.date)
    return run.stages.signals(history.prices.ffill(), history.true_features, forecasts)


def check_market(run: AuditedRun, signals: pd.DataFrame, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare the lines that strategies see, up to the date."""
    past = run.signals.loc[: history.date]
    for line in past:
        date = first_difference(past[line], signals[line])
        failure = history.failure if date is not None else ""
        yield Finding("market line", str(line), finite(past[line]), failure, date)


def check_strategies(
    run: AuditedRun, past: Results, signals: pd.DataFrame, history: PerturbedHistory
) -> Iterator[Finding]:
    """Compare target weights and fills up to the date with those in the other market.

    A strategy that cannot go through an absurd future has shown nothing of itself, nor have those that run beside it.
    """
    variants = [variant for variant in run.stages.variants if variant.name in past]
    try:
        results = run.stages.results(spliced(run.signals, signals, history.date), variants)
    except StrategyError as error:
        reason = f"one of them fails when the future is {history.future}: {error}"
        yield Finding(STAGE, f"of any name, {history.date:%Y-%m-%d}", 0, reason=reason)
        return
    for again in results:
        yield same_trading(
            STAGE, past[again.name], again, run.stages.settings.trading.fill, history.date, history.failure
        )


def same_trading(
    stage: str, past: BacktestResult, again: BacktestResult, fill: str, date: pd.Timestamp, failure: str
) -> Finding:
    """Compare what two backtests of one variant decided and filled up to the date.

    An account without a fill by then has shown nothing: what counts as compared are the fills of the quietest one.
    """
    known = known_fills(past.fills, date, fill)
    days = [
        first_difference(past.weights.loc[:date], again.weights),
        first_other_fill(known, known_fills(again.fills, date, fill)),
    ]
    found = [day for day in days if day is not None]
    reason = "one of its accounts orders nothing by the latest date, not even on a drawn forecast"
    fills = fewest_fills(past, date, fill)
    return Finding(stage, past.name, fills, failure if found else "", min(found, default=None), reason)


def fewest_fills(result: BacktestResult, date: pd.Timestamp, fill: str) -> int:
    """Return the number of fills up to the date in the quietest account."""
    accounts = known_fills(result.fills, date, fill)["account"]
    return min(int((accounts == account).sum()) for account in result.accounts)


def known_fills(fills: pd.DataFrame, date: pd.Timestamp, fill: str) -> pd.DataFrame:
    """Return the fills that a history up to `date` has seen.

    One at the close is dated on the day of its decision but made when the next bar comes.
    """
    return fills[fills["date"] < date] if fill == "close" else fills[fills["date"] <= date]


def first_other_fill(past: pd.DataFrame, again: pd.DataFrame) -> pd.Timestamp | None:
    """Return the date of the first fill that is not the same in both to the bit; None if all are."""
    rows = (fills.itertuples(index=False, name=None) for fills in (past, again))
    for one, other in zip_longest(*rows):
        if one != other:
            return min(fill[0] for fill in (one, other) if fill)
    return None
