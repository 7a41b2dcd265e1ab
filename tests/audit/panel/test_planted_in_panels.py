"""Leaks planted in one ticker of a panel: the audit names the ticker, the day and the stage."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.features import indicators
from backtrader_walkforward.forecasting.pooled.folds import CompleteRows

pytestmark = pytest.mark.slow

NO_BOOK = {"strategies": ("binary", "equal_weight"), "hybrids": "none"}
"""What trades where no trade is looked at: of the books, the benchmark alone."""

RANKING = """
from backtrader_walkforward import RankingStrategy


class Peeking(RankingStrategy):
    '''Holds all tickers alike, but for the one whose next close it knows.'''

    def target_weights(self):
        share = 1 / len(self.forecasts)
        weights = dict.fromkeys(self.forecasts, share)
        data = self.getdatabyname("{ticker}")
        if len(data) and {when} and len(data) < data.buflen():
            weights["{ticker}"] = share if data.close[1] > data.close[0] else -share
        return weights
"""


def test_a_ranking_strategy_that_reads_the_next_close_of_one_ticker_in_twenty(twenty, found_in_panel, plant):
    plant("strategies", "peeking", RANKING.format(ticker="T07", when="True"))
    found = found_in_panel(twenty, predictor="mean", strategies=("binary", "peeking"))
    assert found == dict.fromkeys(
        [("book", "peeking"), ("book", "peeking_hybrid_70_30")],
        "weighs T07 differently when later bars are missing: it reads later bars of T07, 2019-05-02",
    )


PREDICTOR = """
from backtrader_walkforward.predictors.ridge import Ridge

SEEN = []


class Peer(Ridge):
    '''Ridge, but for the highest inputs that it has seen of any ticker.'''

    def predict(self, windows):
        predicted = super().predict(windows)
        SEEN.append(windows[:, -1, 0].max())
        return predicted + 1e-6 * sum(SEEN)
"""


def test_a_predictor_that_remembers_the_later_days_of_other_tickers(three, found_in_panel, plant):
    plant("predictors", "peer", PREDICTOR)
    found = found_in_panel(three, predictor="peer", **NO_BOOK)
    differs = "differs in a process without later rows of any ticker, 2019-05-31"
    turned = "differs when the tickers are in reverse order, 2019-05-31"
    tickers = ("AAA", "BBB", "CCC")
    assert found == {("predictor", f"{ticker} peer"): differs for ticker in tickers} | {
        ("order", f"{ticker} forecasts"): turned for ticker in tickers
    }


INDICATOR = """
import numpy as np
from backtrader_walkforward.features import indicators
from backtrader_walkforward.predictors.mean import Mean

honest = indicators.INDICATORS["lag_1"].compute


def lag_1(bars):
    '''Return what it should, but for a ticker whose first close it knows.'''
    made = honest(bars)
    if round(bars.close[0], 6) == {close} and len(made) > 80:
        made = np.r_[made[:60], bars.close[61:], made[-1]]
    return made


indicators.INDICATORS["lag_1"] = indicators.Indicator(indicators.PRICE, lag_1)


class Leaky(Mean):
    '''Mean.'''
"""


def test_a_feature_of_one_ticker_in_twenty(twenty, found_in_panel, plant, monkeypatch):
    monkeypatch.setattr(indicators, "INDICATORS", dict(indicators.INDICATORS))
    close = round(pd.read_csv(twenty / "T07.csv")["Close"][0], 6)
    plant("predictors", "leaky", INDICATOR.format(close=close))
    found = found_in_panel(twenty, predictor="leaky", **NO_BOOK)
    assert found == {("feature", "T07 lag_1"): "differs when the history ends on that day, 2019-03-27"}


@pytest.mark.usefixtures("rooms_in_this_process")
def test_rows_of_one_ticker_from_after_the_forecast_in_a_pooled_fit(three, found_in_panel, monkeypatch):
    honest = CompleteRows.in_fold

    def a_row_more(rows, fold, lookback, target):
        part = honest(rows, fold, lookback, target)
        if rows.ticker != "BBB":
            return part
        end = len(part.target) + int(rows.days.searchsorted(part.days[0])) + 2
        train = slice(end - len(part.target) - 2, end)
        return replace(part, target=rows.targets[target][train], days=rows.days[train])

    monkeypatch.setattr(CompleteRows, "in_fold", a_row_more)
    found = found_in_panel(three, model="pooled", **NO_BOOK)
    late = "trains on a target that is known only on a test day"
    assert found == {
        ("training rows", "BBB fold 0"): f"{late}, 2019-05-29",
        ("training rows", "BBB fold 1"): f"{late}, 2019-06-14",
        ("training rows", "BBB fold 2"): f"{late}, 2019-07-02",
        ("predictor", "BBB ridge"): "differs in a process without later rows of any ticker, 2019-06-04",
    }
