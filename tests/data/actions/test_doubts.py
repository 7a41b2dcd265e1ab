"""Large steps of adjusted closes: which of them need the word of a user."""

import pytest

from backtrader_walkforward.data.csv.csv_file import read_csv


@pytest.fixture
def noted(tmp_path):
    """Notes on a step of the adjusted closes from a close of 100."""

    def noted(close):
        path = tmp_path / "mine.csv"
        path.write_text(
            f"Date,Close,Adj Close\n2024-01-02,100,{close}\n2024-01-03,{close},{close}\n2024-01-04,61.2345,61.2345\n"
        )
        return [note for note in read_csv(path, "SPY").notes if "show" in note]

    return noted


@pytest.mark.parametrize(
    ("close", "told"),
    [
        (60, "a split 5:3 on 2024-01-03, or one dividend of 40: they do not tell which"),
        (42.5, "a split 7:3 and a dividend of 0.8333 on 2024-01-03, or one dividend of 57.5: they do not tell which"),
        (49, "a split 2:1 and a dividend of 2 on 2024-01-03, or one dividend of 51: they do not tell which"),
        (
            63,
            "a dividend of 37 on 2024-01-03, a large part of the close before: is it a split, or shares of another"
            " company?",
        ),
    ],
)
def test_a_large_step_may_be_a_dividend_or_a_split(noted, close, told):
    """One of 40 was five shares for three, without a word."""
    assert noted(close) == [f"mine.csv: its adjusted closes show {told}"]


@pytest.mark.parametrize("close", [90, 80, 75, "66.66666667", 50, 20, 5, 200, 1000])
def test_a_usual_split_and_a_small_dividend_are_beyond_doubt(noted, close):
    assert noted(close) == []
