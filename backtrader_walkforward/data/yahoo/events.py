"""Yahoo's dividends and splits, and its closes as they were quoted on the day."""

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.found import LEAST, actions_table, shown_dividends, unshown
from backtrader_walkforward.data.prices import ADJUSTED, days_of

AGREES = 0.05
"""Share by which a dividend may differ from what the adjusted closes say: Yahoo rounds both."""


def adjusted_prices(history: pd.DataFrame) -> pd.DataFrame:
    """Return the history with its prices adjusted for dividends, too, as yfinance's `auto_adjust` does."""
    factor = history[ADJUSTED] / history["Close"]
    return history.assign(**history[["Open", "High", "Low"]].mul(factor, axis=0), Close=history[ADJUSTED])


def quoted_closes(history: pd.DataFrame, bars: pd.DatetimeIndex) -> tuple[pd.Series, pd.DataFrame, list[str]]:
    """Return the closes of `bars` as quoted on the day, the actions by ex-day, and a note on doubtful dividends.

    Yahoo divides closes and dividends by all later splits, which is undone here. An action of a day without a bar is
    one of the next bar. Where a dividend is not what its adjusted closes say, as one in another currency, these count.
    A split or a dividend that cannot be is left out.

    Parameters
    ----------
    history : DataFrame
        From `yfinance.Ticker.history` without `auto_adjust`, up to today: later splits have moved the closes.
    bars : DatetimeIndex
        Days of the bars that are used.
    """
    history, refused = _without_senseless(history.set_axis(days_of(history.index), axis="index"))
    splits = history["Stock Splits"]
    since = splits[::-1].cumprod()[::-1]  # new shares, today, for one before the day
    quoted = (history["Close"] * since / splits).loc[bars]
    known = bars.searchsorted(pd.DatetimeIndex(history.index))  # that of the day, or the next one
    events = pd.DataFrame({"paid": history["Dividends"] * since, "split": splits})[known < len(bars)]
    events = events.groupby(bars[known[known < len(bars)]]).agg({"paid": "sum", "split": "prod"}).reindex(bars)
    paid, split = events["paid"].fillna(0.0), events["split"].fillna(1.0)
    shown, before = shown_dividends(quoted, history[ADJUSTED].loc[bars], split), quoted.shift()
    missing = unshown(paid, shown, before).iloc[:-1]  # that of the last bar is not adjusted for yet, perhaps
    said = shown.where(shown > LEAST * before)
    wrong = (paid > 0) & ((paid / said - 1).abs() > AGREES)
    notes = [
        *refused,
        *(
            f"the dividend of {day:%Y-%m-%d} is taken as {said[day]:.4g}, as the adjusted closes say: Yahoo names"
            f" {paid[day]:.4g}"
            for day in bars[wrong]
        ),
        *(
            f"the dividend of {day:%Y-%m-%d}, {paid[day]:.4g}, does not show in the adjusted closes: is it right?"
            for day in missing.index[missing]
        ),
    ]
    return quoted, actions_table(paid.mask(wrong, said), split), notes


def _without_senseless(history: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the history with splits (1 for none) and all cash as dividends, and a note on each that cannot be."""
    splits = history["Stock Splits"].replace(0.0, 1.0)
    cash = history["Dividends"] + history.get("Capital Gains", 0.0)  # of a fund; Yahoo's dividend may contain it
    before = history["Close"].ffill().shift()
    no_split = ~(np.isfinite(splits) & (splits > 0))
    no_cash = ~np.isfinite(cash) | (cash < 0) | ((cash >= before) & (cash > 0))
    sensible = history.assign(**{"Stock Splits": splits.mask(no_split, 1.0), "Dividends": cash.mask(no_cash, 0.0)})
    return sensible, [
        *(f"the split of {day:%Y-%m-%d} is left out: {splits[day]:g} new shares for one" for day in _days(no_split)),
        *(
            f"the dividend of {day:%Y-%m-%d} is left out: it is {cash[day]:,.4g}, and the close before"
            f" {before[day]:,.4g}"
            for day in _days(no_cash)
        ),
    ]


def _days(rows: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(rows.index[rows])
