"""Growth of cost with the amount of work, as a table and a plot, and an estimate for 500 tickers over 20 years.

Run as: python -m benchmarks.scaling [PICTURE]
Processor time of one thread; the smallest of a few repeats counts. A cost is linear when the cost of a unit of work is
the same for little work as for much.
"""

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from arch.data import sp500
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.handover import earlier_fold
from backtrader_walkforward.settings.groups import FIVE_YEARS
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import signals_frame
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of
from benchmarks.table import Row, show

TOLERANCE = 1.25
"""Cost of a unit of work at the largest size over that at the smallest. Up to this ratio growth counts as linear."""

SEARCH, WARM_SEARCH, FIT = 10, 4, 6
"""Epochs of an average search, of one that starts from earlier weights, and of the fit on all windows, from runs over
two years."""

SEARCHED = 0.75
"""Share of the windows that a search trains on."""

WALKS = {
    "--train-window all": WalkForward(search_every=4),
    "by default": WalkForward(train_window=FIVE_YEARS, search_every=4),
    "--search-every 1": WalkForward(train_window=FIVE_YEARS),
    "--cold-start-every 12": WalkForward(train_window=FIVE_YEARS, cold_start_every=12),
    "--train-window 504": WalkForward(train_window=504, search_every=4),
}
"""Schemes for which the cost of two, ten and twenty years is computed."""

MULTIPLES = (1, 2, 4, 8)
"""Every series is measured at these multiples of its smallest amount of work."""

Series = dict[int, float]
"""Processor seconds by amount of work."""


def cost(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the smallest processor time of a few repeats, after a first call that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def training(sizes: Sequence[int] = (256, 512, 1024, 2048)) -> Series:
    """Measure a search of one epoch of the full network, and a fit of one, over as many windows."""
    generator = np.random.default_rng(0)
    windows = generator.normal(size=(max(sizes), 60, 31))
    target = generator.normal(scale=0.01, size=max(sizes))
    predictor = make_predictor("lstm", epochs=1)
    return {size: cost(lambda size=size: predictor.fit(windows[:size], target[:size]), 2) for size in sizes}


def prices() -> pd.DataFrame:
    """Return the S&P 500 index."""
    return sp500.load()[["Open", "High", "Low", "Close", "Volume"]].astype(float)


def random_signals(bars: int) -> pd.DataFrame:
    """Return the last `bars` of the index with a random forecast."""
    frame = prices()
    returns = np.random.default_rng(0).normal(0, 0.01, bars)
    table = pd.DataFrame({"predicted_return": returns, "predicted_close": 1.0}, frame.index[-bars:])
    return signals_frame(frame, compute_features(frame), table).iloc[-bars:]


def event_loop(sizes: Sequence[int] = (5, 10, 20, 40)) -> Series:
    """Measure the backtest of this many variants over 1,000 bars: copies of the five strategies.

    The cost of a strategy depends on how often it trades, so every size holds equally many copies of each.
    """
    signals = random_signals(1000)
    pure = [variant for variant in variants_of(find_strategies()) if variant.active_share == 1]
    copies = {size: size // len(pure) for size in sizes}
    return {size: cost(lambda size=size: run_backtest(signals, copies[size] * pure, Settings.of())) for size in sizes}


def bars(sizes: Sequence[int] = (500, 1000, 2000, 4000)) -> Series:
    """Measure the backtest of five variants over this many bars."""
    signals, variants = {size: random_signals(size) for size in sizes}, variants_of(find_strategies())[:5]
    return {size: cost(lambda size=size: run_backtest(signals[size], variants, Settings.of())) for size in sizes}


def tickers(sizes: Sequence[int] = (1, 2, 4, 8)) -> Series:
    """Measure features, ridge forecast and backtest of two years for this many tickers."""
    frame, variants = prices(), [*variants_of(find_strategies()), BENCHMARK]

    def one(ticker: int) -> None:
        own = frame.iloc[100 * ticker : 100 * ticker + 502 + WARM_UP]
        features = compute_features(own)
        forecasts = forecast(own, features, make_predictor("ridge"), WalkForward())
        run_backtest(signals_frame(own, features, forecasts.table), variants, Settings.of())

    return {size: cost(lambda size=size: [one(ticker) for ticker in range(size)], 2) for size in sizes}


MEASURED = {
    "training windows": training,
    "variants": event_loop,
    "bars": bars,
    "tickers": tickers,
}


def growth(series: Series) -> float:
    """Return the cost of a unit of work at the largest size over that at the smallest."""
    smallest, largest = min(series), max(series)
    return (series[largest] / largest) / (series[smallest] / smallest)


def trained_windows(n_rows: int, walk: WalkForward) -> int:
    """Return windows x epochs over all folds, of searches and of fits.

    >>> trained_windows(502, WalkForward())
    39366
    """
    sizes = [len(train) for train, _ in walk.split(n_rows)]
    return round(sum(size * epochs_of(fold, walk) for fold, size in enumerate(sizes)))


def epochs_of(fold: int, walk: WalkForward) -> float:
    """Return the passes over all windows that one fold trains for; a fit from earlier weights adds next to none."""
    if earlier_fold(fold, walk.cold_start_every) is not None:
        return WARM_SEARCH * SEARCHED
    searches = walk.cold_start_every > 1 or earlier_fold(fold, walk.search_every) is None
    return SEARCH * SEARCHED + FIT if searches else FIT


def rows(picture: str | None = None) -> list[Row]:
    """Measure every series. Draw them when the path of a picture is given."""
    measured = {name: measure() for name, measure in MEASURED.items()}
    if picture:
        draw(measured, picture)
    found = [
        Row(f"cost a unit, most / fewest {name}", f"<= {TOLERANCE}", format_series(series), growth(series) <= TOLERANCE)
        for name, series in measured.items()
    ]
    a_window = measured["training windows"][2048] / ((SEARCHED + 1) * 2048)
    return found + [computed(years, name, a_window) for years in (2, 10, 20) for name in WALKS]


def format_series(series: Series) -> str:
    """Return the growth and the times behind it as text."""
    points = ", ".join(f"{size}: {seconds:.2f} s" for size, seconds in series.items())
    return f"{growth(series):.2f} ({points})"


def computed(years: int, name: str, a_window: float) -> Row:
    """Return the hours of training for one ticker and for 500."""
    one = trained_windows(251 * years, WALKS[name]) * a_window / 3600
    text = f"{one:.2f} h of one core, 500 tickers {500 * one / 24:.0f} days of one core"
    return Row(f"computed: training {years} years, {name}", "-", text, None)


def draw(measured: dict[str, Series], picture: str) -> None:
    """Draw cost by work, both as multiples of the smallest, with the line of linear growth."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.subplots()
    for name, series in measured.items():
        smallest = min(series)
        axes.loglog(
            *zip(*((n / smallest, s / series[smallest]) for n, s in series.items()), strict=True), "o-", label=name
        )
    axes.loglog(*2 * [(MULTIPLES[0], MULTIPLES[-1])], "k--", linewidth=1, label="linear")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(MULTIPLES))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:g}")
    axes.set(xlabel="work, multiple of the smallest", ylabel="processor time, multiple of the smallest")
    axes.legend(frameon=False)
    figure.savefig(picture, metadata={"Software": None})


if __name__ == "__main__":
    print(f"epochs of an average fit: {FIT}, of a search {SEARCH}, and {WARM_SEARCH} from earlier weights")
    show(rows(*sys.argv[1:]))
