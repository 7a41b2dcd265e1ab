"""The result of the significance tests of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

LEVEL, STRICT_LEVEL = 0.05, 0.01
"""Levels of the test of skill, declared before any result: evidence, and strong evidence."""


@dataclass(frozen=True, kw_only=True)
class ActiveAccount:
    """An account that trades, beside its market: daily returns above the interest on cash, on the same days."""

    name: str
    returns: pd.Series
    market: pd.Series


@dataclass(frozen=True, kw_only=True)
class SkillTest:
    """The test of skill: does the best account earn more than its market and luck explain?

    Attributes
    ----------
    account : str
        The account with the largest t-ratio.
    t_ratio : float
        Its mean daily return that the market does not explain, divided by the standard error.
    p_value : float
        Share of histories without skill in which the best of all trials does as well.
    level, strict_level : float
        What is left of 5 % and of 1 % for this look.
    looks : int
        How often these settings were tested, on data that ended on different days, this time included.
    accounts : int
        Distinct active accounts of the run.
    earlier : int
        Trials of other runs that the p-value counts.
    days : int
        Days of the test.
    """

    account: str
    t_ratio: float
    p_value: float
    level: float = LEVEL
    strict_level: float = STRICT_LEVEL
    looks: int = 1
    accounts: int = 1
    earlier: int = 0
    days: int

    @property
    def shows_skill(self) -> bool:
        """Whether there is evidence of skill."""
        return self.p_value <= self.level

    @property
    def is_strong(self) -> bool:
        """Whether the evidence is strong."""
        return self.p_value <= self.strict_level


@dataclass(frozen=True, kw_only=True)
class VariantSignificance:
    """The tests of one variant; None where it has no Sharpe ratio.

    Attributes
    ----------
    sharpe_interval : tuple of two floats, or None
        95 % interval of the annual Sharpe ratio. None also for fewer than 20 days.
    probabilistic_sharpe_ratio : float or None
        Probability that the true Sharpe ratio is above 0, for a single trial.
    minimum_track_record_days : float or None
        Days needed to tell the Sharpe ratio from 0 with 95 % confidence. None also if it is not above 0.
    in_confidence_set : bool or None
        Whether the variant does not differ from the best at the 10 % level.
    """

    sharpe_interval: tuple[float, float] | None = None
    probabilistic_sharpe_ratio: float | None = None
    minimum_track_record_days: float | None = None
    in_confidence_set: bool | None = None


@dataclass(frozen=True, kw_only=True)
class TrialRatios:
    """The annual ratios of a trial, None where it has none, and the number of days that they come from."""

    days: int
    sharpe: float | None
    appraisal: float | None

    def over(self, days: int) -> "TrialRatios":
        """Return the ratios over another number of days that are as many standard errors from 0."""
        factor = ((self.days - 1) / (days - 1)) ** 0.5
        sharpe, appraisal = (None if ratio is None else ratio * factor for ratio in (self.sharpe, self.appraisal))
        return TrialRatios(days=days, sharpe=sharpe, appraisal=appraisal)


@dataclass(frozen=True, kw_only=True)
class Significance:
    """How much of a ranking is explained by luck and by the market.

    Attributes
    ----------
    trials : int
        Number of distinct variants tried, those of earlier runs included if they are known.
    skill : SkillTest or None
        The test of skill. None for fewer than 20 days, and where no account ever traded.
    headline : str
        The answer in a few words: "No evidence of skill".
    reason : str
        The one reason that decides, a sentence.
    earlier_runs_counted : bool
        Whether the trials of earlier runs are known.
    verdict : str
        The verdict as text.
    warnings : tuple of str
        The warnings that are triggered, a sentence each.
    shows_skill : bool
        Whether the run is evidence of skill (see `assess_significance`).
    expected_best_sharpe : float or None
        Annual Sharpe ratio that the best of the trials is expected to have without skill.
    deflated_sharpe_ratio : float or None
        Probability that the true Sharpe ratio of the best variant is above `expected_best_sharpe`.
    deflated_appraisal_ratio : float or None
        The same probability for the returns of its active account that the market does not explain: to hold the
        market in a good year is no skill. None if that account never traded.
    superior_predictive_ability : float or None
        p-value of "no variant has a higher Sharpe ratio than buy & hold".
    overfitting, overfitting_band, overfitting_blocks
        Probability of backtest overfitting, its 5 to 95 % band without skill, and the number of blocks.
    confidence_set : tuple of str
        Variants that do not differ from the best at the 10 % level.
    minimum_backtest_years : float or None
        Years after which the best of the trials without skill is expected below an annual Sharpe ratio of 1.
    minimum_backtest_years_for_best : float or None
        The same for the Sharpe ratio of the best variant; None if it is not above 0.
    variants : mapping of str to VariantSignificance
        The figures of each variant by its name.
    """

    trials: int
    skill: SkillTest | None = None
    headline: str = ""
    reason: str = ""
    verdict: str = ""
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
        """Return the figures of one variant, all None if there are none."""
        return self.variants.get(name, VariantSignificance())
