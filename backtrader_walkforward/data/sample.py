"""The bundled sample: real daily prices from packages that are installed anyway."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

import numpy as np
import pandas as pd

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.prices import Prices, prices_frame
from backtrader_walkforward.errors import DataError


@dataclass(frozen=True)
class Sample:
    """One price history of the sample, and its label."""

    label: str
    load: Callable[[], pd.DataFrame]


def _of_arch(name: str) -> pd.DataFrame:
    return import_module(f"arch.data.{name}").load()


def _google() -> pd.DataFrame:
    from matplotlib.cbook import get_sample_data

    with np.load(str(get_sample_data("goog.npz", asfileobj=False))) as archive:
        table = pd.DataFrame(archive["price_data"]).set_index("date")
    return table.rename(columns=str.capitalize)


SAMPLES = {
    "^GSPC": Sample("S&P 500 index ^GSPC", partial(_of_arch, "sp500")),
    "^IXIC": Sample("Nasdaq Composite index ^IXIC", partial(_of_arch, "nasdaq")),
    "GOOG": Sample("Google GOOG", _google),
}
"""^GSPC and ^IXIC: 1999-01-04 to 2018-12-31, from arch. GOOG: 2004-08-19 to 2008-10-14, from matplotlib.

In none of them does the adjusted close differ from the close. All are of New York.
"""

CALENDAR = ExchangeCalendar("XNYS")

STAND_INS = {"SPY": "^GSPC"}
"""Tickers that the sample does not have, and the history that stands in for each."""


def in_sample(ticker: str) -> bool:
    """Return whether the sample has prices for `ticker`."""
    return STAND_INS.get(ticker, ticker) in SAMPLES


def load_sample(ticker: str) -> Prices:
    """Return the whole history of `ticker` in the sample; raise `DataError` if there is none."""
    if not in_sample(ticker):
        raise DataError(
            f"the bundled sample has no {ticker!r} - it has {sample_tickers()}, or give your own --csv FILE"
        )
    sample = SAMPLES[STAND_INS.get(ticker, ticker)]
    stands_in = f", standing in for {ticker}" if ticker in STAND_INS else ""
    source = f"bundled sample: {sample.label}{stands_in}"
    return Prices(prices_frame(sample.load()), ticker, source, calendar=CALENDAR, used_source="sample")


def sample_tickers() -> str:
    """Return the tickers of the sample as text."""
    return ", ".join([*(f"{ticker} (as {symbol})" for ticker, symbol in STAND_INS.items()), *SAMPLES])
