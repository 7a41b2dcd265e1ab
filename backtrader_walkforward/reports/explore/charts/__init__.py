"""Charts of the page below the axis of time, one file each; a file dropped in here is a chart of `report.html`.

Each file has `PLACE`, a number by which the charts are ordered, and a function `chart` of the run, which returns None
where it has nothing to show::

    PLACE = 35

    def chart(summary: RunSummary) -> Chart | None:
        ...
"""

from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.parts import parts_of
from backtrader_walkforward.reports.run_summary import RunSummary


def charts_of(summary: RunSummary) -> dict[str, Chart]:
    """Return all charts of a run by the names of their files, in their order."""
    drawn = {name: module.chart(summary) for name, module in parts_of(__name__, __path__).items()}
    return {name: chart for name, chart in drawn.items() if chart is not None}
