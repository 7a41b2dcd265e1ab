"""`runner.py audit`: run the stages on perturbed histories, and write the audit report."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from backtrader_walkforward.audit.audit import audit_run
from backtrader_walkforward.audit.audit_report import AuditReport
from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.checks.run_files import find_run
from backtrader_walkforward.audit.finding import merge_findings
from backtrader_walkforward.audit.perturbed_history import audit_dates
from backtrader_walkforward.audit.report_text import report_text
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.study.forecasts import prices_of
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.processes import process_pool


def run_audit(settings: Settings) -> None:
    """Audit the run with these settings, print the findings, and write the audit report into the run's folder.

    Raises
    ------
    AuditError
        If a result depends on later prices, an equity does not add up, or the data is too short.
    UserError
        If the prices, the settings or a strategy do not allow a run.
    """
    report, folder = make_audit_report(settings)
    path = report.write(folder)
    lines = report_text(report)
    print(*(lines[-1:] if settings.report.quiet else lines), f"Audit report: {path}", sep="\n")
    report.require_pass()


def make_audit_report(settings: Settings) -> tuple[AuditReport, Path | None]:
    """Run the stages and every check. Return the report, and the run's folder if there is one.

    Nothing is written but the cache.
    """
    prices = prices_of(settings)
    folder = find_run(settings, prices)
    with forecast_cache(settings) as cache:
        with process_pool(settings.machine.workers) as pool:
            run = AuditedRun.of(Stages.of(settings), prices.frame, cache, pool)
        dates = audit_dates(run)
        findings = merge_findings(audit_run(run, dates, cache, folder))
        return AuditReport(settings, prices.with_notes(*cache.notes), dates, findings), folder


@contextmanager
def forecast_cache(settings: Settings) -> Iterator[Cache]:
    """Yield the user's cache of forecasts, or with `--no-cache` a temporary one: an audit needs one."""
    if settings.machine.use_cache:
        yield Cache("forecasts", settings.machine.cache_dir)
        return
    with TemporaryDirectory() as folder:
        yield Cache("forecasts", Path(folder))
