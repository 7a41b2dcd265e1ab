"""The audit report as text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from backtrader_walkforward.audit.audit_report import FILE, AuditReport
from backtrader_walkforward.audit.finding import Finding, Verdict
from backtrader_walkforward.audit.perturbations import PERTURBATIONS

MOST_LINES = 12
"""Findings that the terminal shows; the file has all."""

MEANING = {
    Verdict.PASS: "no result up to these dates depends on later prices, and the equity of every account adds up",
    Verdict.FAIL: "do not trust the results until this is corrected",
    Verdict.INCONCLUSIVE: "no failure was found, but not everything could be checked",
}


def report_text(report: AuditReport) -> list[str]:
    """Return the lines for the terminal: the passes counted by stage, every other finding, and the verdict."""
    counts = Counter(finding.stage for finding in report.findings)
    passed = Counter(finding.stage for finding in report.findings if finding.verdict == Verdict.PASS)
    return [
        f"Audit  {report.prices.ticker}, {report.prices.source}",
        f"  Dates: {', '.join(f'{date:%Y-%m-%d}' for date in report.dates)}",
        f"  Later rows: {', '.join(PERTURBATIONS)}",
        *(f"  Note: {note}" for note in report.prices.notes),
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
