"""Skill of a ranking: do the tickers with the higher forecasts earn the higher returns?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import ForecastTest
from backtrader_walkforward.evaluation.forecast.forecast_tests import mean_test, standard_error

FEWEST_TICKERS = 3
"""Tickers of a day with a forecast and a known return below which the day is left out: two are in order or not."""

FIFTHS, THIRDS = 5, 3
"""Groups by forecast. A panel has thirds where fifths of its median day would hold fewer than `FEWEST_A_FIFTH`."""

FEWEST_A_FIFTH = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class RankingSkill:
    """How well the forecasts of each day rank the tickers.

    Attributes
    ----------
    ic : Series
        Rank IC by day: Spearman's correlation, over the tickers, of the forecast with the return that it is of. 0 where
        all forecasts, or all returns, are equal.
    left_out : int
        Days with a forecast whose return is known, but of fewer than three tickers.
    tickers : float
        Tickers of the median day that was ranked; 0 without one.
    hit_rate : float or None
        Share of forecasts with the sign of their return, of all days and tickers on which both moved.
    fifths : Series
        Mean return by fifth of forecast, from 1, the lowest, to 5; of thirds where the median day has fewer than ten
        tickers. On each day the return of a fifth is that of its tickers in equal shares.
    spreads : Series
        By day: return of the highest fifth less that of the lowest, without costs. 0 where equal forecasts leave one of
        them empty.
    by_year : DataFrame
        A row a year: `mean_ic`, `t_ratio`, `days` ranked, `hit_rate` and `spread`, the mean a day.
    """

    ic: pd.Series
    left_out: int
    tickers: float
    hit_rate: float | None
    fifths: pd.Series
    spreads: pd.Series
    by_year: pd.DataFrame

    @property
    def mean_ic(self) -> float | None:
        """Mean rank IC, None without a day."""
        return float(self.ic.mean()) if len(self.ic) else None

    @property
    def test(self) -> ForecastTest:
        """Test whether the mean IC is above 0, with errors that hold under autocorrelation (Newey, West 1987)."""
        return mean_test(self.ic)

    @property
    def t_ratio(self) -> float | None:
        """Mean IC / its standard error; None where it is undefined."""
        return self.test.statistic

    @property
    def p_value(self) -> float | None:
        """One-sided p-value of the mean IC; None where it is undefined."""
        return self.test.p_value

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean IC; None for fewer than two different days."""
        return standard_error(self.ic)

    @property
    def group(self) -> str:
        """Name of a group of tickers by forecast."""
        return "fifth" if len(self.fifths) == FIFTHS else "third"

    @property
    def spread(self) -> float | None:
        """Mean return a day of the highest fifth less the lowest; None without a day."""
        return float(self.spreads.mean()) if len(self.spreads) else None

    @property
    def spread_t_ratio(self) -> float | None:
        """Spread / its standard error, as that of the IC; None where it is undefined."""
        return mean_test(self.spreads).statistic


def measure_ranking(forecasts: pd.DataFrame, returns: pd.DataFrame) -> RankingSkill:
    """Measure how forecasts rank the tickers.

    Parameters
    ----------
    forecasts : DataFrame (days, tickers)
        Predicted returns; NaN where a ticker has none.
    returns : DataFrame (days, tickers)
        The return that each forecast is of; NaN where it is not known.
    """
    predicted, actual = known_pairs(forecasts, returns)
    ic = rank_correlations(predicted, actual)
    count = predicted.count(axis=1)
    tickers = float(count[ic.index].median()) if len(ic) else 0.0
    groups = FIFTHS if tickers >= FIFTHS * FEWEST_A_FIFTH else THIRDS
    by_group = returns_by_group(predicted.loc[ic.index], actual.loc[ic.index], groups)
    spreads = (by_group[groups] - by_group[1]).fillna(0.0).rename("spread")
    hits, moved = signs(predicted, actual)
    return RankingSkill(
        ic=ic,
        left_out=int((count > 0).sum()) - len(ic),
        tickers=tickers,
        hit_rate=float(hits.sum() / moved.sum()) if moved.any() else None,
        fifths=by_group.mean().rename("mean_return"),
        spreads=spreads,
        by_year=table_by_year(ic, spreads, hits, moved),
    )


def known_pairs(forecasts: pd.DataFrame, returns: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return forecasts and returns, NaN where one of the two is, with the tickers in order."""
    predicted = forecasts.sort_index(axis=1).astype(float)
    actual = returns.reindex(index=predicted.index, columns=predicted.columns).astype(float)
    return predicted.where(actual.notna()), actual.where(predicted.notna())


def rank_correlations(forecasts: pd.DataFrame, returns: pd.DataFrame) -> pd.Series:
    """Return Spearman's correlation over the tickers of each day with at least three of them; ties share a rank.

    0 where all forecasts, or all returns, are equal.
    """
    predicted, actual = known_pairs(forecasts, returns)
    enough = predicted.count(axis=1) >= FEWEST_TICKERS
    predicted, actual = centred_ranks(predicted[enough]), centred_ranks(actual[enough])
    size = ((predicted**2).sum(axis=1) * (actual**2).sum(axis=1)) ** 0.5
    return ((predicted * actual).sum(axis=1) / size.where(size > 0)).fillna(0.0).rename("ic")


def centred_ranks(values: pd.DataFrame) -> pd.DataFrame:
    """Return the rank of each value in its row less the mean rank; equal values share the mean of theirs."""
    return values.rank(axis=1).sub((values.count(axis=1) + 1) / 2, axis=0)


def returns_by_group(predicted: pd.DataFrame, actual: pd.DataFrame, groups: int) -> pd.DataFrame:
    """Return the mean return of each group by forecast, (days, groups), from 1, the lowest; NaN for an empty one.

    The rank r of n tickers lies at (r - 1/2) groups / n. Equal forecasts share a place, and so a group: on a border it
    is the one nearer to the middle, so that forecasts with the sign turned have the same groups, turned.
    """
    place = (predicted.rank(axis=1) - 0.5).mul(groups).div(predicted.count(axis=1), axis=0)
    number = (place // 1).where(place <= groups / 2, -(-place // 1) - 1) + 1
    return pd.DataFrame({group: actual.where(number == group).mean(axis=1) for group in range(1, groups + 1)})


def signs(predicted: pd.DataFrame, actual: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return by day how many forecasts had the sign of their return, and how many could: both moved."""
    moved = predicted.notna() & (predicted != 0) & (actual != 0)
    return (moved & (np.sign(predicted) == np.sign(actual))).sum(axis=1), moved.sum(axis=1)


def table_by_year(ic: pd.Series, spreads: pd.Series, hits: pd.Series, moved: pd.Series) -> pd.DataFrame:
    """Return the figures of each year."""
    by_year = [one.groupby(pd.DatetimeIndex(one.index).year) for one in (ic, spreads, hits, moved)]
    ics, earned, right, possible = by_year
    table = pd.DataFrame(
        {
            "mean_ic": ics.mean(),
            "t_ratio": pd.Series({year: mean_test(one).statistic for year, one in ics}, dtype=float),
            "days": ics.size(),
            "hit_rate": right.sum() / possible.sum().replace(0, np.nan),
            "spread": earned.mean(),
        },
        index=possible.size().index.rename("year"),
    )
    return table.fillna({"days": 0}).astype({"days": int})
