"""Yahoo's dividends and splits, and its closes as they were quoted on the day."""

import pandas as pd

from backtrader_walkforward.data.actions import actions_table
from backtrader_walkforward.data.prices import ADJUSTED, days_of

AGREES = 0.05
"""Share by which a dividend may differ from what the adjusted closes say: Yahoo rounds both."""

LEAST = 1e-5
"""Share of the close below which the adjusted closes say nothing of a dividend: Yahoo rounds them."""


def adjusted_prices(history: pd.DataFrame) -> pd.DataFrame:
    """Return the history with its prices adjusted for dividends, too, as yfinance's `auto_adjust` does."""
    factor = history[ADJUSTED] / history["Close"]
    return history.assign(**history[["Open", "High", "Low"]].mul(factor, axis=0), Close=history[ADJUSTED])


def quoted_closes(history: pd.DataFrame, bars: pd.DatetimeIndex) -> tuple[pd.Series, pd.DataFrame, list[str]]:
    """Return the closes of `bars` as quoted on the day, the actions by ex-day, and a note on doubtful dividends.

    Yahoo divides closes and dividends by all later splits, which is undone here. An action of a day without a bar is
    one of the next bar. Where a dividend is not what its adjusted closes say, as one in another currency, these count.

    Parameters
    ----------
    history : DataFrame
        From `yfinance.Ticker.history` without `auto_adjust`, up to today: later splits have moved the closes.
    bars : DatetimeIndex
        Days of the bars that are used.
    """
    history = history.set_axis(days_of(history.index), axis="index")
    splits = history["Stock Splits"].replace(0.0, 1.0)
    since = splits[::-1].cumprod()[::-1]  # new shares, today, for one before the day
    quoted = (history["Close"] * since / splits).loc[bars]
    known = bars.searchsorted(pd.DatetimeIndex(history.index))  # that of the day, or the next one
    cash = history["Dividends"] + history.get("Capital Gains", 0.0)  # of a fund; Yahoo's dividend may contain it
    events = pd.DataFrame({"paid": cash * since, "split": splits})[known < len(bars)]
    events = events.groupby(bars[known[known < len(bars)]]).agg({"paid": "sum", "split": "prod"})
    paid = events["paid"]
    factor = (history[ADJUSTED] / history["Close"]).loc[bars]
    said = (quoted * (1 - factor / factor.shift(-1))).shift()
    said = said.where(said > LEAST * quoted.shift())
    wrong = (paid > 0) & ((paid / said - 1).abs() > AGREES)
    notes = [
        f"the dividend of {day:%Y-%m-%d} is taken as {said[day]:.4g}, as the adjusted closes say: Yahoo names"
        f" {paid[day]:.4g}"
        for day in bars[wrong]
    ]
    return quoted, actions_table(paid.mask(wrong, said), events["split"]), notes
