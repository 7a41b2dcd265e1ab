"""What luck, and the market, explain of a ranking, in figures and in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backtrader_walkforward.evaluation.metrics import TRADING_DAYS


@dataclass(frozen=True, kw_only=True)
class VariantSignificance:
    """How far one variant's Sharpe ratio may be luck; None where it has none.

    Attributes
    ----------
    sharpe_interval : tuple of two floats, or None
        95 % interval of the annual Sharpe ratio. None also below twenty days.
    probabilistic_sharpe_ratio : float or None
        Probability that the true Sharpe ratio is above 0, taken alone.
    minimum_track_record_days : float or None
        Days after which the Sharpe ratio would be told from 0. None also for one not above 0.
    in_confidence_set : bool or None
        Whether it cannot be told from the best of the variants.
    """

    sharpe_interval: tuple[float, float] | None = None
    probabilistic_sharpe_ratio: float | None = None
    minimum_track_record_days: float | None = None
    in_confidence_set: bool | None = None

    @property
    def minimum_track_record_years(self) -> float | None:
        """The minimum track record length in years of trading days."""
        days = self.minimum_track_record_days
        return None if days is None else days / TRADING_DAYS


@dataclass(frozen=True, kw_only=True)
class TrialRatios:
    """The annual ratios of a trial of another run, None where it has none, and the days that they come from."""

    days: int
    sharpe: float | None
    appraisal: float | None

    def sharpe_over(self, days: int) -> float | None:
        """Return the Sharpe ratio as far from 0, in standard errors, over another number of days."""
        return self._over(self.sharpe, days)

    def appraisal_over(self, days: int) -> float | None:
        """Return the appraisal ratio likewise."""
        return self._over(self.appraisal, days)

    def _over(self, ratio: float | None, days: int) -> float | None:
        return None if ratio is None else ratio * ((self.days - 1) / (days - 1)) ** 0.5


@dataclass(frozen=True, kw_only=True)
class Significance:
    """What luck, and the market, explain of a ranking.

    Attributes
    ----------
    trials : int
        Variants that were compared, those of earlier runs too where they are known.
    earlier_runs_counted : bool
        Whether they are.
    verdict : str
        All of it in words.
    warnings : tuple of str
        What must be known beside the verdict, a sentence each.
    shows_skill : bool
        Whether the run is evidence of skill; see `assess_significance` for what that takes.
    expected_best_sharpe : float or None
        Annual Sharpe ratio that the best of the trials would show without skill.
    deflated_sharpe_ratio : float or None
        Probability that the winner's true Sharpe ratio is above that.
    deflated_appraisal_ratio : float or None
        The same probability for what the winner's active account earned beyond its share in the market: holding it
        in a good year is no skill. None if that account never traded.
    superior_predictive_ability : float or None
        p-value of "no variant has a higher Sharpe ratio than buy & hold".
    overfitting, overfitting_band, overfitting_blocks
        Probability of backtest overfitting, its 5 to 95 % band without skill, and the blocks it was computed from.
    confidence_set : tuple of str
        Variants that cannot be told from the best.
    minimum_backtest_years : float or None
        Years needed for the best of the trials without skill to be expected below an annual Sharpe ratio of 1.
    minimum_backtest_years_for_best : float or None
        The same for the winner's Sharpe ratio; None if that is not above 0.
    variants : mapping of str to VariantSignificance
        The figures of each variant by its name.
    """

    trials: int
    verdict: str
    earlier_runs_counted: bool = False
    warnings: tuple[str, ...] = ()
    shows_skill: bool = False
    expected_best_sharpe: float | None = None
    deflated_sharpe_ratio: float | None = None
    deflated_appraisal_ratio: float | None = None
    superior_predictive_ability: float | None = None
    overfitting: float | None = None
    overfitting_band: tuple[float, float] | None = None
    overfitting_blocks: int | None = None
    confidence_set: tuple[str, ...] = ()
    minimum_backtest_years: float | None = None
    minimum_backtest_years_for_best: float | None = None
    variants: Mapping[str, VariantSignificance] = field(default_factory=dict)

    def variant(self, name: str) -> VariantSignificance:
        """Return the figures of one variant, all undefined where there are none."""
        return self.variants.get(name, VariantSignificance())
