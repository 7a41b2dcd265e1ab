"""Leaks planted in one ticker of a panel: the audit names the ticker, the day and the stage."""

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
        "weighs T07 differently when later bars are missing: it reads later bars of T07, 2019-07-31",
    )
