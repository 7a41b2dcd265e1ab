"""The outlook: the market at the last close, and the forecast for the next session."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.frequency import bars_a_year, next_bar
from backtrader_walkforward.forecasting import target_of
from backtrader_walkforward.regimes import regimes_at_last
from backtrader_walkforward.reports.formatting import forecast_text, price, readable_date
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.text import pluralize


@dataclass(frozen=True)
class ModelAge:
    """The age of the model that made a forecast."""

    fitted: date
    """The close at which it was fitted."""
    sessions: int
    """Sessions since then; 1 on the next day."""
    until_next: int
    """Sessions until the first forecast of the next model, if the walk-forward goes on."""

    @classmethod
    def of(cls, forecasts: pd.DataFrame, days: pd.DatetimeIndex, retrain_every: int) -> Self:
        """Return the age of the model of the last of the forecasts (`Forecasts.table`).

        It was fitted at the close before the first row of its fold; `days` are those of all prices.
        """
        fold = forecasts.index[forecasts["fold"] == forecasts["fold"].iloc[-1]]
        fitted = days[days < fold[0]].max()
        return cls(fitted.date(), len(fold), retrain_every - len(fold) + 1)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The last close, the forecast for the next session, and the regimes at the last close by kind."""

    ticker: str
    source: str
    last_date: date
    next_session: date | None
    """None where no calendar knows it, and where a bar is a week or a month."""
    close: float
    predicted_return: float
    predicted_close: float
    target: str
    """That of the predictors (`windows.next_target`)."""
    model: ModelAge
    regimes: Mapping[str, str]
    bar: str = "session"
    """What a bar is called: `session`, `week` or `month`."""
    fill_price: str = "open"
    """The price of a bar at which orders fill (`Prices.fill_price`)."""

    @classmethod
    def of(
        cls, prices: Prices, signals: pd.DataFrame, forecasts: pd.DataFrame, settings: Settings, factor: float = 1.0
    ) -> Self:
        """Return the outlook at the last of the signals; `factor` is the price of today / the price in the signals."""
        days, last = pd.DatetimeIndex(signals.index), signals.iloc[-1]
        bar = next_bar(bars_a_year(days))
        return cls(
            ticker=prices.ticker,
            source=prices.source,
            last_date=days[-1].date(),
            next_session=next_session(prices, days[-1].date()) if bar == "session" else None,
            close=float(last["Close"] * factor),
            predicted_return=float(last["predicted_return"]),
            predicted_close=float(last["predicted_close"] * factor),
            target=target_of(settings),
            model=ModelAge.of(forecasts, days, settings.forecast.retrain_every),
            regimes=regimes_at_last(signals),
            bar=bar,
            fill_price=prices.fill_price,
        )

    def text(self) -> Iterator[str]:
        """Yield the lines above a table of orders."""
        model, fitted = self.model, readable_date(self.model.fitted)
        yield f"{self.ticker} after the close of {readable_date(self.last_date)} at {price(self.close)}"
        yield f"Source:       {self.source}"
        day = f"{readable_date(self.next_session)}, " if self.next_session else ""
        forecast = forecast_text(self.predicted_return, self.predicted_close, self.target, self.fill_price)
        yield f"{f'Next {self.bar}:':<14}{day}{forecast}"
        yield (
            f"Model:        fitted at the close of {fitted}, {pluralize(model.sessions, self.bar)} ago;"
            f" the next model makes its first forecast in {pluralize(model.until_next, self.bar)}"
        )
        if self.regimes:
            yield f"Regime:       {', '.join(f'{name} ({kind})' for kind, name in self.regimes.items())}"


def next_session(prices: Prices, last: date) -> date | None:
    """Return the day of the first session after a day; None where no calendar knows it."""
    if not prices.calendar:
        return None
    day = prices.calendar.next_session(last)
    return day if day <= prices.calendar.known[1] else None
