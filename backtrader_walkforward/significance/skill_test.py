"""The test of skill: the largest alpha of all accounts, in standard errors, against histories without skill.

- Alpha is the mean daily return that the market does not explain: the constant of a regression on the market's returns.
- A history without skill is made from the residuals of a regression without alpha: each block of days keeps its sign or
  changes it, in all accounts at once, by the toss of a coin. This is the wild cluster bootstrap with the hypothesis
  imposed (Cameron, Gelbach, Miller, "Bootstrap-based improvements for inference with clustered errors", 2008). It holds
  for fat tails and for volatility that changes; the blocks keep autocorrelation, and the common signs the correlation.
- The standard error comes from the sums of the blocks. Hall's transformation ("On the removal of skewness by
  transformation", 1992) takes the skewness out of the ratio.
- The p-value is the share of histories in which the largest ratio of any account is as large (White, "A reality check
  for data snooping", 2000). Accounts that move together count as little more than one. A trial with a larger ratio was
  judged before, and leaves the others (Romano, Wolf, "Stepwise multiple testing as formalized data snooping", 2005).

`benchmarks/calibration.py` measures size and power.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from backtrader_walkforward.significance.account_scores import AccountScores
from backtrader_walkforward.significance.looks import levels_of_look
from backtrader_walkforward.significance.null_histories import DRAWS, NullHistories
from backtrader_walkforward.significance.result import ActiveAccount, SkillTest

LEAST_P_VALUE = 1 / (DRAWS + 1)
"""p-value of a ratio that no history without skill reaches: the data are one more history."""


def find_skill(
    own: Iterable[ActiveAccount],
    earlier: Iterable[ActiveAccount] = (),
    *,
    days: pd.DatetimeIndex | None = None,
    looks: Sequence[pd.DatetimeIndex] = (),
    seed: int = 0,
) -> SkillTest | None:
    """Test the account with the largest ratio.

    Parameters
    ----------
    own : iterable of ActiveAccount
        The accounts of this run, each with its own name.
    earlier : iterable of ActiveAccount
        Those of other trials. They count on the days that they share with this run, if these are 20 or more, and
        a twentieth of all. What was tried on other days is no search on these. More trials never make a result
        significant.
    days : DatetimeIndex, optional
        Days of the test; those of the first account if left out. An account that lacks some of them counts as an
        earlier trial does; the signs of a block are the same for all.
    looks : sequence of DatetimeIndex
        Days of each earlier test of the same settings, in their order (`looks`).
    seed : int
        Seed of the signs.

    Returns
    -------
    SkillTest or None
        None for fewer than 20 days, and where no account differs from a constant share of the market.
    """
    if days is None:
        own = list(own)
        days = pd.DatetimeIndex(own[0].returns.index if own else [])
    scores = {account.name: found for account in own if (found := AccountScores.of(account, days))}
    if not scores:
        return None
    others = [found for account in earlier if (found := AccountScores.of(account, days))]
    everything = [*scores.values(), *others]
    histories = NullHistories(everything, seed)
    ratios = [histories.ratio_of(one) for one in everything]
    place = int(np.argmax(ratios[: len(scores)]))
    level, strict_level = levels_of_look(days, looks)
    return SkillTest(
        account=list(scores)[place],
        t_ratio=everything[place].ratio,
        p_value=stepwise_p_value(place, ratios, histories),
        level=level,
        strict_level=strict_level,
        looks=len(looks) + 1,
        accounts=len(scores),
        earlier=len(others),
        days=len(days),
    )


def hurdle(accounts: Iterable[ActiveAccount], days: pd.DatetimeIndex, level: float, seed: int = 0) -> float | None:
    """Return the ratio that the best of these accounts needs for a p-value of `level`; None if none is active."""
    scores = [found for account in accounts if (found := AccountScores.of(account, days))]
    if not scores:
        return None
    *_, largest = NullHistories(scores, seed).largest(range(len(scores)))
    return float(np.quantile(largest, 1 - level))


def stepwise_p_value(place: int, ratios: Sequence[float], histories: NullHistories) -> float:
    """Return the p-value of the account at this place.

    Each account is compared with the largest of those whose ratio is no larger. Its p-value is at least that of every
    account with a larger one: where the best trial is luck, the next one is none either.
    """
    order = np.argsort(ratios, kind="stable")
    reached = [
        int((largest >= ratios[one]).sum())
        for one, largest in zip(order, histories.largest(order), strict=True)
        if ratios[one] >= ratios[place]
    ]
    return (1 + max(reached)) / (DRAWS + 1)
