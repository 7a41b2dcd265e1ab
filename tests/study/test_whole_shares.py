"""Whole shares of the day, from a file with an adjusted close to the fills and the ticket."""

import numpy as np
import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.live.ticket.command import ticket_of
from backtrader_walkforward.study import Stages

CAPITAL = 5_000.0


@pytest.fixture(scope="module")
def study(sample, tmp_path_factory):
    """Study bars of an index at about 1,000; adjusted closes are a tenth, and 2 % less before a dividend."""
    bars = sample.loc["2008-06-02":].iloc[:160].round(2)
    factor = np.where(np.arange(160) < 130, 0.098, 0.1)
    path = tmp_path_factory.mktemp("prices") / "mine.csv"
    bars.assign(**{"Adj Close": (bars["Close"] * factor).round(6)}).to_csv(path, index_label="Date")
    settings = {"source": "csv", "csv": path, "predictor": "mean", "lookback": 10, "period": 400, "capital": CAPITAL}
    return wf.run("MINE", whole_shares=True, strategies=["fixed", "binary"], **settings)


def test_every_position_is_a_whole_number_of_shares_of_its_day(study):
    close = study.prices.unadjusted_close
    assert len(study.prices.actions) == 1
    assert not any("whole shares" in note for note in study.notes)
    for variant in study.comparison.results:
        fills = variant.fills[variant.fills["account"] == variant.fills["account"].iloc[0]]
        days = pd.DatetimeIndex(fills["date"])
        shares = fills["size"].cumsum().to_numpy() * (study.prices.frame["Close"] / close)[days].to_numpy()
        assert shares == pytest.approx(shares.round(), abs=1e-6)
        assert abs(shares).max() <= CAPITAL / 800


def test_the_ticket_counts_them_at_the_close_as_quoted(study):
    ticket = ticket_of(study, Stages.of(study.settings), 1.0)
    close = study.prices.unadjusted_close.iloc[-1]
    expected = np.trunc(ticket.orders["target_weight"] * CAPITAL / close)
    assert ticket.orders["target_shares"].tolist() == expected.tolist()
    assert ticket.orders["order_shares"].tolist() == (expected - 1).tolist()
    assert ticket.notes[-1] == (
        f"shares are counted at the close as quoted, {close:,.2f}, which later actions have adjusted"
    )
