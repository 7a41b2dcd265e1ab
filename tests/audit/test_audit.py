"""Inconclusive findings, and synthetic forecasts."""

from dataclasses import replace

from backtrader_walkforward.audit.audited_run import with_synthetic_forecast
from backtrader_walkforward.audit.command import audit_run
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.audit.perturbed_history import audit_dates


def test_too_few_dates_are_not_passed(run):
    few = next(audit_run(run, audit_dates(run)[:2]))
    assert few.verdict == Verdict.INCONCLUSIVE
    assert str(few) == "audit dates: 3 test days, each with two later days, are needed, and there are 2"


def test_a_synthetic_forecast_signals_on_most_days_for_the_named_variants(run):
    loud = replace(run, stages=replace(run.stages, settings=run.stages.settings.replace(threshold=0.5)))
    synthetic = with_synthetic_forecast(loud, ["volatility_adjusted"])
    assert [variant.name for variant in synthetic.stages.variants] == ["volatility_adjusted"]
    assert (synthetic.table["predicted_return"].abs() > 0.5).mean() > 0.4
    assert synthetic.table.equals(with_synthetic_forecast(loud, []).table)
    assert synthetic.signals["predicted_return"].dropna().equals(synthetic.table["predicted_return"])
    assert synthetic.prices is run.prices
