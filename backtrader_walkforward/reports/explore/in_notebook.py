"""The charts of a result in a notebook: the page itself, in a frame."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from backtrader_walkforward.reports.explore.page import report_page
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections import sections_of

HEIGHT = 900
"""Height of the frame in pixels; the page scrolls in it."""


@dataclass(frozen=True, repr=False)
class Charts:
    """The page with the charts of a result. A notebook shows it in a frame, with all that it does in a browser.

    Attributes
    ----------
    html : str
        The page.
    """

    html: str

    @classmethod
    def of(cls, summary: RunSummary) -> "Charts":
        """Draw the charts of a run."""
        return cls(report_page(summary, sections_of(summary), {}, is_saved=False))

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, and return where it is."""
        path = Path(path)
        path.write_text(self.html, encoding="utf-8")
        return path

    def __repr__(self) -> str:
        """Return one line: what this is, and what shows it."""
        return f"<Charts, {len(self.html) / 1e6:.1f} MB: a notebook shows them, save('charts.html') writes the page>"

    def _repr_html_(self) -> str:
        style = f"width: 100%; height: {HEIGHT}px; border: 0"
        return f'<iframe title="Charts of the result" style="{style}" srcdoc="{escape(self.html)}"></iframe>'
