"""A forecast of prices instead of returns, which errs by several per cent in the same direction every day."""

import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.evaluation import Comparison, measure_forecast
from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import signals_frame
from backtrader_walkforward.significance import assess_significance
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of

SETTINGS = Settings.of(source="sample", target="price", inputs="raw", fill="close", epochs=2, retrain_every=1000)
"""SPY, 2017 and 2018, one fit. The network is as far from the prices after two epochs as after fifty."""


@pytest.fixture(scope="module", params=["mean", pytest.param("lstm", marks=pytest.mark.slow)])
def skill_and_luck(request):
    settings = SETTINGS.replace(predictor=request.param)
    prices = load_prices(settings, warm_up=WARM_UP).frame
    features = compute_features(prices)
    predictor = make_predictor(
        settings.forecast.predictor,
        target=settings.forecast.target,
        seed=settings.forecast.seed,
        epochs=settings.forecast.epochs,
    )
    walk_forward = WalkForward(retrain_every=settings.forecast.retrain_every)
    table = forecast(prices, features, predictor, walk_forward, inputs=settings.forecast.inputs).table
    market = signals_frame(prices, features, table)
    *results, benchmark = run_backtest(market, [*variants_of(find_strategies()), BENCHMARK], settings)
    skill = measure_forecast(table, next_return(prices, settings.forecast.target), horizon=1)
    return skill, assess_significance(Comparison.of(results, benchmark), skill, seed=settings.forecast.seed)


def test_the_forecast_is_called_biased_and_no_better_than_the_mean(skill_and_luck):
    skill, significance = skill_and_luck
    assert skill.mean_error_share < -0.4
    assert skill.r_squared < -1
    assert significance.warnings[0].startswith("The forecast is biased: it is too low")
    assert skill.verdict.startswith("The forecast is no better than the mean of its training days.")


def test_the_run_is_no_evidence_of_skill(skill_and_luck):
    _, significance = skill_and_luck
    assert not significance.shows_skill
    assert significance.headline == "No evidence of skill"
