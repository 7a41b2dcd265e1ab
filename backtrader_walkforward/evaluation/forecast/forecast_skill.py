"""How well a forecast did, and the same in words: beside the mean of its training days, and beside no change."""

from dataclasses import dataclass

from backtrader_walkforward.evaluation.forecast.forecast_tests import SIGNIFICANT, ForecastTest

LEAST_SPREAD = 0.02
"""Spread within folds below which a forecast says nearly the same every day.

The largest correlation with the next daily return that is realistic is .02; a forecast that moves less explains less
than .04 % of the variance, even if it is right."""


@dataclass(frozen=True, kw_only=True)
class ForecastSkill:
    """Errors of the predicted returns on the days whose own return is known, and tests of them.

    Attributes
    ----------
    days : int
        Forecasts that could be checked.
    rmse, mean_rmse, naive_rmse : float
        Root of the mean squared error of the predicted return; the same of the training mean of the day's fold, None
        where that is not known; and of the driftless walk, which says that tomorrow is like today.
    r_squared, naive_r_squared : float or None
        1 - squared errors / those of the training mean, and of the driftless walk: above 0 better, below 0 worse.
        None if the mean is not known, or prices never moved.
    clark_west, naive_clark_west : ForecastTest or None
        Tests whether the forecast knows more than the training mean, None where that is not known, and more than the
        driftless walk.
    mase, naive_mase : float or None
        Mean absolute errors of the forecast and of the driftless walk, in mean absolute returns of the days before.
    spread_within_folds : float or None
        Standard deviation of the forecast within its folds / that of the returns. None where that is not known.
    directional_accuracy : float or None
        Share of days on which the predicted return had the sign of the actual one, among days on which both moved.
    pesaran_timmermann : ForecastTest
        Test whether the forecast predicts the sign of the return.
    mean_error : float
        Mean of predicted - actual return: the bias.
    mean_error_share : float or None
        Mean error / RMSE, in [-1, 1]: at 1 and -1 every error is the same. None without an error.
    persistent_bias : float or None
        Mean errors of months / RMSE, in [0, 1]. It also finds a forecast that is too low for months, then too high.
    long_ratio, short_ratio : float
        Shares of these days on which a rise, and a fall, was forecast.
    """

    days: int
    rmse: float
    mean_rmse: float | None
    naive_rmse: float
    r_squared: float | None
    naive_r_squared: float | None
    clark_west: ForecastTest | None
    naive_clark_west: ForecastTest
    mase: float | None
    naive_mase: float | None
    spread_within_folds: float | None
    directional_accuracy: float | None
    pesaran_timmermann: ForecastTest
    mean_error: float
    mean_error_share: float | None
    persistent_bias: float | None
    long_ratio: float
    short_ratio: float

    @property
    def hardly_moves(self) -> bool:
        """Whether the forecast is known to say nearly the same on all days of a fold."""
        return self.spread_within_folds is not None and self.spread_within_folds < LEAST_SPREAD

    @property
    def clark_west_p_value(self) -> float | None:
        """The larger p-value of both tests by Clark and West, None where one is undefined.

        A forecast that is lower than a training mean that was too high passes the first, one that has the drift of the
        market passes the second. To pass both takes knowledge, and has at most the size of one (Berger 1982).
        """
        p_values = [test.p_value for test in (self.clark_west, self.naive_clark_west) if test]
        return None if None in p_values or len(p_values) < 2 else max(p for p in p_values if p is not None)

    @property
    def verdict(self) -> str:
        """Sentences that compare the forecast with both benchmarks."""
        return compare_to_benchmarks(self)


def compare_to_benchmarks(skill: ForecastSkill) -> str:
    """Return what the forecast adds to the mean of its training days, and its squared error beside both benchmarks."""
    if skill.naive_r_squared is None:
        return "The forecast cannot be judged: the price never moved."
    is_naive = not skill.long_ratio and not skill.short_ratio
    first = "The forecast is the naive one: tomorrow = today." if is_naive else compare_to_both(skill)
    subject = f"{first} Its squared error" if first else "The squared error of the forecast"
    r_squared = {
        "this mean" if first and not is_naive else "the mean of its training days": skill.r_squared,
        "the naive forecast, tomorrow = today": None if is_naive else skill.naive_r_squared,
    }
    errors = [f"{_relation(ratio)} that of {name}" for name, ratio in r_squared.items() if ratio is not None]
    return f"{subject} is {', and '.join(errors)}." if errors else first


def compare_to_both(skill: ForecastSkill) -> str:
    """Return what the forecast adds to the mean of its training days and to the naive forecast, in a sentence.

    There is none on a forecast that hardly moves and is ahead of the mean: a warning says that it tells nothing.
    """
    if skill.r_squared is None or skill.naive_r_squared is None:
        return "The forecast is compared with the naive one alone: the mean of its training days is not known."
    if skill.hardly_moves and skill.r_squared > 0:
        return ""
    p_value = skill.clark_west_p_value
    informs = p_value is not None and p_value < SIGNIFICANT and not skill.hardly_moves
    if skill.r_squared <= 0:
        although = ", although its movements may say something (Clark-West)" if informs else ""
        return f"The forecast is no better than the mean of its training days{although}."
    if skill.naive_r_squared <= 0:
        return "The forecast beats the mean of its training days, but not the naive forecast."
    beats = "The forecast beats the mean of its training days and the naive forecast"
    if informs:
        return f"{beats}, more than chance would give (Clark-West)."
    return f"{beats}, no more than chance may give{'' if p_value is None else f' (Clark-West p = {p_value:.2f})'}."


def _relation(r_squared: float) -> str:
    """Return the size of a squared error.

    >>> _relation(0.012), _relation(-0.5), _relation(-3.2), _relation(0.0)
    ('1.2% smaller than', '50.0% larger than', '4.2 times', 'within 0.1% of')
    """
    if abs(r_squared) < 0.001:
        return "within 0.1% of"
    if r_squared <= -1:
        return f"{1 - r_squared:.1f} times"
    return f"{abs(r_squared):.1%} {'smaller' if r_squared > 0 else 'larger'} than"
