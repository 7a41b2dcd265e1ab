"""The study of one ticker as a task: plain data in, bytes out, in any process of any machine."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Self

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.forecasting import Forecasts, target_of
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.reports.columns import measures_of, ranking
from backtrader_walkforward.reports.formatting import json_tree
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.active_accounts import active_accounts
from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.study.chain import study_prices
from backtrader_walkforward.study.result import Result
from backtrader_walkforward.study.stages import Stages

FRAMES = ("bars", "next_return", "equity", "accounts")
"""The tables of a study."""

MARKET = "market"
"""Column of the returns of buy & hold beside those of the accounts."""


@dataclass(frozen=True)
class TickerTask:
    """What the study of one ticker needs, and no more."""

    settings: Settings
    prices: Prices
    forecasts: Mapping[int, Forecasts] | None = None
    """Those of a pooled model, by seed; without them the ticker has a model of its own."""

    def run(self) -> bytes:
        """Study the ticker; nothing is written, and no cache is read."""
        stages = Stages.of(self.settings.replace(use_cache=False))
        result = study_prices(self.prices, stages, diagnose=False, in_panel=True, forecasts=self.forecasts)
        return TickerStudy.of(result).to_bytes()


@dataclass(frozen=True, kw_only=True)
class TickerStudy:
    """What a panel keeps of the study of one ticker.

    Attributes
    ----------
    ticker, source, origin : str
        Symbol, label of the prices, and the same without the day on which they were stored.
    used_source : {"yahoo", "sample", "csv"}
        The source of the prices.
    prices_sha256 : str
        Their digest.
    notes : tuple of str
        Notes on the prices and on the study.
    bars : DataFrame
        Prices and forecasts by day, as the strategies saw them (`signals.build_signals`).
    next_return : DataFrame
        One column: the return that each forecast is of, by the day of the forecast; NaN where it is not yet known.
    equity : DataFrame
        Equity of every variant in alphabetical order, and of buy & hold, by day.
    accounts : DataFrame
        Daily returns of each distinct active account above the interest on cash, and of the market in the last column.
    measures : list of dict
        Name, type, metrics, costs as a share of the capital, and fills of every variant, ranked; buy & hold is last.
    page : str
        The page of the ticker, HTML.
    """

    ticker: str
    source: str
    origin: str
    used_source: str
    prices_sha256: str
    notes: tuple[str, ...]
    bars: pd.DataFrame
    next_return: pd.DataFrame
    equity: pd.DataFrame
    accounts: pd.DataFrame
    measures: list[dict[str, Any]] = field(repr=False)
    page: str = field(repr=False)

    @classmethod
    def of(cls, result: Result) -> Self:
        """Return what is kept of a result."""
        comparison, settings, capital = result.comparison, result.settings, result.settings.trading.capital
        returns = next_return(result.prices.frame, target_of(settings))
        accounts = active_accounts(comparison)
        columns = {account.name: account.returns for account in accounts}
        return cls(
            ticker=result.prices.ticker,
            source=result.prices.source,
            origin=result.prices.origin,
            used_source=str(result.prices.used_source),
            prices_sha256=result.prices.sha256,
            notes=result.notes,
            bars=result.signals,
            next_return=returns.loc[result.forecasts.index].to_frame("next_return"),
            equity=pd.DataFrame({one.name: one.equity for one in by_name(comparison)}),
            accounts=pd.DataFrame(columns | {MARKET: comparison.benchmark.excess_returns}),
            measures=json_tree(list(measures_with_costs(comparison, capital))),
            page=index_page(result, sections_of(result), {}, [], panel="../index.html"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """The metrics of every variant by its name."""
        return pd.DataFrame(self.measures).set_index("name")

    @property
    def forecasts(self) -> pd.Series:
        """The predicted returns by the day of the forecast."""
        return self.bars["predicted_return"].loc[self.next_return.index]

    @property
    def active_accounts(self) -> list[ActiveAccount]:
        """The distinct active accounts beside buy & hold; the name of each begins with the ticker."""
        market = self.accounts[MARKET]
        return [
            ActiveAccount(name=f"{self.ticker} {name}", returns=self.accounts[name], market=market)
            for name in self.accounts
            if name != MARKET
        ]

    def to_bytes(self) -> bytes:
        """Return the study as bytes; `from_bytes` returns the same study to the bit."""
        frames = {name: getattr(self, name) for name in FRAMES}
        head = {
            "ticker": self.ticker,
            "source": self.source,
            "origin": self.origin,
            "used_source": self.used_source,
            "prices_sha256": self.prices_sha256,
            "notes": self.notes,
            "measures": self.measures,
            "page": self.page,
            "columns": {name: list(frame.columns) for name, frame in frames.items()},
        }
        arrays = {f"{name}_values": frame.to_numpy("<f8") for name, frame in frames.items()}
        arrays |= {f"{name}_days": frame.index.to_numpy().astype("datetime64[D]") for name, frame in frames.items()}
        buffer = BytesIO()
        np.savez_compressed(buffer, head=np.frombuffer(json.dumps(head).encode(), np.uint8), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the study that `to_bytes` was called of."""
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            frames: dict[str, Any] = {
                name: pd.DataFrame(arrays[f"{name}_values"], days_in(arrays[f"{name}_days"]), columns)
                for name, columns in head.pop("columns").items()
            }
        return cls(**frames, **head | {"notes": tuple(head["notes"])})


def measures_with_costs(comparison: Comparison, capital: float) -> Iterator[dict[str, Any]]:
    """Yield the measures of each result, with its costs as a share of the capital, and the number of its fills."""
    rows = [*ranking(comparison), measures_of(comparison.benchmark)]
    for result, measures in zip(comparison.results, rows, strict=True):
        yield measures | {"costs": result.costs.paid / capital, "fills": len(result.fills)}


def by_name(comparison: Comparison) -> list[BacktestResult]:
    """Return the results in alphabetical order, so that all tickers of a panel have the same one; buy & hold last."""
    return [*sorted(comparison.ranked, key=lambda result: result.name), comparison.benchmark]


def study_or_fault(task: TickerTask) -> bytes | str:
    """Return the study of a ticker as bytes, or why there is none: no fault of one ticker stops the others."""
    try:
        return task.run()
    except UserError as error:
        return str(error)
    except MemoryError:
        return "memory ran out - use fewer --workers or a shorter --period"
    except Exception as error:
        return f"unexpected {reason_of(error)} - run this ticker alone with --debug to see where"


def days_in(days: np.ndarray) -> pd.DatetimeIndex:
    """Return an array of days as an index."""
    return pd.DatetimeIndex(days.astype("datetime64[us]"), name="Date")
