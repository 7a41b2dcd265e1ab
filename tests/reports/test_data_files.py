import io
from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.evaluation import Comparison, measure_performance
from backtrader_walkforward.reports.data_files import csv_tables, escape_formula, to_csv


def csv_files(summary):
    return {name: to_csv(table) for name, table in csv_tables(summary, ()).items()}


@pytest.fixture(scope="module")
def texts(summary):
    return csv_files(summary)


def read(text, **options):
    return pd.read_csv(io.StringIO(text), **options)


def test_equity_has_the_variants_as_ranked_then_buy_and_hold_then_the_accounts(texts, comparison):
    names = [result.name for result in comparison.ranked]
    columns = list(read(texts["equity.csv"]).columns)
    assert columns[: len(names) + 2] == ["date", *names, "buy_and_hold"]
    assert set(columns[len(names) + 2 :]) == {
        "kelly/active",
        "binary/active",
        "kelly_hybrid_70_30/active",
        "kelly_hybrid_70_30/passive",
    }


def test_measures_computed_from_the_equity_file_are_those_of_the_result(texts, comparison):
    equity = read(texts["equity.csv"], index_col="date", parse_dates=["date"])
    for result in (*comparison.ranked, comparison.benchmark):
        for name, value in measure_performance(equity[result.name]).items():
            assert value == pytest.approx(getattr(result.metrics, name), rel=1e-12, abs=1e-12), (result.name, name)


def test_numbers_read_back_to_the_bit(texts, comparison, forecasts):
    assert read(texts["weights.csv"])[comparison.best.name].tolist() == comparison.best.weights.tolist()
    assert read(texts["forecasts.csv"])["predicted_return"].tolist() == forecasts["predicted_return"].tolist()
    assert read(texts["summary.csv"])["sharpe"].tolist() == [r.metrics.sharpe for r in comparison.ranked]


def test_forecasts_have_the_columns_of_the_design(texts):
    assert texts["forecasts.csv"].startswith(
        "date,close,predicted_close,predicted_return,fold,training_mean\n2015-06-01,"
    )


def test_the_spread_of_an_ensemble_is_the_last_column(summary, forecasts):
    text = csv_files(replace(summary, forecasts=forecasts.assign(forecast_spread=0.25)))["forecasts.csv"]
    assert text.startswith(
        "date,close,predicted_close,predicted_return,fold,training_mean,forecast_spread\n2015-06-01,"
    )
    assert set(read(text)["forecast_spread"]) == {0.25}


def test_every_fill_is_there_by_date(texts, comparison):
    fills = read(texts["fills.csv"])
    assert list(fills.columns) == ["date", "strategy", "account", "size", "price", "commission"]
    assert fills["date"].is_monotonic_increasing
    assert len(fills) == 2 * (len(comparison.ranked) + 1)


def test_a_run_without_fills_and_trades_has_files_with_a_heading_only(comparison, summary):
    best = comparison.best
    idle = replace(best, fills=best.fills.iloc[:0], trades=best.trades.iloc[:0])
    texts = csv_files(replace(summary, comparison=Comparison((idle,), idle)))
    assert texts["fills.csv"] == "date,strategy,account,size,price,commission\n"
    assert texts["trades.csv"] == "strategy,opened,closed,size,profit,commission,borrowing\n"


def test_every_closed_trade_is_there_with_its_strategy(texts, comparison):
    trades = read(texts["trades.csv"])
    assert list(trades.columns) == ["strategy", "opened", "closed", "size", "profit", "commission", "borrowing"]
    assert list(trades["strategy"].unique()) == [result.name for result in comparison.results]
    assert trades["profit"].tolist() == [3.0, -1.0, 0.1] * 4
    assert (trades["opened"][0], trades["closed"][0]) == ("2015-06-02", "2015-06-03")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
)
def test_no_text_is_a_formula(text):
    assert escape_formula(text) == "'" + text
    assert to_csv(pd.DataFrame({text: [text]})).count("'" + text.strip("\r")) >= 1 or "\r" in text


def test_text_of_any_kind_is_looked_at():
    texts = pd.Series(["=1"], dtype="category"), pd.Series(["=1"], dtype="string"), pd.Series(["=1"], dtype=object)
    for text in texts:
        assert to_csv(pd.DataFrame({"name": text})) == "name\n'=1\n"


def test_a_negative_number_stays_a_number():
    assert to_csv(pd.DataFrame({"change": [-0.5], "name": ["-kelly"]})) == "change,name\n-0.5,'-kelly\n"
