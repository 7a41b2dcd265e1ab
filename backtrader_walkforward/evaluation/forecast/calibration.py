"""Calibration: forecasts by fifths beside what followed, and the errors of each fold."""

import pandas as pd

from backtrader_walkforward.evaluation.forecast.accuracy import root_mean_square

FIFTHS = 5
"""Groups of days."""


def calibrate(forecasts: pd.DataFrame, returns: pd.Series, groups: int = FIFTHS) -> pd.DataFrame:
    """Return the mean forecast and the mean return of the days with the lowest to the highest forecasts.

    A perfect forecast has equal means in each group. Equal forecasts are in the same group, so there are fewer groups
    where many are equal, and one where all are.

    Parameters
    ----------
    forecasts : DataFrame
        Indexed by the date of the forecast, with `predicted_return`.
    returns : Series
        Returns to forecast, by the date of the forecast; days on which one of the two is NaN are left out.
    groups : int
        Number of groups, of equal size where no forecasts are equal.

    Returns
    -------
    DataFrame
        By the number of the group, 1 to `groups`: `days`, `predicted`, `actual`, and `standard_error`, that of the
        mean return of independent days, NaN for a group of one day.
    """
    predicted = forecasts["predicted_return"]
    both = pd.DataFrame({"predicted": predicted, "actual": returns.reindex(predicted.index)}).dropna()
    group = ((both["predicted"].rank() - 0.5) / len(both) * groups).astype(int) + 1
    by_group = both.groupby(group.rename("group"))
    return pd.DataFrame(
        {
            "days": by_group.size(),
            "predicted": by_group["predicted"].mean(),
            "actual": by_group["actual"].mean(),
            "standard_error": by_group["actual"].sem(),
        }
    )


def errors_by_fold(forecasts: pd.DataFrame, returns: pd.Series) -> pd.DataFrame:
    """Return the root of the mean squared error of each fold: that of the forecast, and that of the training mean.

    Parameters
    ----------
    forecasts : DataFrame
        Indexed by the date of the forecast, with `predicted_return`, `fold` and the `training_mean` of the fold.
    returns : Series
        Returns to forecast, by the date of the forecast; days on which one of the two is NaN are left out.

    Returns
    -------
    DataFrame
        By `fold`: `first_date`, `days`, `rmse`, `mean_rmse`. A fold without a known return has no row.
    """
    actual = returns.reindex(forecasts.index)
    known = forecasts[actual.notna() & forecasts["predicted_return"].notna()]
    actual, fold = actual[known.index], known["fold"]
    return pd.DataFrame(
        {
            "first_date": known.index.to_series().groupby(fold).min(),
            "days": fold.groupby(fold).size(),
            "rmse": (known["predicted_return"] - actual).groupby(fold).apply(root_mean_square),
            "mean_rmse": (known["training_mean"] - actual).groupby(fold).apply(root_mean_square),
        }
    )
