"""Two runs of a Cerebro, compared up to a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.audit.cerebro.clean_run import CerebroRun
from backtrader_walkforward.audit.cerebro.recorder import StrategyRecord
from backtrader_walkforward.audit.check_fills import STAGE as FILLS
from backtrader_walkforward.audit.check_fills import fills_finding
from backtrader_walkforward.audit.finding import Finding, same_value

STAGE = "strategy"
BAR_BY_BAR = "strategy, bar by bar"


def day_of(number: float) -> pd.Timestamp:
    """Return the day of one of Backtrader's date numbers."""
    return pd.Timestamp(bt.num2date(number)).floor("D")


def strategy_names(run: CerebroRun) -> list[str]:
    """Return the class names of the strategies, with a number from the second of a name on."""
    names = [one.name for one in run.strategies]
    return [
        f"{name} {count}" if (count := names[:place].count(name) + 1) > 1 else name for place, name in enumerate(names)
    ]


def compare_runs(
    stage: str, before: CerebroRun, after: CerebroRun, end: float, failure: str, *, at_opens: bool = False
) -> Iterator[Finding]:
    """Compare what each strategy did before the time `end`, or `at_opens` alone; its bars are counted."""
    names = strategy_names(before)
    if strategy_names(after) != names:
        yield Finding(stage, ", ".join(names), 0, f"{failure}: there are other strategies")
        return
    for name, one, other in zip(names, before.strategies, after.strategies, strict=True):
        time = (time_of_difference_at_opens if at_opens else time_of_difference)(one, other, end)
        failed = "" if time is None else failure
        compared = int((one.rows[:, 0] < end).sum()) if one.has_traded else 0
        yield Finding(stage, name, compared, failed, None if time is None else day_of(time), "it sends no order")


def time_of_difference(one: StrategyRecord, other: StrategyRecord, end: float) -> float | None:
    """Return the time of the first bar, order or fill before `end` that differs by more than rounding."""
    parts = ((record.rows.tolist(), record.orders, _fill_rows(record)) for record in (one, other))
    times = [
        _first_other(*([row for row in rows if row[0] < end] for rows in both)) for both in zip(*parts, strict=True)
    ]
    return min((time for time in times if time is not None), default=None)


def time_of_difference_at_opens(one: StrategyRecord, other: StrategyRecord, end: float) -> float | None:
    """Return the time of the first bar before `end` at whose open something else was sent, or filled."""
    return _first_other(*([row for row in record.at_opens if row[0] < end] for record in (one, other)))


def _fill_rows(record: StrategyRecord) -> list[tuple[Any, ...]]:
    """Return the fills, each with the time at which it is known first."""
    columns = ["booked", "date", "order", "feed", "size", "price", "commission"]
    return list(record.fills[columns].itertuples(index=False, name=None))


def _first_other(rows: Sequence[Sequence[Any]], others: Sequence[Sequence[Any]]) -> float | None:
    for row, other in zip_longest(rows, others):
        if row is None or other is None or not all(map(same_value, row, other)):
            return min(float(each[0]) for each in (row, other) if each is not None)
    return None


def check_cerebro_fills(run: CerebroRun) -> Iterator[Finding]:
    """Compare every fill with the bar of its feed and with what the broker declared, and its time with the order's."""
    for number, (name, record) in enumerate(zip(strategy_names(run), run.strategies, strict=True)):
        if run.declared is None:
            yield Finding(FILLS, name, 0, reason="its broker declares no slippage as Backtrader's own does")
            continue
        yield Finding(FILLS, name, len(record.fills), reason="it has no fill")
        for feed, bars in enumerate(record.bars):
            own = (record.fills["feed"] == feed).to_numpy()
            fills, least = record.fills[own], run.declared.least[number][own]
            if len(fills):
                found = fills_finding(name, fills, bars, run.declared.fill, least)
                date = None if found.date is None else day_of(float(found.date))
                yield replace(found, compared=0, date=date)
            if record.feed_lengths[feed] > record.feed_lengths[0]:
                yield from _sent_in_their_bar(name, fills, bars)


def _sent_in_their_bar(name: str, fills: pd.DataFrame, bars: pd.DataFrame) -> Iterator[Finding]:
    """Yield the first market order for a feed of long bars that was sent within the bar at whose open it fills."""
    market = fills[fills["order"] == "Market"]
    before = np.concatenate([[-np.inf], bars.index])[np.searchsorted(bars.index, market["date"])]
    late = market[((market["sent"] > before) & (market["sent"] < market["date"])).to_numpy()]
    if len(late):
        sent, filled = (day_of(late[column].iloc[0]) for column in ("sent", "date"))
        failure = f"fills at the open of a bar that began before the order was sent on {sent:%Y-%m-%d}"
        yield Finding(FILLS, name, 0, failure, filled)
