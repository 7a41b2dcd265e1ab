"""What a position earns, forecast by a model of the next close-to-close return and by one of the return it earns.

Run as: python -m benchmarks.studies.traded_target [PREDICTOR ...]
A position that is decided at a close and filled at the next open earns the return from there to the open after it. Both
targets are forecast over the last 30 % of the S&P 500 and the Nasdaq, 2008 to 2018: before, the opens of the sample
repeat the closes. Each history is tested by itself, as the days of the two indices are not independent: t is that of
the difference of the daily products of forecast and earned return, both standardised (Newey-West). A perfect forecast
of each target shows the most that can be had.
"""

import sys

import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import TRADING_DAYS
from backtrader_walkforward.evaluation.forecast.forecast_tests import mean_test
from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.settings.groups import FIVE_YEARS
from benchmarks.studies.cold_starts import INDICES, prices_of
from benchmarks.table import Row, show

PREDICTORS = ("ridge", "boosting")
ELEVEN_YEARS = 2_770
END = "2018"


def rows(predictors: tuple[str, ...] = PREDICTORS) -> list[Row]:
    """Forecast both targets with every predictor."""
    found = []
    for index in INDICES:
        prices = prices_of(index, END, ELEVEN_YEARS)
        perfect = {target: next_return(prices, target) for target in ("return", "traded")}
        earned = perfect["traded"]
        close, opens = (sharpe(np.sign(perfect[target]) * earned, TRADING_DAYS) for target in perfect)
        alike = perfect["return"].corr(earned)
        shown = f"{close:.1f} with the closes, {opens:.1f} with the opens; correlation of the two {alike:.2f}"
        found.append(Row(f"{index}: Sharpe ratio of a perfect sign", "-", shown, None))
        found += [compare(index, name, prices, earned) for name in predictors]
    return found


def compare(index: str, name: str, prices: pd.DataFrame, earned: pd.Series) -> Row:
    """Compare the correlations of both forecasts with the return that is earned."""
    walk, features = WalkForward(train_window=FIVE_YEARS), compute_features(prices)
    made = {}
    with process_pool(2) as pool:
        for target in ("return", "traded"):
            table = forecast(prices, features, make_predictor(name, target=target), walk, pool).table
            made[target] = table["predicted_return"]
    known = earned.reindex(made["return"].index).dropna()
    products = {target: standardised(one[known.index]) * standardised(known) for target, one in made.items()}
    test = mean_test(products["traded"] - products["return"])
    shown = ", ".join(f"{target} {product.mean():+.3f}" for target, product in products.items())
    return Row(f"{index}: {name}, correlation with what is earned", "-", f"{shown}; t = {test.statistic:.1f}", None)


def standardised(values: pd.Series) -> pd.Series:
    """Return the values with mean 0 and standard deviation 1; zeros if they are all the same."""
    spread = values.std(ddof=0)
    return (values - values.mean()) / spread if spread else 0 * values


if __name__ == "__main__":
    show(rows(tuple(sys.argv[1:]) or PREDICTORS))
