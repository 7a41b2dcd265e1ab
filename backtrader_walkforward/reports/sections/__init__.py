"""Sections of a report, one file each; a file dropped in here is a section of terminal, page and `results.json`.

Each file has `PLACE`, a number by which the sections are ordered, and a function `section` of the run::

    PLACE = 35

    def section(summary: RunSummary) -> Section:
        ...

A section that does not apply to a run says so by a `Section` without sentences, tables and lists.
"""

import importlib
import pkgutil

from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section


def sections_of(summary: RunSummary) -> list[Section]:
    """Return all sections of a run in their order."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [module.section(summary) for module in sorted(modules, key=lambda module: module.PLACE)]
