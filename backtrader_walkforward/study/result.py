"""The result of a study."""

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.evaluation import BacktestResult, learning_table
from backtrader_walkforward.reports.columns import measures_of, ranking, ranking_table
from backtrader_walkforward.reports.formatting import number, period_text
from backtrader_walkforward.reports.run_folder import WrittenFiles
from backtrader_walkforward.reports.run_summary import RunSummary

if TYPE_CHECKING:
    from backtrader_walkforward.reports.explore.in_notebook import Charts


@dataclass(frozen=True, kw_only=True, repr=False)
class Result(RunSummary):
    """The result of one study. A notebook shows its verdict, its ranking and a chart.

    ::

        result["kelly"].equity       # one variant: equity returns weights exposure fills trades metrics
        result.table                 # all variants, ranked by Sharpe ratio, buy & hold last
        result.importance            # the features that the forecast uses, of a run with importance=True
        result.save("runs")          # the files of the command

    Attributes
    ----------
    settings : Settings
        Those of the study.
    prices : Prices
        The prices. `notes` has theirs and those of the study.
    features : DataFrame (n_bars, n_features)
        Indicators by day; NaN in the warm-up rows alone.
    forecasts : DataFrame
        `predicted_return predicted_close fold training_mean` by the date whose close each forecast was made at, out of
        sample. The last row is the forecast for the next session.
    forecast_summary : ForecastSummary
        How the forecasts were made, and their errors.
    signals : DataFrame
        Bars and forecasts as the strategies saw them.
    comparison : Comparison
        Results of all variants, ranked, and of buy & hold.
    significance : Significance
        How much of the ranking luck and the market explain.
    diagnostics : Diagnostics
        Null models, other seeds, costs, stops and regimes.
    """

    features: pd.DataFrame

    @property
    def variants(self) -> dict[str, BacktestResult]:
        """Results by the name of the variant, ranked, `buy_and_hold` last."""
        return {result.name: result for result in self.comparison.results}

    def __getitem__(self, name: str) -> BacktestResult:
        """Return the result of a variant: `result["kelly_hybrid_70_30"]`."""
        variants = self.variants
        if name not in variants:
            raise ArgumentError(f"there is no variant {name!r}{did_you_mean(str(name), variants)}")
        return variants[name]

    @property
    def best(self) -> BacktestResult:
        """The variant with the highest Sharpe ratio."""
        return self.comparison.best

    @property
    def benchmark(self) -> BacktestResult:
        """Buy & hold."""
        return self.comparison.benchmark

    @property
    def learning_curves(self) -> pd.DataFrame:
        """Training and validation error of each epoch, by fold and member; no rows for a predictor without epochs."""
        return learning_table(self.forecast_summary.by_fold)

    @property
    def verdict(self) -> str:
        """The answer, the reason that decides, and the figures, a line each."""
        return self.significance.verdict

    @property
    def table(self) -> pd.DataFrame:
        """The metrics of every variant by its name, ranked by Sharpe ratio; buy & hold is the last row."""
        return pd.DataFrame([*ranking(self.comparison), measures_of(self.benchmark)]).set_index("name")

    @property
    def importance(self) -> pd.DataFrame:
        """The importance of each feature by its name, the largest rise of the squared error first.

        Raises
        ------
        ArgumentError
            If the study was made without `importance=True`.
        """
        if self.diagnostics.importance is None:
            raise ArgumentError("the importance of the features was not measured - run with importance=True")
        return self.diagnostics.importance.table

    def plot(self) -> "Charts":
        """Return the charts of `report.html`, which a notebook shows: price, fills, forecasts, equity and more."""
        from backtrader_walkforward.reports.explore.in_notebook import Charts

        return Charts.of(self)

    def save(
        self,
        runs: str | Path = "runs",
        *,
        timestamp: str | None = None,
        executor: Executor | None = None,
        on_sheet: Callable[[str, int], None] = lambda name, sheets: None,
    ) -> WrittenFiles:
        """Write the files of the command: `{runs}/{TICKER}_{TIMESTAMP}/`, and the chart into `charts/` beside `runs`.

        Parameters
        ----------
        runs : path
            Folder of the run folders.
        timestamp : str, optional
            The moment as file names have it, 20251017_143522; now by default.
        executor : Executor, optional
            Processes that draw the tear sheets; this one by default.
        on_sheet : callable, optional
            Called with the name of each variant whose tear sheet is drawn, and the number of all sheets.

        Raises
        ------
        UserError
            If the folder cannot be written; nothing is left then.
        """
        from backtrader_walkforward.reports import write_reports

        moment = timestamp or f"{datetime.now():%Y%m%d_%H%M%S}"
        if not isinstance(runs, str | Path):
            raise ArgumentError(f"runs must be a path: {runs!r} - for example runs")
        folder = Path(runs)
        settings = self.settings.replace(out=folder.parent, **self.prices.snapshot)
        return write_reports(self, settings, moment, executor, on_sheet, folder.name)

    def __repr__(self) -> str:
        """Return one line: what was studied, and which variant is the best."""
        best, days = self.best, self.best.equity.index
        return (
            f"<Result {self.prices.ticker}, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}:"
            f" {len(self.comparison.ranked)} variants, best {best.name}, Sharpe ratio {number(best.metrics.sharpe)}."
            f" {self.significance.headline}>"
        )

    def __str__(self) -> str:
        """Return the ranking and the verdict as text."""
        columns = ["type", "total_return", "sharpe", "max_drawdown", "win_rate"]
        return f"{self!r}\n\n{self.table[columns].to_string()}\n\n{self.verdict}"

    def _repr_html_(self) -> str:
        from backtrader_walkforward.reports.drawing.chart import draw_chart
        from backtrader_walkforward.reports.pages import html

        slots = {
            "title": f"{self.prices.ticker}, {period_text(self.benchmark.equity)}",
            "verdict": html.verdict_html(self.verdict),
            "warnings": html.Html("".join(html.element("li", warning) for warning in self.significance.warnings)),
            "chart": b64encode(draw_chart(self)).decode(),
            "ranking": html.table_html(ranking_table(self.comparison)),
            "source": self.prices.source,
        }
        return html.filled("notebook.html", slots)
