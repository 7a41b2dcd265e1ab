"""The charts below the axis of time: their figures are those of the run, and the same run gives the same text."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bokeh.models import GlyphRenderer, GroupFilter, LinearColorMapper, MultiLine, Quad, Rect, Scatter

from backtrader_walkforward.evaluation import CostTotals, LearningCurve, calibrate, errors_by_fold, monthly_returns
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.charts import charts_of, costs, distribution, fold_errors, months
from backtrader_walkforward.reports.explore.charts.calibration import calibration_text
from backtrader_walkforward.reports.explore.charts.spread import spread_text
from backtrader_walkforward.reports.explore.embed import models_json
from backtrader_walkforward.reports.formatting import display_name

NAMES = ["calibration", "fold_errors", "training", "spread", "months", "distribution", "costs"]


@pytest.fixture(scope="module")
def charts(summary):
    return charts_of(summary)


def columns_of(chart, glyph):
    """Return the columns of the first renderer with such a glyph."""
    renderers = [one for one in chart.model.references() if isinstance(one, GlyphRenderer)]
    [first, *_] = sorted((one for one in renderers if isinstance(one.glyph, glyph)), key=lambda one: int(one.id[1:]))
    return pd.DataFrame({name: list(values) for name, values in first.data_source.data.items()})


def test_each_chart_has_words_a_description_and_its_figures(charts):
    assert list(charts) == NAMES
    for chart in charts.values():
        assert chart.title
        assert chart.says.endswith(".")
        assert chart.description
        assert all(table.rows for table in (chart.table, *chart.tables_of_variants) if table)


def test_fifths_are_those_of_the_run(charts, summary):
    fifths = calibrate(summary.forecasts, next_return(summary.prices.frame, "return"))
    [*cells] = charts["calibration"].table.rows
    assert [int(row[1]) for row in cells] == fifths["days"].tolist()
    assert cells[0][3] == f"{fifths.loc[1, 'actual']:.3%}"
    assert f"{fifths['actual'].iloc[-1] - fifths['actual'].iloc[0]:.3%}" in charts["calibration"].says


def test_a_forecast_that_never_changes_has_no_fifths(summary):
    constant = summary.forecasts.assign(predicted_return=0.001)
    assert "calibration" not in charts_of(replace(summary, forecasts=constant))


@pytest.mark.parametrize(
    ("highest", "doubt"), [(0.0097, "within what chance gives"), (0.0099, "more than chance gives in 95 of 100 cases")]
)
def test_a_difference_of_the_fifths_is_doubted_up_to_196_standard_errors(highest, doubt):
    """The standard error is sqrt(0.3%² + 0.4%²) = 0.5%, and 1.96 of them are 0.98%."""
    fifths = pd.DataFrame(
        {"predicted": [-0.001, 0.003], "actual": [0.0, highest], "standard_error": [0.003, 0.004], "days": 50}, [1, 2]
    )
    text = calibration_text(fifths, "from that close to the next")
    assert f"a difference of {highest:.3%}, where 0.400% was forecast." in text
    assert f"The standard error of this difference is 0.500%, so it is {doubt}. The bars" in text


def test_fits_below_the_dashed_line_are_counted(summary):
    folds = [
        replace(fold, spread=spread)
        for fold, spread in zip(summary.forecast_summary.by_fold, (0.001, 0.0199, 0.02, 0.3), strict=False)
    ]
    assert "In 2 of 4 fits they move less than 2% (dashed line)" in spread_text(folds, 0.05)


def test_errors_of_the_fits_are_those_of_the_run(charts, summary):
    errors = errors_by_fold(summary.forecasts, next_return(summary.prices.frame, "return"))
    rows = charts["fold_errors"].table.rows
    assert [row[3] for row in rows] == [f"{value:.3%}" for value in errors["rmse"]]
    drawn = columns_of(charts["fold_errors"], Quad)
    assert drawn["difference"].lt(0).all()  # the first bars are those below 0
    assert set(drawn["fold"]) == set(errors.index[errors["rmse"] < errors["mean_rmse"]])
    better = int((errors["rmse"] < errors["mean_rmse"]).sum())
    assert f"In {better} of {len(errors)} fits it missed by less" in charts["fold_errors"].says


def test_training_draws_every_fit(charts, summary):
    curves = columns_of(charts["training"], MultiLine)
    folds = summary.forecast_summary.by_fold
    assert curves["fold"].tolist() == [fold.fold for fold in folds]
    assert curves["training"][0] == pytest.approx(folds[0].learning_curves[0].training, rel=1e-3)


def test_the_fit_under_the_pointer_stands_out_with_both_its_lines(charts):
    """The lines share their source, so that what is under the pointer in one is so in the other."""
    lines = [one for one in charts["training"].model.renderers if isinstance(one.glyph, MultiLine)]
    assert [line.hover_glyph.line_width for line in lines] == [3.5, 3.5]
    assert lines[0].data_source is lines[1].data_source


def test_epochs_are_whole(charts):
    assert charts["training"].model.xaxis.ticker.min_interval == 1


def test_fits_without_a_validation_error_have_a_training_line_and_no_dot(summary):
    """Their number of epochs was that of an earlier fit."""
    curve = LearningCurve.of_members([np.array([[1.0, np.nan], [0.8, np.nan]])])
    folds = tuple(replace(fold, learning_curves=curve) for fold in summary.forecast_summary.by_fold)
    drawn = charts_of(replace(summary, forecast_summary=replace(summary.forecast_summary, by_fold=folds)))["training"]
    lines = columns_of(drawn, MultiLine)
    assert lines["training"].tolist() == [[1.0, 0.8]] * len(folds)
    assert np.isnan(np.concatenate(lines["validation"].tolist())).all()
    assert columns_of(drawn, Scatter).empty


def test_a_predictor_without_epochs_has_no_training(summary):
    untrained = tuple(replace(fold, learning_curves=()) for fold in summary.forecast_summary.by_fold)
    forecast = replace(summary.forecast_summary, by_fold=untrained)
    assert "training" not in charts_of(replace(summary, forecast_summary=forecast))


def test_months_are_those_of_each_variant_and_empty_before_the_test(charts, summary):
    cells = columns_of(charts["months"], Rect)
    for place, result in enumerate(summary.comparison.results):
        own = cells[(cells["place"] == str(place)) & (cells["month"] != "Year")]
        expected = monthly_returns(result.equity).to_numpy().ravel()
        assert own["value"].tolist() == pytest.approx(expected[np.isfinite(expected)].tolist())
        years = cells[(cells["place"] == str(place)) & (cells["month"] == "Year")]["value"]
        assert np.prod(1 + years) == pytest.approx(result.equity.iloc[-1] / result.equity.iloc[0])


def test_sentences_speak_of_each_variant(charts, summary):
    variants = summary.comparison.ranked
    for name in ("months", "distribution"):
        texts = charts[name].of_variants
        assert len(texts) == len(variants)
        for text, result in zip(texts, variants, strict=True):
            assert display_name(result.name) in text
    for text, result in zip(charts["months"].of_variants, variants, strict=True):
        assert f"{monthly_returns(result.equity).min(axis=None):.2%}" in text
    for text, result in zip(charts["distribution"].of_variants, variants, strict=True):
        assert f"{result.returns.min():.2%}" in text


def test_tables_name_variants_as_the_charts_do(charts, summary):
    names = [display_name(result.name) for result in summary.comparison.results]
    for name in ("distribution", "costs"):
        assert [row[0] for row in charts[name].table.rows] == names
    assert [table.title for table in charts["months"].tables_of_variants] == [
        f"The months of {name} in figures" for name in names[:-1]
    ]


def test_one_fit_stands_in_the_table():
    errors = pd.DataFrame({"difference": [-0.1, 0.2]})
    assert fold_errors.errors_text(errors, 1).endswith("1 fit with too few days stands in the table alone.")
    assert fold_errors.errors_text(errors, 2).endswith("2 fits with too few days stand in the table alone.")


def test_a_filter_shows_the_variant_in_detail(charts):
    for name in ("months", "distribution"):
        filters = [one for one in charts[name].model.references() if isinstance(one, GroupFilter)]
        assert {one.group for one in filters if one.name == "detail"} == {"0"}
        assert {one.group for one in filters if one.name != "detail"} == {"3"}  # buy & hold, after three variants


def test_the_distribution_counts_every_day_that_moved_in_the_same_bins(charts, summary):
    bars = columns_of(charts["distribution"], Quad)
    edges = set(bars["left"]) | set(bars["right"])
    for place, result in enumerate(summary.comparison.results):
        own = bars[bars["place"] == str(place)]
        assert own["days"].sum() == (result.returns != 0).sum()
        assert own["share"].sum() == pytest.approx(1)
        assert set(own["left"]) <= edges
    worst = summary.comparison.benchmark.returns.min()
    assert charts["distribution"].table.rows[-1][1].startswith(f"{worst:.2%}, ")


def test_bins_are_round_and_zero_is_an_edge():
    edges = distribution.edges_of(np.array([-0.0312, 0.0198]), 20)
    assert np.diff(edges) == pytest.approx(0.005)
    assert (edges[0], edges[-1]) == pytest.approx((-0.035, 0.02))
    assert np.abs(edges).min() == 0


def test_costs_are_stacked_shares_of_the_capital(summary):
    best = summary.comparison.best
    capital = best.equity.iloc[0]
    paid = replace(
        best, costs=CostTotals(commission=0.01 * capital, slippage=0.02 * capital, cash_interest=capital / 50)
    )
    comparison = replace(summary.comparison, ranked=(paid, *summary.comparison.ranked[1:]))
    chart = costs.chart(replace(summary, comparison=comparison))
    commission = columns_of(chart, Quad)
    assert commission[["left", "right"]].iloc[0].tolist() == pytest.approx([0, 0.01])
    assert chart.table.rows[0][1:5] == ("1.00%", "2.00%", "0.00%", "2.00%")


def test_without_costs_the_turnover_is_left(charts, summary):
    assert charts["costs"].title == "Turnover"
    turnover = columns_of(charts["costs"], Quad)["turnover"]
    assert turnover.tolist() == pytest.approx([one.metrics.turnover for one in summary.comparison.results])


def test_every_shade_has_a_dark_one(charts):
    for shades in {one for one in charts["months"].model.references() if isinstance(one, LinearColorMapper)}:
        assert (shades.low, shades.high) == (-4.5, 4.5)
        assert [colour in palette.DARK for colour in shades.palette] == [True] * 9


def test_a_shade_tells_the_sign_of_every_return_that_does_not_read_zero():
    """Of a scale of 20 % a month, a loss of 0.3 % and a gain of 0.3 % are one step away from what reads 0.0."""
    values = [0.2, -0.2, 0.022, -0.022, 0.003, -0.003, 0.0004, -0.0004, 0.0, 0.5]
    cells = pd.DataFrame({"month": ["Jan"] * 9 + ["Year"], "value": values})
    cells["text"] = cells["value"].map(months.short_percent)
    assert months.shade_steps(cells).tolist() == [4, -4, 1, -1, 1, -1, 0, 0, 0, 4]


def test_the_same_run_gives_the_same_text(summary):
    first, again = (models_json({name: one.model for name, one in charts_of(summary).items()}) for _ in range(2))
    assert first == again


def test_every_month_has_one_decimal():
    assert [months.short_percent(value) for value in (-0.999, -0.0996, -0.0994, 0.1)] == [
        "-99.9",
        "-10.0",
        "-9.9",
        "10.0",
    ]


def test_one_purchase_is_no_trading(comparison):
    """Buy & hold buys once; its turnover in a short test is high, and none of its costs come again."""
    once = replace(comparison.ranked[0], fills=comparison.benchmark.fills.head(1))
    assert costs.costs_text([once], False) == (
        "No variant traded after its first purchase. To buy and sell everything once a year is a turnover of 2."
    )
    said = costs.costs_text([once, comparison.ranked[1]], False)
    assert said.startswith(f"{display_name(comparison.ranked[1].name)} trades most: ")
    assert said.endswith(" This run has no costs: with them, a high turnover is what costs most.")
