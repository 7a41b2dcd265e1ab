"""Sections of a report, one file each; a file dropped in here is a section of terminal, page and `results.json`.

Each file has `PLACE`, a number by which the sections are ordered, and a function `section` of the run::

    PLACE = 35

    def section(summary: RunSummary) -> Section:
        ...

A section that does not apply to a run says so by a `Section` without sentences, tables and lists.
"""

from backtrader_walkforward.reports.parts import parts_of
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section


def sections_of(summary: RunSummary) -> list[Section]:
    """Return all sections of a run in their order."""
    return [module.section(summary) for module in parts_of(__name__, __path__).values()]
