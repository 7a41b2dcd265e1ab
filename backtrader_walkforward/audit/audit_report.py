"""The audit report: the verdict and every finding, as a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
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

REMEDY = {
    Verdict.FAIL: "correct it and run again",
    Verdict.INCONCLUSIVE: "use a longer --period, or a smaller --threshold if nothing is traded",
}


class AuditError(UserError):
    """An audit that fails or is inconclusive."""


@dataclass(frozen=True)
class AuditReport:
    """The findings on one run. Equal runs have equal reports: no time and no machine is in them."""

    settings: Settings
    prices: Prices
    dates: Sequence[pd.Timestamp]
    findings: Sequence[Finding]
    """One for each stage and name, as `merge_findings` returns them."""

    @property
    def verdict(self) -> Verdict:
        """Fail if one finding fails, else inconclusive if one is, else pass."""
        return self.not_passed[0].verdict if self.not_passed else Verdict.PASS

    @property
    def not_passed(self) -> list[Finding]:
        """All findings that do not pass, failures first."""
        verdicts = (Verdict.FAIL, Verdict.INCONCLUSIVE)
        return [finding for verdict in verdicts for finding in self.findings if finding.verdict == verdict]

    def require_pass(self) -> None:
        """Raise AuditError, which names the first finding, unless all findings pass."""
        if self.verdict != Verdict.PASS:
            more = f" (and {len(self.not_passed) - 1} more)" if len(self.not_passed) > 1 else ""
            result = "failed" if self.verdict == Verdict.FAIL else "is inconclusive"
            raise AuditError(f"the audit {result}: {self.not_passed[0]}{more} - {REMEDY[self.verdict]}")

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "verdict": str(self.verdict),
            "ticker": self.prices.ticker,
            "source": self.prices.source,
            "data_sha256": self.prices.sha256,
            "settings": self.settings.result_settings(),
            "dates": [f"{date:%Y-%m-%d}" for date in self.dates],
            "perturbations": list(PERTURBATIONS),
            "checks": [_as_dict(finding) for finding in self.findings],
        }

    def write(self, folder: Path | None) -> Path:
        """Write the file into the run's folder, or into `runs/TICKER_audit/` if it has none, and return its path.

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


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "stage": finding.stage,
        "name": finding.name,
        "verdict": str(finding.verdict),
        "compared": finding.compared,
        "date": f"{finding.date:%Y-%m-%d}" if finding.date is not None else None,
        "finding": None if finding.verdict == Verdict.PASS else (finding.failure or finding.reason),
    }
