"""What an audit says in the end: a file for programs, a few lines for people."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.audit.finding import Finding, Verdict
from backtrader_walkforward.audit.perturbations import PERTURBATIONS
from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.files import write_whole

FILE = "audit.json"

MOST_LINES = 12
"""Findings that are spelled out on the terminal; the file has all."""


class AuditError(UserError):
    """A run that looks at the future, whose figures do not add up, or that is too short to tell."""


@dataclass(frozen=True)
class AuditReport:
    """The verdict on one run, thing by thing. Equal runs have equal certificates: no moment, no machine."""

    settings: Settings
    prices: Prices
    dates: Sequence[pd.Timestamp]
    findings: Sequence[Finding]
    """One piece a thing, as `summed_up` returns it."""

    @property
    def verdict(self) -> Verdict:
        """Fail if one thing fails; pass if all pass; else nobody can tell."""
        verdicts = {piece.verdict for piece in self.findings}
        return next((bad for bad in (Verdict.FAIL, Verdict.INCONCLUSIVE) if bad in verdicts), Verdict.PASS)

    @property
    def not_passed(self) -> list[Finding]:
        """All findings but the passes, failures first."""
        return [
            piece for bad in (Verdict.FAIL, Verdict.INCONCLUSIVE) for piece in self.findings if piece.verdict == bad
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the certificate as plain JSON values."""
        return {
            "verdict": str(self.verdict),
            "ticker": self.prices.ticker,
            "source": self.prices.source,
            "data_sha256": self.prices.sha256,
            "settings": self.settings.of_the_result(),
            "dates": [f"{date:%Y-%m-%d}" for date in self.dates],
            "futures": list(PERTURBATIONS),
            "checks": [_as_dict(piece) for piece in self.findings],
        }

    def lines(self) -> list[str]:
        """Return what the terminal shows: how many of each stage pass, and whatever does not."""
        dates = ", ".join(f"{date:%Y-%m-%d}" for date in self.dates)
        shown = [f"Audit  {self.prices.ticker}, {self.prices.source}", f"  Dates:   {dates}"]
        shown += [f"  Futures: {', '.join(PERTURBATIONS)}", *(f"  Note: {note}" for note in self.prices.notes)]
        looked_at = Counter(piece.stage for piece in self.findings)
        passed = Counter(piece.stage for piece in self.findings if piece.verdict == Verdict.PASS)
        shown += [f"  {passed[stage]:4} of {many:4} pass  {stage}" for stage, many in looked_at.items()]
        shown += [f"  {line}" for line in as_text(self.not_passed)]
        return [*shown, f"Verdict: {self.verdict.upper()} - {MEANING[self.verdict]}"]

    def require_pass(self) -> None:
        """Raise AuditError, which names the first finding, unless all passes."""
        if self.verdict != Verdict.PASS:
            more = f" (and {len(self.not_passed) - 1} more)" if len(self.not_passed) > 1 else ""
            raise AuditError(f"the audit says {self.verdict}: {self.not_passed[0]}{more} - {REMEDY[self.verdict]}")

    def write(self, folder: Path | None) -> Path:
        """Write the file into the run's folder, `runs/TICKER_audit/` where there is none, and return its path.

        Raises
        ------
        UserError
            If it cannot be written.
        """
        path = (folder or self.settings.report.out / "runs" / f"{self.prices.ticker}_audit") / FILE
        try:
            write_whole(path, json.dumps(self.as_dict(), indent=2) + "\n")
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror} - choose another folder with --out DIR") from error
        return path


MEANING = {
    Verdict.PASS: "nothing up to these dates changes with what comes after them, and the books add up",
    Verdict.FAIL: "do not trust the results before this is mended",
    Verdict.INCONCLUSIVE: "nothing wrong was found, and not everything could be looked at",
}
REMEDY = {
    Verdict.FAIL: "mend it and run again",
    Verdict.INCONCLUSIVE: "ask for a longer --period, or a smaller --threshold where nothing is traded",
}


def as_text(findings: Sequence[Finding]) -> list[str]:
    """Return a line a finding: things of one stage with the same fault share one, and only so many are spelled out.

    >>> in_words([Evidence("feature", "rsi", 9, "changes"), Evidence("feature", "macd", 9, "changes")])
    ['FAIL: feature rsi, macd: changes']
    """
    alike: dict[Finding, list[str]] = {}
    for piece in findings:
        alike.setdefault(replace(piece, name="", compared=bool(piece.compared)), []).append(piece.name)
    lines = [f"{one.verdict.upper()}: {replace(one, name=', '.join(names))}" for one, names in alike.items()]
    hidden = len(lines) - MOST_LINES
    return lines if hidden <= 0 else [*lines[:MOST_LINES], f"and {hidden} more, in {FILE}"]


def _as_dict(piece: Finding) -> dict[str, Any]:
    return {
        "stage": piece.stage,
        "name": piece.name,
        "verdict": str(piece.verdict),
        "compared": piece.compared,
        "date": f"{piece.date:%Y-%m-%d}" if piece.date is not None else None,
        "finding": None if piece.verdict == Verdict.PASS else (piece.failure or piece.reason),
    }
