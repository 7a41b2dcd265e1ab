"""`runner.py --audit`: the run again with other futures, and a certificate."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from backtrader_walkforward.audit.audit import evidence_on
from backtrader_walkforward.audit.audit_report import AuditReport
from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.checks.run_files import find_run
from backtrader_walkforward.audit.finding import summed_up
from backtrader_walkforward.audit.perturbed_history import audit_dates
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting import ForecastCache
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.processes import process_pool
from backtrader_walkforward.system.sqlite_store import cache_folder


def run_audit(settings: Settings) -> None:
    """Audit the run that `settings` asks for, print what was found, and leave a certificate beside the run's files.

    Raises
    ------
    AuditError
        If something looks at the future, the figures do not add up, or there is too little data to tell.
    UserError
        If the prices, the settings or a strategy do not allow a run.
    """
    certificate, folder = make_audit_report(settings)
    path = certificate.write(folder)
    lines = certificate.lines()
    print(*(lines[-1:] if settings.report.quiet else lines), f"AuditReport: {path}", sep="\n")
    certificate.require_pass()


def make_audit_report(settings: Settings) -> tuple[AuditReport, Path | None]:
    """Run the stages over the prices and look at everything; return what was found, and the run's folder if it has one.

    Nothing is written but to the store.
    """
    prices = load_prices(settings, warm_up=warm_up(settings.forecast.timeframes))
    folder = find_run(settings, prices)
    stages = Stages.of(settings)
    with forecast_store(settings) as store:
        with process_pool(settings.machine.workers) as pool:
            run = AuditedRun.of(stages, prices.frame, store, pool)
        dates = audit_dates(run)
        findings = summed_up(evidence_on(run, dates, store, folder))
        return AuditReport(settings, prices.with_notes(*store.notes), dates, findings), folder


@contextmanager
def forecast_store(settings: Settings) -> Iterator[ForecastCache]:
    """Yield the user's store of forecasts; with `--no-cache` one that is gone after the audit, which needs one."""
    if settings.machine.use_cache:
        yield ForecastCache(cache_folder(settings.machine.cache_dir))
        return
    with TemporaryDirectory() as folder:
        yield ForecastCache(Path(folder))
