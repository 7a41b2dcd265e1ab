"""The audit report: the verdict and every finding, as a file and as text."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.audit.finding import Finding, Verdict, not_passed, verdict_of
from backtrader_walkforward.audit.perturbed_history import PERTURBATIONS
from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.reports.run_folder import AUDIT
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.files import writable, write_whole

FILE = "audit.json"

MOST_LINES = 12
"""Findings that the terminal shows; the file has all."""

MEANING = {
    Verdict.PASS: "nothing that was compared depends on later prices, and the equity of every account adds up",
    Verdict.FAIL: "do not trust the results until this is corrected",
    Verdict.INCONCLUSIVE: "no failure was found, but not everything could be checked",
}

REMEDY = {
    Verdict.FAIL: "correct it and run again",
    Verdict.INCONCLUSIVE: "look at it; where too little is compared, use a longer --period or a smaller --threshold",
}


NOT_SEEN = (
    "what is in the files, programs and addresses that plug-ins read: findings name those that Python tells of",
    "prices may not have been known on their day: later corrections, tickers that no longer trade",
    "whoever chose settings and plug-ins may have known the whole history",
)
"""Ways to know later prices that no audit of the run can see."""


class AuditError(UserError):
    """An audit that fails or is inconclusive."""


def require_pass(findings: Sequence[Finding], remedy: Mapping[Verdict, str]) -> None:
    """Raise AuditError, which names the first finding and the remedy for the verdict, unless all findings pass."""
    if found := not_passed(findings):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        result = "failed" if found[0].verdict == Verdict.FAIL else "is inconclusive"
        raise AuditError(f"the audit {result}: {found[0]}{more} - {remedy[found[0].verdict]}")


@dataclass(frozen=True)
class PanelPrices:
    """The prices of a panel, as a report names them."""

    tickers: Mapping[str, str]
    """Digest of the prices of each ticker."""
    source: str
    notes: tuple[str, ...] = ()
    ticker: str = "PANEL"

    @property
    def sha256(self) -> str:
        """Digest of the prices of all tickers."""
        return sha256("".join(self.tickers.values()).encode()).hexdigest()


@dataclass(frozen=True)
class AuditReport:
    """The findings on one run, or on a panel. Equal runs have equal reports: no time and no machine is in them."""

    settings: Settings
    prices: Prices | PanelPrices
    dates: Sequence[pd.Timestamp]
    findings: Sequence[Finding]
    """One for each stage and name, as `merge_findings` returns them."""
    folder: Path | None = None
    """Folder of the run; None if it was not found."""
    covered: Mapping[str, str] = field(default_factory=dict)
    """How much of each stage was compared."""

    @property
    def verdict(self) -> Verdict:
        """Fail if one finding fails, else inconclusive if one is, else pass."""
        return verdict_of(self.findings)

    @property
    def not_passed(self) -> list[Finding]:
        """All findings that do not pass, failures first."""
        return not_passed(self.findings)

    def require_pass(self) -> None:
        """Raise AuditError, which names the first finding, unless all findings pass."""
        require_pass(self.findings, REMEDY)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "verdict": str(self.verdict),
            "ticker": self.prices.ticker,
            "source": self.prices.source,
            "data_sha256": self.prices.sha256,
            **({"tickers": dict(self.prices.tickers)} if isinstance(self.prices, PanelPrices) else {}),
            "settings": self.settings.result_settings(),
            "dates": [f"{date:%Y-%m-%d}" for date in self.dates],
            "perturbations": list(PERTURBATIONS),
            "covered": dict(self.covered),
            "not_seen": list(NOT_SEEN),
            "checks": [
                {
                    "stage": finding.stage,
                    "name": finding.name,
                    "verdict": str(finding.verdict),
                    "compared": finding.compared,
                    "date": f"{finding.date:%Y-%m-%d}" if finding.date is not None else None,
                    "finding": finding.text or None,
                }
                for finding in self.findings
            ],
        }

    def write(self) -> Path:
        """Write the file into the run's folder, or into `runs/TICKER_audit/` if it has none, and return its path."""
        path = (self.folder or self.settings.report.out / "runs" / f"{self.prices.ticker}{AUDIT}") / FILE
        with writable(path):
            write_whole(path, json.dumps(self.as_dict(), indent=2) + "\n")
        return path


def report_text(report: AuditReport) -> list[str]:
    """Return the lines for the terminal: the passes counted by stage, every other finding, and the verdict."""
    counts = Counter(finding.stage for finding in report.findings)
    passed = Counter(finding.stage for finding in report.findings if finding.verdict == Verdict.PASS)
    return [
        f"Audit  {report.prices.ticker}, {report.prices.source}",
        *(f"  Note: {note}" for note in report.prices.notes),
        *(f"  Covered: {stage} - {how}" for stage, how in report.covered.items()),
        *(f"  Not seen: {what}" for what in NOT_SEEN),
        *(f"  {passed[stage]:4} of {count:4} pass  {stage}" for stage, count in counts.items()),
        *(f"  {line}" for line in findings_text(report.not_passed)),
        f"Verdict: {report.verdict.upper()} - {MEANING[report.verdict]}",
    ]


def findings_text(findings: Sequence[Finding]) -> list[str]:
    """Return a line for each finding. Findings of one stage that say the same share a line.

    >>> findings_text([Finding("feature", "rsi", 9, "changes"), Finding("feature", "macd", 9, "changes")])
    ['FAIL: feature rsi, macd: changes']
    """
    names: dict[Finding, list[str]] = {}
    for finding in findings:
        names.setdefault(replace(finding, name="", compared=bool(finding.compared)), []).append(finding.name)
    lines = [f"{one.verdict.upper()}: {replace(one, name=', '.join(own))}" for one, own in names.items()]
    hidden = len(lines) - MOST_LINES
    return lines if hidden <= 0 else [*lines[:MOST_LINES], f"and {hidden} more, in {FILE}"]
