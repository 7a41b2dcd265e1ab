"""Three years of the sample around the autumn of 2008."""

import pandas as pd
import pytest

from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import WalkForward


@pytest.fixture(scope="session")
def prices(sample) -> pd.DataFrame:
    return sample.loc["2006-06-01":"2009-05-29"]


@pytest.fixture(scope="session")
def features(prices) -> pd.DataFrame:
    return compute_features(prices)


@pytest.fixture(scope="session")
def walk_forward() -> WalkForward:
    """Three folds; the first one begins in the autumn of 2008."""
    return WalkForward(first_test=550, lookback=20, retrain_every=60)


@pytest.fixture(scope="session")
def first_day(features, walk_forward) -> pd.Timestamp:
    return features.dropna().index[walk_forward.first_test]
