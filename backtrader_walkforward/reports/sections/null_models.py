"""Null models: strategies without information, run through the same broker."""

from dataclasses import asdict

from backtrader_walkforward.evaluation import BacktestResult, NullModels
from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table

PLACE = 40


def section(summary: RunSummary) -> Section:
    """Return the section; empty where no draws were asked for."""
    null_models = summary.diagnostics.null_models
    if null_models is None:
        return Section(entry={"null_models": None})
    percentiles = {result.name: null_models.percentiles[result.name] for result in summary.comparison.ranked}
    columns = {
        "Above its forecasts\nin random order": [percent(its.shuffled, 0) for its in percentiles.values()],
        "Above its positions\non other days": [percent(its.shifted_positions, 0) for its in percentiles.values()],
    }
    entry = {
        "draws": null_models.draws,
        "always_long": asdict(null_models.always_long),
        "always_short": asdict(null_models.always_short),
    }
    return Section(
        title="Comparison with strategies without information",
        sentences=[null_models_text(summary.comparison.best, null_models)],
        brief=(),
        tables=[Table.of_variants(percentiles, columns, on_terminal=False)],
        entry={"null_models": entry},
        variants={
            name: {"above_shuffled": its.shuffled, "above_shifted_positions": its.shifted_positions}
            for name, its in percentiles.items()
        },
    )


def null_models_text(best: BacktestResult, null_models: NullModels) -> str:
    """Return where the best variant stands among accounts without information; nowhere if it took no position."""
    its = null_models.percentiles[best.name]
    always_long, always_short = (
        f"{percent(constant.total_return)} (Sharpe ratio {number(constant.sharpe)})"
        for constant in (null_models.always_long, null_models.always_short)
    )
    stands = (
        f"{display_name(best.name)} has a higher Sharpe ratio than {percent(its.shuffled, 0)} of {null_models.draws}"
        " accounts that traded its forecasts in random order, and than"
        f" {percent(its.shifted_positions, 0)} of {null_models.draws} that held its positions on other days."
    )
    if not best.weights.any():
        stands = f"{display_name(best.name)} took no position of its own, so there is nothing to compare."
    return (
        f"Null models, accounts without information: {stands} Always long gave {always_long}, always short"
        f" {always_short}."
    )
