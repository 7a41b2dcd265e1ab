"""The bundled sample: real daily prices from packages that are installed anyway."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import Prices, prices_frame
from backtrader_walkforward.errors import DataError


@dataclass(frozen=True)
class Sample:
    """One price history of the sample, and its label."""

    label: str
    load: Callable[[], pd.DataFrame]


def _sp500() -> pd.DataFrame:
    import arch.data.sp500

    return arch.data.sp500.load()


def _nasdaq() -> pd.DataFrame:
    import arch.data.nasdaq

    return arch.data.nasdaq.load()


def _google() -> pd.DataFrame:
    from matplotlib.cbook import get_sample_data

    with np.load(str(get_sample_data("goog.npz", asfileobj=False))) as archive:
        table = pd.DataFrame(archive["price_data"]).set_index("date")
    return table.rename(columns=str.capitalize)


SAMPLES = {
    "^GSPC": Sample("S&P 500 index ^GSPC", _sp500),
    "^IXIC": Sample("Nasdaq Composite index ^IXIC", _nasdaq),
    "GOOG": Sample("Google GOOG", _google),
}
"""^GSPC and ^IXIC: 1999-01-04 to 2018-12-31, from arch. GOOG: 2004-08-19 to 2008-10-14, from matplotlib.

In none of them does the adjusted close differ from the close.
"""

STAND_INS = {"SPY": "^GSPC"}
"""Tickers that the sample does not have, and the history that stands in for each."""


def in_sample(ticker: str) -> bool:
    """Return whether the sample has prices for `ticker`."""
    return STAND_INS.get(ticker, ticker) in SAMPLES


def load_sample(ticker: str) -> Prices:
    """Return the whole history of `ticker` in the sample.

    Raises
    ------
    DataError
        If there is none.
    """
    if not in_sample(ticker):
        raise DataError(
            f"the bundled sample has no {ticker!r} - it has {sample_tickers()}, or give your own --csv FILE"
        )
    symbol = STAND_INS.get(ticker, ticker)
    sample = SAMPLES[symbol]
    stands_in = f", standing in for {ticker}" if symbol != ticker else ""
    return Prices(
        prices_frame(sample.load()), ticker, f"bundled sample: {sample.label}{stands_in}", used_source="sample"
    )


def sample_tickers() -> str:
    """Return the tickers of the sample as text."""
    stand_ins = [f"{ticker} (as {symbol})" for ticker, symbol in STAND_INS.items()]
    return ", ".join([*stand_ins, *SAMPLES])
