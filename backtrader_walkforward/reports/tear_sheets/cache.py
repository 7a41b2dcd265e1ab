"""Tear sheets in the cache: the key of a page."""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.pages.page import TEMPLATES
from backtrader_walkforward.reports.tear_sheets.page import SheetTask
from backtrader_walkforward.system.cache_key import cache_key

LIBRARIES = ("quantstats", "matplotlib", "seaborn", "pandas", "numpy", "scipy")
"""The libraries whose versions a sheet depends on."""


def sheet_key(task: SheetTask) -> str:
    """Return the key of a task's page: made of every field, the code and templates that draw it, and the libraries."""
    parts = {field.name: _plain(getattr(task, field.name)) for field in fields(task)}
    return cache_key(parts, _drawing_files(), LIBRARIES)


def _plain(value: Any) -> Any:
    """Return name, days and values of a series, and the text of anything else."""
    if isinstance(value, pd.Series):
        days = pd.DatetimeIndex(value.index).to_numpy("datetime64[ns]")
        return repr(value.name), days, value.to_numpy(np.float64)
    return repr(value)


@cache
def _drawing_files() -> list[Path]:
    reports = Path(__file__).parents[1]
    return sorted([*reports.rglob("*.py"), *TEMPLATES.iterdir()])
