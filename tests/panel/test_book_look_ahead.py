"""A ranking strategy that reads later bars is refused; one of which that cannot be said is noted."""

import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.panels.book import notes_on_books, run_books
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import StrategyError
from tests.panel.markets import drawn_panel

HEAD = "import random\n\nfrom backtrader_walkforward import RankingStrategy\n\n\nclass {name}(RankingStrategy):\n"

PEEKS = """    def gain(self, ticker):
        line = self.getdatabyname(ticker).close
        return line.array[min(line.idx + 1, len(line.array) - 1)] / line[0]

    def target_weights(self):
        return {max(self.forecasts, key=self.gain): 1.0}
"""

SCALES = """    def __init__(self):
        self.highest = max(max(data.predicted_return.array[5:]) for data in self.datas)

    def target_weights(self):
        return {self.ranked[-1]: min(1.0, abs(self.forecasts[self.ranked[-1]]) / self.highest)}
"""

GUESSES = """    def target_weights(self):
        return {random.choice(self.ranked): 1.0}
"""

FAILS = """    def target_weights(self):
        closes = self.getdatabyname(self.ranked[-1]).close
        if not 0.9 < closes[0] / closes[-1] < 1.1:
            raise ValueError("too much")
        return {self.ranked[-1]: 1.0}
"""


@pytest.fixture
def books(monkeypatch, tmp_path):
    """Drop a strategy in and run its books."""

    def books(name, body):
        (tmp_path / f"{name.lower()}.py").write_text(HEAD.format(name=name) + body)
        monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
        return run_books(drawn_panel(tickers=6, days=30), Settings(), [name.lower()])

    return books


@pytest.mark.parametrize(("name", "body"), [("Peeks", PEEKS), ("Scales", SCALES)])
def test_reads_of_later_bars_are_refused(books, name, body):
    with pytest.raises(StrategyError, match=rf"strategies/{name.lower()}.py: {name} trades differently on 2024-0"):
        books(name, body)


def test_a_strategy_that_guesses_is_noted(books):
    [note] = notes_on_books(books("Guesses", GUESSES))
    assert note == "Guesses trades differently each time, so that reads of later bars cannot be seen: seed it"


def test_a_strategy_that_fails_with_other_prices_is_noted(books):
    [note] = notes_on_books(books("Fails", FAILS))
    assert note.startswith(
        "reads of later bars by Fails were not looked for: strategies/fails.py: Fails.target_weights()"
    )
