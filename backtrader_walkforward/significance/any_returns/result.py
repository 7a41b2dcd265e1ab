"""What luck explains of returns from anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.significance.verdict.answer import NO_EVIDENCE, headline_of
from backtrader_walkforward.significance.verdict.luck_sentences import luck_text, tried_text


@dataclass(frozen=True, kw_only=True, repr=False)
class ReturnsSignificance:
    """What luck explains of some returns. A notebook shows the verdict.

    Attributes
    ----------
    skill : SkillTest or None
        The test; None where every series is a constant share of the benchmark.
    sharpe : mapping of str to float or None
        Annual Sharpe ratio of each series; None where it is flat.
    intervals : mapping of str to tuple of two floats
        95 % interval of each Sharpe ratio that is not None, from days drawn again.
    """

    skill: SkillTest | None
    sharpe: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]

    @property
    def p_value(self) -> float | None:
        """Share of histories without skill in which the best of all does as well."""
        return self.skill.p_value if self.skill else None

    @property
    def t_ratio(self) -> float | None:
        """Largest mean return beyond the benchmark / standard error, corrected for skewness."""
        return self.skill.t_ratio if self.skill else None

    @property
    def shows_skill(self) -> bool:
        """Whether there is evidence of skill."""
        return bool(self.skill and self.skill.shows_skill)

    @property
    def headline(self) -> str:
        """The answer in a few words."""
        return headline_of(self.skill) if self.skill else NO_EVIDENCE

    @property
    def verdict(self) -> str:
        """The answer, what luck does, and the figures of the best series."""
        if not self.skill:
            return f"{self.headline}. Every series is a constant share of the benchmark, and adds nothing to it."
        best = self.skill.account
        low, high = self.intervals[best]
        return " ".join(
            [
                f"{self.headline}.",
                luck_text(self.skill),
                *tried_text(self.skill),
                f"The best is {best}: what it earned beyond the benchmark has a t-ratio of {self.skill.t_ratio:z.1f}."
                f" The Sharpe ratio is {self.sharpe[best]:z.2f}; after {self.skill.days} returns it may as well be"
                f" anything from {low:z.1f} to {high:z.1f}.",
            ]
        )

    def __str__(self) -> str:
        """Return the verdict."""
        return self.verdict

    def __repr__(self) -> str:
        p_value = "none" if self.p_value is None else f"{self.p_value:.4f}"
        return f"<ReturnsSignificance: {self.headline}, p-value {p_value}, {len(self.sharpe)} series>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.verdict)}</p>"
