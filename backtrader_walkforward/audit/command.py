"""The command `audit`: every check of a run, in the order of the flow, and the audit report."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from backtrader_walkforward.audit.audit_report import AuditReport, report_text
from backtrader_walkforward.audit.audited_run import AuditedRun, cache_of_fits
from backtrader_walkforward.audit.check_equity import check_files, check_reconciliation, find_run
from backtrader_walkforward.audit.check_fills import check_fills
from backtrader_walkforward.audit.check_forecasts import folds_fitted_again, forecast_rooms
from backtrader_walkforward.audit.check_learning import feature_days, features_day_by_day, perturbed_rooms
from backtrader_walkforward.audit.check_targets import check_targets
from backtrader_walkforward.audit.check_trading import strategy_room, trading_runs
from backtrader_walkforward.audit.clean_room import findings_of
from backtrader_walkforward.audit.finding import Finding, merge_findings
from backtrader_walkforward.audit.panel.command import make_panel_report
from backtrader_walkforward.audit.perturbed_history import PERTURBATIONS, audit_dates, dates_text, finding_on_dates
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.study.forecasts import prices_of
from backtrader_walkforward.study.plugin_notes import notes_on_plugins


def run_audit(settings: Settings) -> None:
    """Audit the run with these settings, print the findings, and write the audit report into the run's folder.

    Settings that name several tickers are those of a panel.

    Raises
    ------
    AuditError
        If a result depends on later prices, an equity does not add up, or the data is too short.
    UserError
        If the prices, the settings or a strategy do not allow a run.
    """
    check_writable(settings.report.out, ["runs"])
    make = make_panel_report if settings.command == "panel" else make_audit_report
    report = make(settings)
    path = report.write()
    lines = report_text(report)
    print(*(lines[-1:] if settings.report.quiet else lines), f"Audit report: {path}", sep="\n")
    report.require_pass()


def make_audit_report(settings: Settings) -> AuditReport:
    """Run the stages and every check. Nothing is written but the cache."""
    prices = prices_of(settings)
    folder = find_run(settings, prices)
    with cache_of_fits(settings) as cache:
        with process_pool(settings.machine.workers) as pool:
            stages = Stages.of(settings).with_prices(prices)
            run = AuditedRun.of(stages, prices.frame, cache, pool)
        dates = audit_dates(run)
        findings = merge_findings(audit_run(run, dates, folder))
    noted = prices.with_notes(*cache.notes, *notes_on_plugins())
    return AuditReport(settings, noted, dates, findings, folder, coverage_of(run, dates))


def coverage_of(run: AuditedRun, dates: Sequence[pd.Timestamp]) -> dict[str, str]:
    """Return how much of each stage was compared."""
    test_days, folds, fitted = len(run.table), run.table["fold"], folds_fitted_again(run, dates)
    numbers = f"folds {', '.join(map(str, fitted))} of {folds.nunique()}"
    which = "every fold" if len(fitted) == folds.nunique() else numbers
    return {
        "features": f"{len(feature_days(run))} of {len(run.prices)} days, each from a history that ends on it",
        "training rows, signals": f"up to {dates_text(dates)}, later rows {', '.join(PERTURBATIONS)}",
        "forecasts": f"{folds.isin(fitted).sum()} of {test_days} days, row by row, with a new fit of {which}",
        "strategies": f"{test_days} of {test_days} days, bar by bar",
    }


def audit_run(run: AuditedRun, dates: Sequence[pd.Timestamp], folder: Path | None = None) -> Iterator[Finding]:
    """Yield the findings of every check, those of the run's files included if it has a folder.

    What is computed again is computed in clean rooms. A variant that the run's forecasts leave in cash is traded a
    second time, with a synthetic forecast.
    """
    yield finding_on_dates(dates)
    yield from check_targets(run)
    [run, *others], synthetic = trading_runs(run)
    yield from synthetic
    runs = [run, *others]
    rooms = [features_day_by_day(run), *perturbed_rooms(run, dates), *forecast_rooms(run, dates)]
    rooms += [strategy_room(each, each.traded_variants) for each in runs]
    yield from findings_of(rooms, run.stages.settings.machine.workers)
    for each in runs:
        yield from check_reconciliation(each)
        yield from check_fills(each)
    if folder:
        yield from check_files(run, folder)
