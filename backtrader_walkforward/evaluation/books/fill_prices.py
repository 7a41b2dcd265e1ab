"""Fills against their bars: a market order has one price, every other fills within the bar, at no smaller cost."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import PRICE_COLUMNS
from backtrader_walkforward.evaluation.books.reconstruct_equity import TOLERANCE, positions


class FillTerms(NamedTuple):
    """How orders fill, as a broker declares it before a run; the names in brackets are Backtrader's."""

    slippage: float = 0.0
    """Share of the price (`slip_perc`)."""
    slippage_amount: float = 0.0
    """In money a share, used where `slippage` is 0 (`slip_fixed`)."""
    market_orders_slip: bool = True
    """Whether the first price of a bar has slippage, too (`slip_open`)."""
    slips_out: bool = True
    """Whether slippage goes beyond the bar (`slip_out`)."""
    at_close: bool = False
    """Whether a market order may fill at the close it was sent at (`coc`)."""

    def worse(self, price: np.ndarray, side: np.ndarray) -> np.ndarray:
        """Return prices after slippage; `side` is 1 for a purchase, -1 for a sale."""
        return price * (1 + side * self.slippage) if self.slippage else price + side * self.slippage_amount


def first_misfit(
    fills: pd.DataFrame, bars: pd.DataFrame, declared: FillTerms, least: np.ndarray
) -> tuple[int, str] | None:
    """Return the row of the first fill that does not fit, and why; None if all fit.

    A market order fills at the open of its bar and pays the slippage; with `declared.at_close` at the close, if it is
    booked at a later bar. Every other order fills between low and high, and on its worse side beyond by the slippage.

    Parameters
    ----------
    fills : DataFrame
        As the analyzer `Fills` records them.
    bars : DataFrame
        Prices by date.
    declared : FillTerms
    least : array (n_fills,)
        Least commission of each fill.
    """
    price, paid = (fills[name].to_numpy(dtype=float) for name in ("price", "commission"))
    right = expected_prices(fills, bars, declared)
    has_bar, low, high, market = (right[name].to_numpy() for name in ("has_bar", "low", "high", "market"))
    lowest, highest = (right[name].to_numpy() for name in ("lowest", "highest"))
    rules = {
        "which has no bar": has_bar,
        "whose bar goes from {low:,.4f} to {high:,.4f}": (price >= lowest * (1 - TOLERANCE))
        & (price <= highest * (1 + TOLERANCE)),
        "where a market order fills at {market:,.4f}": np.isnan(market)
        | (np.abs(price - market) <= TOLERANCE * np.abs(market)),
        "with a commission of {paid:,.4f}, and not {least:,.4f} or more": paid >= least - TOLERANCE * np.abs(least),
    }
    sound = np.logical_and.reduce(list(rules.values()))
    if sound.all():
        return None
    row = int(sound.argmin())
    why = next(why for why, holds in rules.items() if not holds[row])
    return row, why.format(low=low[row], high=high[row], market=market[row], paid=paid[row], least=least[row])


def expected_prices(fills: pd.DataFrame, bars: pd.DataFrame, declared: FillTerms) -> pd.DataFrame:
    """Return, for each fill, whether its day `has_bar`, the bar's `low` and `high`, and what prices it may have.

    `lowest` and `highest` are the limits of any fill; `market` is the price of a market order, NaN for other orders.
    """
    days, prices = bars.index.to_numpy(), bars[PRICE_COLUMNS].to_numpy(dtype=float)
    dates = fills["date"].to_numpy().astype(days.dtype)
    place, booked = (np.minimum(positions(days, fills[name]), len(days) - 1) for name in ("date", "booked"))
    side, low, high = np.sign(fills["size"].to_numpy(dtype=float)), prices.min(axis=1), prices.max(axis=1)
    at_close = declared.at_close & (dates < fills["booked"].to_numpy().astype(days.dtype))
    base = np.where(at_close, *(bars[name].to_numpy(dtype=float)[place] for name in ("Close", "Open")))
    market = declared.worse(base, side) if declared.market_orders_slip else base
    if not declared.slips_out:
        market = np.where(side > 0, np.minimum(market, high[booked]), np.maximum(market, low[booked]))
    return pd.DataFrame(
        {
            "has_bar": days[place] == dates,
            "low": low[place],
            "high": high[place],
            "lowest": np.where(side < 0, declared.worse(low[place], side), low[place]),
            "highest": np.where(side > 0, declared.worse(high[place], side), high[place]),
            "market": np.where(fills["order"] == "Market", market, np.nan),
        }
    )


def first_backdated(fills: pd.DataFrame, days: pd.Index, *, at_close: bool) -> tuple[int, str] | None:
    """Return the row of the first fill that was booked later than on its bar, and why; None without one.

    With `at_close` a market order is booked with the next bar. What closes a position whose prices have ended is
    booked with a bar of other data.
    """
    filled, booked = (positions(days.to_numpy(), fills[name]) for name in ("date", "booked"))
    late = booked - filled - (at_close & (fills["order"] == "Market").to_numpy())
    late[(fills["order"] == "Close").to_numpy()] = 0
    rows = np.flatnonzero(late > 0)
    return (int(rows[0]), "which was booked only with a later bar") if len(rows) else None
