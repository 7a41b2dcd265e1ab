"""Significance: how much of the ranking luck explains."""

from dataclasses import asdict
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.formatting import (
    UNDEFINED,
    count,
    display_name,
    interval,
    json_tree,
    number,
    p_value,
    percent,
)
from backtrader_walkforward.reports.pages.intervals import interval_glyph, scale_of
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.verdict.answer import UNDECIDED
from backtrader_walkforward.significance.verdict.luck_sentences import cases_of_100

PLACE = 10

IN_SET = {None: "", True: "yes", False: "no"}
"""Answers of the confidence set. They have no colour: neither of them is praise."""


def section(summary: RunSummary) -> Section:
    """Return the section; the verdict and the warnings stand at the top of every report."""
    comparison, significance = summary.comparison, summary.significance
    in_set = {r.name: IN_SET[significance.variant(r.name).in_confidence_set] for r in comparison.ranked}
    return Section(
        title="How much luck explains",
        lists={
            "The test of skill": figures_of_the_test(significance),
            f"The best: {display_name(comparison.best.name)}": figures_of_the_best(comparison.best, significance),
            "The ranking": figures_of_the_ranking(comparison, significance),
        },
        headline={"Luck alone does as well": cases_and_level(significance)},
        columns={
            "Sharpe, 95%\n(dashed: buy & hold)": interval_glyphs(comparison, significance),
            "Not told apart\nfrom the best": in_set,
        },
        above_ranking=True,
        entry={"trials": significance.trials, "significance": significance_entry(significance)},
        variants={r.name: asdict(significance.variant(r.name)) for r in comparison.ranked},
    )


def cases_and_level(significance: Significance) -> tuple[str, str]:
    """Return in how many of 100 cases luck does as well, and in how many it may where the run decides anything."""
    skill = significance.skill
    if skill is None:
        return UNDEFINED, "nothing to test"
    cases, evidence = cases_of_100(skill.p_value, skill.level)
    counts = "" if significance.headline in UNDECIDED else f"; {evidence} or fewer count as evidence"
    return f"{cases} of 100", f"cases{counts}"


def figures_of_the_test(significance: Significance) -> dict[str, str]:
    """Return the figures of the test, and its levels where it decides."""
    skill = significance.skill
    if skill is None:
        return {"Accounts with something to test": "0"}
    levels = {"Level for evidence, for strong evidence": f"{percent(skill.level)}, {percent(skill.strict_level)}"}
    return {
        "Account with the largest t-ratio": name_text(skill.account),
        "t-ratio of its return beyond the market": number(skill.t_ratio),
        "Share of histories without skill that do as well": p_value(skill.p_value),
        **({} if significance.headline in UNDECIDED else levels),
        "Distinct accounts, days": f"{skill.accounts}, {count(skill.days)}",
        "Earlier trials of other settings that count": count(skill.earlier),
        "Tests of these settings, this one included": count(skill.looks),
    }


def figures_of_the_best(best: BacktestResult, significance: Significance) -> dict[str, str]:
    """Return what is known of the best variant's Sharpe ratio."""
    return {
        "Sharpe ratio": number(best.metrics.sharpe),
        "95% interval": interval(significance.variant(best.name).sharpe_interval),
        "The best one if no variant earned anything on average": number(significance.expected_best_sharpe),
        "Confidence level against it (deflated Sharpe ratio)": confidence(significance.deflated_sharpe_ratio),
    }


def figures_of_the_ranking(comparison: Comparison, significance: Significance) -> dict[str, str]:
    """Return what is known of the ranking."""
    tied, moved = len(significance.confidence_set), sum(r.metrics.sharpe is not None for r in comparison.ranked)
    band = f", without skill {interval(significance.overfitting_band, 2)}" if significance.overfitting_band else ""
    return {
        "Some Sharpe ratio above buy & hold's (Hansen's SPA)": p_value(significance.superior_predictive_ability),
        "Probability of backtest overfitting": f"{number(significance.overfitting)}{band}",
        "Not told apart from the best (confidence set)": f"{tied} of {moved}" if tied else UNDEFINED,
    }


def significance_entry(significance: Significance) -> dict[str, Any]:
    """Return the figures of the ranking as plain JSON values; those of each variant stand with the variant."""
    entry = asdict(significance)
    del entry["variants"], entry["subjects"]
    return json_tree(entry)


def confidence(level: float | None) -> str:
    """Return a confidence level as text; none is 100 %.

    >>> confidence(0.9132), confidence(0.99999)
    ('91.3%', 'above 99.9%')
    """
    return "above 99.9%" if level is not None and level > 0.999 else percent(level, 1)


def interval_glyphs(comparison: Comparison, significance: Significance) -> dict[str, str]:
    """Return a small picture of each account's interval, all on one scale."""
    scale = scale_of(comparison, significance)
    return {
        result.name: interval_glyph(significance.variant(result.name).sharpe_interval, result.metrics.sharpe, scale)
        for result in comparison.results
    }
