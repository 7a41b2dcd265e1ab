"""What the checks say where there is little to look at, and where a stage is at fault for another."""

from dataclasses import replace

from backtrader_walkforward.audit.audit import evidence_on
from backtrader_walkforward.audit.checks.forecasts import check_forecasts
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory, audit_dates
from backtrader_walkforward.audit.synthetic_forecast import synthetic_forecast
from backtrader_walkforward.forecasting import ForecastCache


def test_too_few_dates_are_not_passed(run, tmp_path):
    few = next(evidence_on(run, audit_dates(run)[:2], ForecastCache(tmp_path)))
    assert few.verdict == Verdict.INCONCLUSIVE
    assert str(few) == "dates of the audit: 3 test days with two days after them are needed: 2"


def test_a_forecast_of_nothing_is_not_passed(run, tmp_path):
    masked = run.table.assign(predicted_return=float("nan"))
    silent = replace(run, forecasts=replace(run.forecasts, table=masked))
    history = PerturbedHistory.of(run, audit_dates(run)[0], "cut off")
    [piece] = check_forecasts(silent, history, ForecastCache(tmp_path), trained_alike=True)
    assert piece.compared == 0
    assert piece.verdict != Verdict.PASS


def test_a_predictor_is_not_blamed_for_its_training_rows(run, tmp_path):
    history = PerturbedHistory.of(run, audit_dates(run)[0], "cut off")
    [piece] = check_forecasts(run, history, ForecastCache(tmp_path), trained_alike=False)
    assert (piece.verdict, piece.reason) == (
        Verdict.INCONCLUSIVE,
        "it is given training rows that are not those of the run",
    )


def test_a_drill_signals_on_most_days_for_the_variants_named(run):
    loud = replace(run, stages=replace(run.stages, settings=run.stages.settings.replace(threshold=0.5)))
    drilled = synthetic_forecast(loud, ["volatility_adjusted"])
    assert [variant.name for variant in drilled.stages.variants] == ["volatility_adjusted"]
    assert (drilled.table["predicted_return"].abs() > 0.5).mean() > 0.4
    assert drilled.table.equals(synthetic_forecast(loud, []).table)
    assert drilled.signals["predicted_return"].dropna().equals(drilled.table["predicted_return"])
    assert drilled.prices is run.prices
