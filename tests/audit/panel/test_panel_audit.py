"""The audit of a panel from the settings to the report: what is honest passes."""

import pytest

from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.audit.panel.command import make_panel_report

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("model", ["own", "pooled"])
def test_an_honest_panel_passes(three, settings_of_panel, model):
    report = make_panel_report(settings_of_panel(three, model=model))
    assert (report.verdict, report.not_passed) == (Verdict.PASS, [])
    assert all(finding.compared for finding in report.findings)
