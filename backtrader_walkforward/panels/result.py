"""The result of a panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.panels.book import BookResult
from backtrader_walkforward.panels.tasks.studies import Studies
from backtrader_walkforward.panels.tasks.ticker_study import TickerStudy
from backtrader_walkforward.reports import WrittenFiles
from backtrader_walkforward.reports.panel.summary import PanelSummary


@dataclass(frozen=True, kw_only=True, repr=False)
class PanelResult(PanelSummary):
    """The result of a panel. A notebook shows its verdict, its books and a chart.

    ::

        panel["AAPL"].table       # one ticker: bars, equity and metrics of every variant, its page
        panel.ranking.mean_ic     # how well the forecasts rank the tickers
        panel.save("runs")        # the files of the command

    Attributes
    ----------
    settings : Settings
        Those of the panel, with the tickers of all files.
    tickers : DataFrame
        A row a studied ticker: first and last day of its test, its best strategy and figures.
    failed : mapping of str to str
        Why each other ticker has no study, one line.
    forecasts, returns : DataFrame (days, tickers)
        Predicted return, and the return that it is of; NaN where there is none, or it is not yet known.
    by_year : DataFrame (tickers, years)
        Correlation of forecast and return.
    ranking : RankingSkill
        How well the forecasts rank the tickers.
    portfolios : mapping of str to Portfolio
        Each variant pooled over the tickers in equal shares; `buy_and_hold` last.
    books : sequence of BookResult
        Each ranking strategy, which trades all tickers in one account; the benchmark last.
    significance : Significance
        The verdict on the panel.
    best_ticker : SkillTest or None
        What is left of the best ticker once all are counted among which it was found.
    notes : tuple of str
        What the reader should know.
    studies : Studies
        The study of each ticker.
    """

    books: Sequence[BookResult]
    studies: Studies

    @property
    def verdict(self) -> str:
        """The answer, the reason that decides, and the figures, a line each."""
        return self.significance.verdict

    def __getitem__(self, ticker: str) -> TickerStudy:
        """Return the study of a ticker: `panel["AAPL"].equity`."""
        return self.studies[ticker]

    def save(self, runs: str | Path = "runs", *, timestamp: str | None = None) -> WrittenFiles:
        """Write the files of the command: `{runs}/PANEL_{TIMESTAMP}/`.

        Parameters
        ----------
        runs : path
            Folder of the run folders.
        timestamp : str, optional
            The moment as file names have it, 20251017_143522; now by default.

        Raises
        ------
        UserError
            If the folder cannot be written; nothing is left then.
        """
        from backtrader_walkforward.reports.panel.write import write_panel

        if not isinstance(runs, str | Path):
            raise ArgumentError(f"runs must be a path: {runs!r} - for example runs")
        folder = Path(runs)
        return write_panel(self, folder.parent, timestamp or f"{datetime.now():%Y%m%d_%H%M%S}", folder.name)

    def __repr__(self) -> str:
        """Return one line: what was studied, and the answer."""
        days, failed = self.books[-1].equity.index, f", {len(self.failed)} failed" if self.failed else ""
        return (
            f"<PanelResult {len(self.tickers)} tickers{failed}, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}."
            f" {self.significance.headline}>"
        )

    def __str__(self) -> str:
        """Return the answer as text."""
        return f"{self!r}\n\n{self.verdict}"

    def _repr_html_(self) -> str:
        from backtrader_walkforward.reports.panel.notebook import notebook

        return notebook(self)
