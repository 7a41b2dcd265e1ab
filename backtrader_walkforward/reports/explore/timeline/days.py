"""What the charts show of each day of the test, as columns that the page's script knows by their names.

`equity_3` is the equity of the variant in place 3 of the ranking, which begins with 0; buy & hold has the last place.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, NullBand
from backtrader_walkforward.evaluation.metrics import drawdowns, rolling_sharpe
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.reports.formatting import percent
from backtrader_walkforward.reports.run_summary import RunSummary

Columns = dict[str, np.ndarray]


def day_columns(results: Sequence[BacktestResult], bands: Mapping[str, NullBand]) -> Columns:
    """Return the date and the measures of every result by day; `bands` are those of the null models by name."""
    days = pd.DatetimeIndex(results[-1].equity.index)
    columns = {"date": days.to_numpy()}
    for place, result in enumerate(results):
        measures = dict(measures_of(result, bands.get(result.name)))
        columns |= {f"{name}_{place}": values.reindex(days).to_numpy(_width(name)) for name, values in measures.items()}
    return columns


def _width(measure: str) -> str:
    """Return the type of a measure's numbers: money in full, for figures of a window; the others are only drawn."""
    return "float64" if measure == "equity" else "float32"


def market_columns(summary: RunSummary) -> Columns:
    """Return bar, forecast and the return that it was of, by day of the test."""
    days = pd.DatetimeIndex(summary.comparison.benchmark.equity.index)
    bars = summary.prices.frame.reindex(days)
    forecasts = summary.forecasts.reindex(days)
    realised = next_return(summary.prices.frame, summary.forecast_summary.target).reindex(days)
    return {
        **{name.lower(): bars[name].to_numpy() for name in ("Open", "High", "Low", "Close")},
        "forecast": forecasts["predicted_return"].to_numpy(float),
        "realised": realised.to_numpy(float),
        "followed": np.array([percent(value) for value in realised], dtype=object),
    }


def measures_of(result: BacktestResult, band: NullBand | None) -> Iterator[tuple[str, pd.Series]]:
    """Yield each measure of a variant by day."""
    yield "equity", result.equity
    yield "drawdown", drawdowns(result.equity)
    yield "exposure", result.exposure
    if isinstance(result.weights, pd.Series):
        yield "weight", result.weights
    else:  # a book has one for each ticker, and is long and short at once
        yield "gross", result.gross_exposure
    for name, values in result.accounts.items():
        yield str(name), values
    defined = result.excess_returns.where(result.equity.shift(1) > 0)
    rolling = rolling_sharpe(defined, result.bars_a_year)
    yield "sharpe_ratio", rolling["ratio"]
    for end in ("low", "high"):
        yield f"sharpe_{end}", rolling[end].fillna(0.0)  # a band has no gaps, but days without height
    if band is not None:
        yield "null_low", band.low
        yield "null_high", band.high
