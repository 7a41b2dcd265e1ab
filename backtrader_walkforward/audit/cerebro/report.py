"""The report of an audit of any Cerebro."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from backtrader_walkforward.audit import audit_report
from backtrader_walkforward.audit.finding import Finding, Verdict, not_passed, verdict_of

MEANING = audit_report.MEANING | {
    Verdict.PASS: "nothing before these dates depends on later rows, and every fill fits its bar"
}

REMEDY = audit_report.REMEDY | {Verdict.INCONCLUSIVE: "look at it, and run again where more can be compared"}

SHARE_OF_DAYS = 0.05
"""Of a rare leak, for which the report says how often it escapes."""


@dataclass(frozen=True, repr=False)
class CerebroReport:
    """The findings on a Cerebro, and what was covered. A notebook shows them.

    Attributes
    ----------
    findings : sequence of Finding
        One for each stage and name.
    n_bars : int
        Days of the prices.
    n_possible : int
        Those from the first order on, after which rows can be others.
    n_dates : int
        Those after which they were.
    """

    findings: Sequence[Finding]
    n_bars: int
    n_possible: int
    n_dates: int

    @property
    def verdict(self) -> Verdict:
        """Fail if one finding fails, else inconclusive if one is, else pass."""
        return verdict_of(self.findings)

    @property
    def escape_rate(self) -> float:
        """Share of the audits that miss a strategy which reads the next bar on 5 % of the days by another way."""
        return 0.0 if self.n_dates == self.n_possible else (1 - SHARE_OF_DAYS) ** self.n_dates

    def require_pass(self) -> None:
        """Raise AuditError with the first finding unless all pass."""
        audit_report.require_pass(self.findings, REMEDY)

    @property
    def coverage(self) -> str:
        """What was covered, as a sentence."""
        covered = f"Later rows were other ones after {self.n_dates} of {self.n_possible} days on which it could trade"
        if not self.escape_rate:
            return f"{covered}, and bars came one by one."
        return (
            f"{covered}. Bars came one by one: every read of data.close[1] is found. Of leaks on 5% of the days by"
            f" another way, {self.escape_rate:.0%} escape: raise n_dates."
        )

    def __str__(self) -> str:
        """Return the verdict, what was covered, the passes by stage, and every other finding."""
        counts = Counter(finding.stage for finding in self.findings)
        passed = Counter(finding.stage for finding in self.findings if finding.verdict == Verdict.PASS)
        return "\n".join(
            [
                f"Verdict: {self.verdict.upper()} - {MEANING[self.verdict]}",
                *(f"  {finding.verdict.upper()}: {finding}" for finding in not_passed(self.findings)),
                *(f"  {passed[stage]:4} of {count:4} pass  {stage}" for stage, count in counts.items()),
                self.coverage,
            ]
        )

    def __repr__(self) -> str:
        return f"<CerebroReport: {self.verdict}, {len(not_passed(self.findings))} of {len(self.findings)} findings>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"
