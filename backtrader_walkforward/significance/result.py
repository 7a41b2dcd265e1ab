"""The result of the significance tests of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

LEVEL, STRICT_LEVEL = 0.05, 0.01
"""Levels of the test of skill, declared before any result: evidence, and strong evidence."""

FEWEST_DAYS = 20
"""Fewest days of a test, and of days drawn again: the formula for the length of a block needs a dozen."""


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
        Its mean daily return that the market does not explain / standard error, corrected for skewness.
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
    in_confidence_set : bool or None
        Whether the variant does not differ from the best at the 10 % level.
    """

    sharpe_interval: tuple[float, float] | None = None
    in_confidence_set: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Significance:
    """How much of a ranking is explained by luck and by the market.

    Attributes
    ----------
    skill : SkillTest or None
        The test of skill. None for fewer than 20 days, and where no account ever traded.
    headline : str
        The answer in a few words: "No evidence of skill".
    reason : str
        The one reason that decides, a sentence.
    verdict : str
        The verdict as text.
    warnings : tuple of str
        The warnings that are triggered, a sentence each.
    subjects : mapping of str to str
        The name of the variant that a warning is about, by its text; "" for the whole run.
    shows_skill : bool
        Whether the run is evidence of skill (see `assess_significance`).
    expected_best_sharpe : float or None
        Annual Sharpe ratio that the best variant would have on average without skill, from days drawn again.
    deflated_sharpe_ratio : float or None
        Confidence level of "the Sharpe ratio of the best variant is above `expected_best_sharpe`".
    superior_predictive_ability : float or None
        p-value of "no variant has a higher Sharpe ratio than buy & hold".
    overfitting, overfitting_band, overfitting_blocks
        Probability of backtest overfitting, its 5 to 95 % band without skill, and the number of blocks.
    confidence_set : tuple of str
        Variants that do not differ from the best at the 10 % level.
    variants : mapping of str to VariantSignificance
        The figures of each variant by its name.
    """

    skill: SkillTest | None = None
    headline: str = ""
    reason: str = ""
    verdict: str = ""
    warnings: tuple[str, ...] = ()
    subjects: Mapping[str, str] = field(default_factory=dict)
    shows_skill: bool = False
    expected_best_sharpe: float | None = None
    deflated_sharpe_ratio: float | None = None
    superior_predictive_ability: float | None = None
    overfitting: float | None = None
    overfitting_band: tuple[float, float] | None = None
    overfitting_blocks: int | None = None
    confidence_set: tuple[str, ...] = ()
    variants: Mapping[str, VariantSignificance] = field(default_factory=dict)

    @property
    def trials(self) -> int:
        """Number of distinct accounts that the test counts, those of earlier trials included."""
        return self.skill.accounts + self.skill.earlier if self.skill else 0

    def variant(self, name: str) -> VariantSignificance:
        """Return the figures of one variant, all None if there are none."""
        return self.variants.get(name, VariantSignificance())
