"""`runner.py --audit`: the run again with other futures, and a certificate."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from backtrader_walkforward.audit.audit import evidence_on
from backtrader_walkforward.audit.audit_report import AuditReport
from backtrader_walkforward.audit.audited_run import AuditedRun, Stages
from backtrader_walkforward.audit.checks.run_files import find_run
from backtrader_walkforward.audit.finding import summed_up
from backtrader_walkforward.audit.perturbed_history import audit_dates
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting import ForecastCache
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.system.processes import process_pool
from backtrader_walkforward.system.sqlite_store import cache_folder


def run_audit(config: Config) -> None:
    """Audit the run that `config` asks for, print what was found, and leave a certificate beside the run's files.

    Raises
    ------
    AuditError
        If something looks at the future, the figures do not add up, or there is too little data to tell.
    UserError
        If the prices, the settings or a strategy do not allow a run.
    """
    certificate, folder = make_audit_report(config)
    path = certificate.write(folder)
    lines = certificate.lines()
    print(*(lines[-1:] if config.quiet else lines), f"AuditReport: {path}", sep="\n")
    certificate.require_pass()


def make_audit_report(config: Config) -> tuple[AuditReport, Path | None]:
    """Run the stages over the prices and look at everything; return what was found, and the run's folder if it has one.

    Nothing is written but to the store.
    """
    prices = load_prices(config, warm_up=warm_up(config.timeframes))
    folder = find_run(config, prices)
    stages = Stages.of(config)
    with forecast_store(config) as store:
        with process_pool(config.workers) as pool:
            run = AuditedRun.of(stages, prices.frame, store, pool)
        dates = audit_dates(run)
        findings = summed_up(evidence_on(run, dates, store, folder))
        return AuditReport(config, prices.with_notes(*store.notes), dates, findings), folder


@contextmanager
def forecast_store(config: Config) -> Iterator[ForecastCache]:
    """Yield the user's store of forecasts; with `--no-store` one that is gone after the audit, which needs one."""
    if config.use_store:
        yield ForecastCache(cache_folder(config.cache_dir))
        return
    with TemporaryDirectory() as folder:
        yield ForecastCache(Path(folder))
