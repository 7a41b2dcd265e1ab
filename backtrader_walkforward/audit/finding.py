"""What an audit finds: what was compared, and the first day on which it was not the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd


class Verdict(StrEnum):
    """What is known of a thing once all the evidence is in."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "cannot tell"


@dataclass(frozen=True)
class Finding:
    """One look at one thing; or, of several looks, what they come to."""

    stage: str
    """Where it stands in the flow: `feature`, `training rows`, `predictor`, `strategy`, ..."""
    name: str
    """What was looked at: `lag_1`, `fold 3`, `ridge`, `kelly_hybrid_70_30`."""
    compared: int
    """Values that could have differed; none means that nothing is known."""
    failure: str = ""
    """What it does wrong, as the end of a sentence that begins with its name; empty if nothing was found."""
    date: pd.Timestamp | None = None
    """First day of the fault."""
    reason: str = "there is nothing to compare"
    """Why nothing is known when nothing was compared."""

    @property
    def verdict(self) -> Verdict:
        """Fail with a fault, pass without, and neither where nothing was compared."""
        if self.failure:
            return Verdict.FAIL
        return Verdict.PASS if self.compared else Verdict.INCONCLUSIVE

    def __str__(self) -> str:
        """Return a sentence without its full stop: `feature lag_1, 2018-06-05: changes with a future cut off`."""
        day = f", {self.date:%Y-%m-%d}" if self.date is not None else ""
        said = {
            Verdict.FAIL: self.failure,
            Verdict.INCONCLUSIVE: self.reason,
            Verdict.PASS: f"{self.compared} values compared",
        }
        return f"{self.stage} {self.name}{day}: {said[self.verdict]}"


def summed_up(findings: Iterable[Finding]) -> list[Finding]:
    """Return one piece of evidence a thing: all that was compared, and its earliest fault."""
    things: dict[tuple[str, str], list[Finding]] = {}
    for piece in findings:
        things.setdefault((piece.stage, piece.name), []).append(piece)
    return [_summed(pieces) for pieces in things.values()]


def _summed(pieces: list[Finding]) -> Finding:
    worst = min(pieces, key=lambda piece: (not piece.failure, piece.date or pd.Timestamp.max))
    compared = sum(piece.compared for piece in pieces)
    return Finding(worst.stage, worst.name, compared, worst.failure, worst.date, worst.reason)


def first_difference(past: pd.Series | pd.DataFrame, again: pd.Series | pd.DataFrame) -> pd.Timestamp | None:
    """Return the first date at which `again` is not `past` to the bit, a missing row included; None if it always is.

    NaN is equal to NaN. Dates that only `again` has do not count.
    """
    rows, others = past.to_numpy(dtype=float), again.reindex(past.index).to_numpy(dtype=float)
    if rows.shape != others.shape:
        return past.index[0]
    same = (bits(rows) == bits(others)) | (np.isnan(rows) & np.isnan(others))
    same_days = same if same.ndim == 1 else same.all(axis=1)
    return None if same_days.all() else past.index[int(same_days.argmin())]


def bits(values: np.ndarray) -> np.ndarray:
    """Return the bits of float64 values as whole numbers: 0.0 is not -0.0."""
    return np.ascontiguousarray(values, dtype=float).view(np.int64)


def finite(values: pd.Series | pd.DataFrame) -> int:
    """Return how many values are numbers."""
    return int(np.isfinite(values.to_numpy(dtype=float)).sum())
