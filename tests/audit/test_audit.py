"""What the checks say where there is little to look at, and where a stage is at fault for another."""

from dataclasses import replace

from backtrader_walkforward.audit.audit import audit_run
from backtrader_walkforward.audit.checks.forecasts import check_forecasts
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory, audit_dates
from backtrader_walkforward.audit.synthetic_forecast import with_synthetic_forecast
from backtrader_walkforward.system.cache import Cache


def test_too_few_dates_are_not_passed(run, tmp_path):
    few = next(audit_run(run, audit_dates(run)[:2], Cache("forecasts", tmp_path)))
    assert few.verdict == Verdict.INCONCLUSIVE
    assert str(few) == "audit dates: 3 test days, each with two later days, are needed, and there are 2"


def test_a_forecast_of_nothing_is_not_passed(run, tmp_path):
    masked = run.table.assign(predicted_return=float("nan"))
    silent = replace(run, forecasts=replace(run.forecasts, table=masked))
    history = PerturbedHistory.of(run, audit_dates(run)[0], "cut off")
    [finding] = check_forecasts(silent, history, Cache("forecasts", tmp_path), same_rows=True)
    assert finding.compared == 0
    assert finding.verdict != Verdict.PASS


def test_a_predictor_is_not_blamed_for_its_training_rows(run, tmp_path):
    history = PerturbedHistory.of(run, audit_dates(run)[0], "cut off")
    [finding] = check_forecasts(run, history, Cache("forecasts", tmp_path), same_rows=False)
    assert (finding.verdict, finding.reason) == (
        Verdict.INCONCLUSIVE,
        "its training rows differ from those of the run",
    )


def test_a_drill_signals_on_most_days_for_the_variants_named(run):
    loud = replace(run, stages=replace(run.stages, settings=run.stages.settings.replace(threshold=0.5)))
    drilled = with_synthetic_forecast(loud, ["volatility_adjusted"])
    assert [variant.name for variant in drilled.stages.variants] == ["volatility_adjusted"]
    assert (drilled.table["predicted_return"].abs() > 0.5).mean() > 0.4
    assert drilled.table.equals(with_synthetic_forecast(loud, []).table)
    assert drilled.signals["predicted_return"].dropna().equals(drilled.table["predicted_return"])
    assert drilled.prices is run.prices
