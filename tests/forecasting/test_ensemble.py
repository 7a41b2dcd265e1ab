"""The mean of several predictors: what it is, and what it must not depend on."""

from itertools import permutations
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.naive import Naive
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import (
    as_text,
    ensemble_members,
    forecast,
)
from backtrader_walkforward.forecasting.ensemble import mean_and_spread, member_seed
from backtrader_walkforward.forecasting.fold_tasks import fold_seed, fold_tasks
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache import Cache
from tests.forecasting.walks import WALK, History, assert_same


class Always(Predictor):
    """Forecasts one value for ever."""

    def __init__(self, value: float = 0.0, target: str = "return", seed: int = 7) -> None:
        super().__init__(target, seed)
        self.value = value

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        return np.full(len(windows), self.value)


class Drawn(Predictor):
    """Forecasts from its seed alone, one value a fold."""

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        self.value_ = float(np.random.default_rng(self.seed).normal(0, 0.01))
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        return np.full(len(windows), self.value_)


def test_mean_and_spread_of_three(history: History) -> None:
    result = forecast(*history, [Always(0.01), Always(0.02), Always(0.06)], WALK)
    close = history[0]["Close"][-60:]
    assert list(result.table) == ["predicted_return", "predicted_close", "fold", "training_mean", "forecast_spread"]
    assert result.table["predicted_return"].to_numpy() == pytest.approx(0.03)
    assert result.table["predicted_close"].to_numpy() == pytest.approx(1.03 * close.to_numpy())
    assert result.table["forecast_spread"].to_numpy() == pytest.approx(0.0007**0.5)  # (0.02² + 0.01² + 0.03²) / 2
    assert (result.fits, result.epochs) == (9, (0, 0, 0))


def test_a_member_with_raw_inputs_says_nothing_of_the_range(history: History) -> None:
    both = [Naive(), Ridge()]
    shares = {forecast(*history, list(members), WALK).out_of_range for members in (both, both[::-1], both[1:])}
    assert len(shares) == 1


def test_each_kind_counts_the_same() -> None:
    three, one = [np.array([0.01]), np.array([0.02]), np.array([0.03])], [np.array([0.06])]
    mean, spread = mean_and_spread([*three, *one], [Drawn, Drawn, Drawn, Ridge])
    assert mean == pytest.approx([0.04])
    assert spread == pytest.approx([0.0014**0.5 / 3**0.5])  # around 0.03: 0.02², 0.01², 0, 0.03²; over 4 - 1


def test_a_member_that_forecasts_prices_is_averaged_as_a_return(history: History) -> None:
    table = forecast(*history, [Naive(target="price"), Always(0.02)], WALK).table
    assert table["predicted_return"].to_numpy() == pytest.approx(0.01)


@pytest.mark.parametrize("single", [Mean(), Ridge(), Drawn(), Mean(target="price")], ids=str)
def test_an_ensemble_of_one_is_the_single_predictor(history: History, single: Predictor) -> None:
    alone = forecast(*history, single, WALK)
    assert_same(forecast(*history, [single], WALK), alone)
    assert "forecast_spread" not in alone.table
    mean, spread = mean_and_spread([alone.table["predicted_return"].to_numpy()], [type(single)])
    assert mean.tobytes() == alone.table["predicted_return"].to_numpy().tobytes()
    assert not spread.any()


def test_the_first_member_of_many_is_the_single_predictor() -> None:
    settings = Settings.of(predictor="lstm", seed=11)
    [single] = ensemble_members(settings)
    members = ensemble_members(Settings.of(predictor="lstm", seed=11, ensemble=4))
    assert [members[0].get_params(), members[0].seed] == [single.get_params(), 11]
    assert [member.seed for member in members] == [member_seed(11, number) for number in range(4)]
    assert ensemble_members(Settings.of(predictor="lstm", seed=11, ensemble=3))[2].seed == members[2].seed


def test_no_two_fits_share_a_seed() -> None:
    seeds = [
        fold_seed(member_seed(seed, member), fold) for seed in range(5) for member in range(10) for fold in range(10)
    ]
    assert len(set(seeds)) == 500


def test_the_tasks_of_a_member_are_those_it_has_alone(history: History) -> None:
    members = [Drawn(seed=1), Mean(target="price", seed=2)]
    tasks = fold_tasks(*history, members, WALK)
    assert [task.fit_id for task in tasks] == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]
    for number, member in enumerate(members):
        own = [task for task in tasks if task.member == number]
        for one, alone in zip(own, fold_tasks(*history, member, WALK), strict=True):
            np.testing.assert_array_equal(one.rows, alone.rows)
            np.testing.assert_array_equal(one.target, alone.target)
            assert one.predictor.get_params() == alone.predictor.get_params()


def test_the_order_of_the_members_changes_nothing(history: History) -> None:
    members = [Drawn(seed=1), Drawn(seed=2), Ridge(), Mean()]
    first, *others = [forecast(*history, list(order), WALK) for order in permutations(members)]
    for other in others:
        assert_same(other, first)


def test_more_members_fit_only_what_is_new(history: History, tmp_path: Path) -> None:
    store, members = Cache("forecasts", tmp_path), [Drawn(seed=seed) for seed in (1, 2, 3)]
    assert forecast(*history, members[0], WALK, cache=store).stored == 0
    told: list[tuple[int, int, int]] = []
    grown = forecast(*history, members, WALK, on_fold=lambda fit_id, total: told.append((*fit_id, total)), cache=store)
    assert (grown.stored, grown.fits) == (3, 9)
    assert sorted(told) == [(member, fold, 9) for member in range(3) for fold in range(3)]
    assert [fit_id[0] for fit_id in told[:3]] == [0, 0, 0]
    again = forecast(*history, members, WALK, cache=store)
    assert again.stored == 9
    assert_same(again, grown)
    assert_same(grown, forecast(*history, members, WALK))
    assert forecast(*history, members[1], WALK, cache=store).stored == 3


def test_kinds_are_named_and_only_random_ones_repeated() -> None:
    members = ensemble_members(Settings.of(predictor="lstm, ridge,lstm", ensemble=3))
    assert [type(member).__name__ for member in members] == ["LSTM", "LSTM", "LSTM", "Ridge"]
    assert as_text(members) == "mean of lstm x 3, ridge"
    assert as_text(ensemble_members(Settings.of(predictor="ridge"))) == "ridge"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"predictor": "lstm,rigde"}, "--predictor names no predictor: 'rigde' - did you mean 'ridge'"),
        ({"predictor": "lstm,"}, "--predictor names no predictor: ''"),
        (
            {"predictor": "ridge,mean", "ensemble": 2},
            "--ensemble 2 needs a predictor that is random: ridge,mean forecasts",
        ),
        ({"ensemble": 0}, "ensemble must lie between 1 and 100: 0"),
        ({"ensemble": 101}, "ensemble must lie between 1 and 100: 101"),
    ],
)
def test_a_mistake_is_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        ensemble_members(Settings.of(**settings))  # type: ignore[arg-type]
