"""Findings: what an audit compared, and the first day on which it differs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isclose, isnan
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.books.reconstruct_equity import TOLERANCE


class Verdict(StrEnum):
    """The verdict on one part of a run, or on all of it."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Finding:
    """The result of one check, or of several checks of one thing."""

    stage: str
    """Stage of the run: `feature`, `training rows`, `predictor`, `strategy`, ..."""
    name: str
    """Name within the stage: `lag_1`, `fold 3`, `ridge`, `kelly_hybrid_70_30`."""
    compared: int
    """Number of values that were compared; 0 makes the finding inconclusive."""
    failure: str = ""
    """The failure, as the end of a sentence that begins with the name; empty if there is none."""
    date: pd.Timestamp | None = None
    """First day of the failure."""
    reason: str = "there is nothing to compare"
    """Why nothing was compared, where nothing was."""

    @property
    def verdict(self) -> Verdict:
        """Fail with a failure, else pass if something was compared, else inconclusive."""
        if self.failure:
            return Verdict.FAIL
        return Verdict.PASS if self.compared else Verdict.INCONCLUSIVE

    @property
    def text(self) -> str:
        """The failure, or why there is no verdict; empty for a pass."""
        return {Verdict.FAIL: self.failure, Verdict.INCONCLUSIVE: self.reason, Verdict.PASS: ""}[self.verdict]

    def __str__(self) -> str:
        """Return a sentence without its full stop: `feature lag_1, 2018-06-05: changes when later rows are masked`."""
        day = f", {self.date:%Y-%m-%d}" if self.date is not None else ""
        return f"{self.stage} {self.name}{day}: {self.text or f'{self.compared} values compared'}"


def not_passed(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that do not pass, failures first."""
    found = [finding for finding in findings if finding.verdict != Verdict.PASS]
    return sorted(found, key=lambda finding: finding.verdict != Verdict.FAIL)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict on all: fail if one finding fails, else inconclusive if one is, else pass."""
    found = not_passed(findings)
    return found[0].verdict if found else Verdict.PASS


def merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for each stage and name: the sum of what was compared, and the earliest failure."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.stage, finding.name), []).append(finding)
    return [
        replace(
            min(group, key=lambda finding: (not finding.failure, finding.date or pd.Timestamp.max)),
            compared=sum(finding.compared for finding in group),
        )
        for group in groups.values()
    ]


def compare(
    stage: str, name: str, before: pd.Series | pd.DataFrame, after: pd.Series | pd.DataFrame, failure: str
) -> Finding:
    """Compare a table, or a column, with another one on the days of the first; its finite values are counted."""
    date = first_difference(before, after)
    compared = int(np.isfinite(before.to_numpy(dtype=float)).sum())
    return Finding(stage, name, compared, failure if date is not None else "", date)


def first_difference(before: pd.Series | pd.DataFrame, after: pd.Series | pd.DataFrame) -> pd.Timestamp | None:
    """Return the first date of `before` on which `after` differs in a bit or has no row; None if it never does.

    NaN is equal to NaN; 0.0 differs from -0.0. Dates that only `after` has do not count.
    """
    rows, others = (
        np.ascontiguousarray(values.to_numpy(dtype=float)) for values in (before, after.reindex(before.index))
    )
    if rows.shape != others.shape:
        return before.index[0]
    same = same_bits(rows, others)
    same_days = same if same.ndim == 1 else same.all(axis=1)
    return None if same_days.all() else before.index[int(same_days.argmin())]


def same_value(one: Any, other: Any) -> bool:
    """Tell whether two values are the same but for rounding, as of sums that were added in another order."""
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE) or (isnan(one) and isnan(other))
    return bool(one == other)


def same_bits(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Tell for each of two arrays' values whether they are the same to the bit, or both NaN."""
    same: np.ndarray = (rows.view(np.int64) == others.view(np.int64)) | (np.isnan(rows) & np.isnan(others))
    return same
