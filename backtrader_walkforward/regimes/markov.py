"""A Markov model of two states with one mean and two variances: calm, and turbulent."""

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.forecasting.folds import complete_rows
from backtrader_walkforward.settings.choices import REGIME_CODES

if TYPE_CHECKING:
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

LEAST_STAY = 0.5
"""Least probability of either state to be there the next day too: it then lasts two days or more on average.

A state that lasts less is no regime but a name for single large moves.
"""
LEAST_RATIO = 2.0
"""Least ratio of the two variances; with a smaller one there are not two states to be told apart."""

FLAT = 1e-12
"""Standard deviation of daily returns below which only rounding moves them."""

EM_STEPS, MOST_STEPS = 20, 200
"""Steps of expectation-maximisation from fixed first values, then at most so many of BFGS."""


def markov_regime(features: pd.DataFrame, walk_forward: WalkForward) -> np.ndarray:
    """Return `turbulent` or `calm` for each test row, as codes.

    For each fold of the walk-forward a model is fitted on the daily returns of the fold's training rows alone. With its
    parameters fixed, the Hamilton filter goes over training and test rows: a test row's probability of a state comes
    from the returns up to its own, never from later ones, as a smoothed one would. The state with the larger variance
    is turbulent, on the days on which its probability is above 1/2.

    Parameters
    ----------
    features : DataFrame (n_bars, n_features)
        As of `compute_features`; `pct_change_1` is the daily return.
    walk_forward : WalkForward
        The split that made the forecasts.

    Returns
    -------
    array (n_bars,)
        Codes of `choices.REGIME_CODES`; NaN before the test, and in folds whose fit gives no two states (`fitted`).

    References
    ----------
    Hamilton (1989), Econometrica 57; Kim and Nelson (1999), State-Space Models with Regime Switching, chapter 4.
    """
    codes = np.full(len(features), np.nan)
    usable = np.flatnonzero(complete_rows(features))
    returns = features["pct_change_1"].to_numpy(dtype=float)[usable]
    for train, test in walk_forward.split(len(usable)):
        first = train[0] - walk_forward.lookback + 1
        turbulent = turbulence(returns[first : test[-1] + 1], train[-1] + 1 - first)
        if turbulent is not None:
            named = np.where(turbulent > 0.5, REGIME_CODES["turbulent"], REGIME_CODES["calm"])
            codes[usable[test]] = named[-len(test) :]
    return codes


def turbulence(returns: np.ndarray, n_train: int) -> np.ndarray | None:
    """Return the probability of the turbulent state at each return, given those up to it; None without two states.

    The model is fitted on the first `n_train` returns, all in units of their standard deviation.
    """
    known = returns[:n_train]
    if known.std() < FLAT:
        return None
    scaled = (returns - known.mean()) / known.std()
    params = fitted(scaled[:n_train].tobytes())
    return None if params is None else filtered(scaled, np.array(params))


def filtered(returns: np.ndarray, params: np.ndarray) -> np.ndarray:
    """Return the filtered probability of the state with the larger variance (n,)."""
    probabilities = model_of(returns).filter(params, cov_type="none").filtered_marginal_probabilities
    return probabilities[:, int(np.argmax(params[-2:]))]


@lru_cache(maxsize=1024)
def fitted(returns: bytes) -> tuple[float, ...] | None:
    """Return what the model learns from float64 returns: two transition probabilities, the mean, two variances.

    The same bytes give the same fit, which an audit asks for again and again. None where the fit fails or does not
    converge, where a state does not last (`LEAST_STAY`), or where the variances are much the same (`LEAST_RATIO`).
    """
    model = model_of(np.frombuffer(returns))
    with warnings.catch_warnings(), threadpool_limits(limits=1):  # no result depends on how many cores there are
        warnings.simplefilter("ignore")  # of steps on the way to a fit, which is judged when it is there
        try:
            fit = model.fit(em_iter=EM_STEPS, maxiter=MOST_STEPS, method="bfgs", cov_type="none", disp=False)
        except (RuntimeError, ValueError):  # no steady state; linear algebra that fails
            return None
    stays, leaves, _, *variances = fit.params
    lasts = min(stays, 1 - leaves) >= LEAST_STAY
    differs = 0 < LEAST_RATIO * min(variances) <= max(variances) < np.inf
    return tuple(map(float, fit.params)) if fit.mle_retvals["converged"] and lasts and differs else None


def model_of(returns: np.ndarray) -> "MarkovRegression":
    """Return the model of these returns, not yet fitted."""
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression  # takes a second to import

    return MarkovRegression(returns, k_regimes=2, trend="c", switching_trend=False, switching_variance=True)
