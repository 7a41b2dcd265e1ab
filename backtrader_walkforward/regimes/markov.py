"""The Markov regime: a model of a calm and a turbulent state, with one mean and two variances."""

import warnings
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.settings.choices import FLAT, REGIME_CODES

if TYPE_CHECKING:
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

LEAST_STAY = 0.5
"""Least probability that a state lasts one more day: it then lasts two days or more on average.

A shorter state is no regime, but a name for single large moves.
"""
LEAST_RATIO = 2.0
"""Least ratio of the two variances; with a smaller ratio the two states do not differ."""

EM_STEPS, MOST_STEPS = 20, 200
"""Steps of expectation-maximisation from fixed initial values, and then the most steps of BFGS."""


def markov_regime(features: pd.DataFrame, walk_forward: WalkForward, first_test_day: pd.Timestamp) -> np.ndarray:
    """Return `turbulent` or `calm` for each test row (n_bars,); NaN before the test, and in folds without two states.

    For each fold of the walk-forward a model is fitted on the daily returns of the fold's training rows. The Hamilton
    filter then runs over training and test rows with these parameters: the probability of a state on a test row comes
    from the returns up to that row, while a smoothed probability would use later returns. The state with the larger
    variance is turbulent. A day is turbulent if the probability of that state is above 1/2.

    The arguments are those of `compute_regimes`, and the daily return is the feature `pct_change_1`. The folds are
    those of the forecasts, but for the first test row.

    References
    ----------
    Hamilton (1989), Econometrica 57; Kim and Nelson (1999), State-Space Models with Regime Switching, chapter 4.
    """
    codes = np.full(len(features), np.nan)
    complete = np.flatnonzero(complete_rows(features))
    returns = features["pct_change_1"].to_numpy(dtype=float)[complete]
    first_test = int(features.index[complete].searchsorted(first_test_day))
    for train, test in replace(walk_forward, first_test=first_test, test_from=None).split(len(complete)):
        first = train[0] - walk_forward.lookback + 1
        turbulent = turbulence(returns[first : test[-1] + 1], train[-1] + 1 - first)
        if turbulent is not None:
            names = np.where(turbulent > 0.5, REGIME_CODES["turbulent"], REGIME_CODES["calm"])
            codes[complete[test]] = names[-len(test) :]
    return codes


def turbulence(returns: np.ndarray, n_train: int) -> np.ndarray | None:
    """Return the probability of the turbulent state at each return, given the returns up to it.

    The model is fitted on the first `n_train` returns. Their mean and standard deviation standardise all returns.
    None if there are no two states.
    """
    known = returns[:n_train]
    if known.std() < FLAT:
        return None
    scaled = (returns - known.mean()) / known.std()
    params = fit_states(scaled[:n_train].tobytes())
    return None if params is None else filtered_turbulence(scaled, np.array(params))


def filtered_turbulence(returns: np.ndarray, params: np.ndarray) -> np.ndarray:
    """Return the filtered probability of the state with the larger variance (n,)."""
    probabilities = model_of(returns).filter(params, cov_type="none").filtered_marginal_probabilities
    return probabilities[:, int(np.argmax(params[-2:]))]


@lru_cache(maxsize=1024)
def fit_states(returns: bytes) -> tuple[float, ...] | None:
    """Return the parameters of the model: two transition probabilities, the mean, and two variances.

    None if the fit fails or does not converge, if a state does not last (`LEAST_STAY`), or if the variances hardly
    differ (`LEAST_RATIO`). `returns` are the bytes of float64: an audit fits the same ones many times, so that the fits
    are cached.
    """
    model = model_of(np.frombuffer(returns))
    with warnings.catch_warnings(), threadpool_limits(limits=1):  # the result must not depend on the number of cores
        warnings.simplefilter("ignore")  # warnings of single steps; the fit is checked below
        try:
            fit = model.fit(em_iter=EM_STEPS, maxiter=MOST_STEPS, method="bfgs", cov_type="none", disp=False)
        except (RuntimeError, ValueError):  # no steady state, or linear algebra that fails
            return None
    stays, leaves, _, *variances = fit.params
    lasts = min(stays, 1 - leaves) >= LEAST_STAY
    differs = 0 < LEAST_RATIO * min(variances) <= max(variances) < np.inf
    return tuple(map(float, fit.params)) if fit.mle_retvals["converged"] and lasts and differs else None


def model_of(returns: np.ndarray) -> "MarkovRegression":
    """Return the unfitted model of these returns."""
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression  # takes a second to import

    return MarkovRegression(returns, k_regimes=2, trend="c", switching_trend=False, switching_variance=True)
