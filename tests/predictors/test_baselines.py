import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.naive import Naive
from backtrader_walkforward.predictors.ridge import BLOCKS, PENALTIES, Ridge
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from backtrader_walkforward.features import FEATURE_NAMES


def one_window(**last_day: float) -> np.ndarray:
    windows = np.zeros((1, 3, 31))
    for name, value in last_day.items():
        windows[0, -1, FEATURE_NAMES.index(name)] = value
    return windows


def test_naive_foresees_no_change() -> None:
    window = one_window(lag_5=100.0, momentum_5=2.5)
    assert Naive(target="return").fit(window, np.array([0.3])).predict(window).tolist() == [0.0]
    assert Naive(target="price").fit(window, np.array([9.0])).predict(window).tolist() == [102.5]


def test_naive_finds_the_close(history: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    prices, features = history
    rows = features.dropna()
    foreseen = Naive(target="price").predict(rows.to_numpy()[:, np.newaxis])
    assert foreseen == pytest.approx(prices["Close"][rows.index].to_numpy(), rel=1e-15)


def test_mean_foresees_the_average_day() -> None:
    windows = np.zeros((3, 2, 31))
    assert Mean().fit(windows, np.array([0.01, 0.03, -0.01])).predict(windows[:2]) == pytest.approx([0.01, 0.01])


def test_ridge_finds_a_line_in_the_last_day() -> None:
    windows = np.random.default_rng(0).normal(size=(300, 4, 31))
    target = 5 + windows[:, -1] @ np.linspace(-1, 1, 31)
    ridge = Ridge().fit(windows[:200], target[:200])
    assert ridge.predict(windows[200:]) == pytest.approx(target[200:], abs=0.01)


def test_ridge_says_little_about_noise() -> None:
    generator = np.random.default_rng(0)
    windows, target = generator.normal(size=(300, 4, 31)), generator.normal(size=300)
    assert Ridge().fit(windows, target).predict(windows).std() < 0.25


def test_a_twin_on_the_same_day_does_not_make_ridge_trust_noise() -> None:
    """Left out alone, a window would be forecast from its twin, and no penalty would seem best."""
    random = np.random.default_rng(5)
    windows, target = random.random((300, 1, 31)), random.standard_normal(300)
    alone = Ridge().fit(windows, target)
    twins = Ridge().fit(windows.repeat(2, axis=0), target.repeat(2))
    assert twins.model_.alpha >= alone.model_.alpha >= 1_000


def test_the_penalty_is_that_of_a_plain_search() -> None:
    random = np.random.default_rng(6)
    windows = random.standard_normal((120, 1, 31))
    target = 0.3 * windows[:, 0, 4] + random.standard_normal(120)
    columns = StandardScaler().fit_transform(windows[:, 0])
    searched = RidgeCV(alphas=PENALTIES, cv=KFold(BLOCKS)).fit(columns, target)
    found = Ridge().fit(windows, target)
    assert found.model_.alpha == searched.alpha_
    assert found.predict(windows) == pytest.approx(searched.predict(columns))
