"""Words that many sentences need."""

from backtrader_walkforward.system.text import counted


def test_numbers_and_nouns_agree():
    assert (counted(0, "day"), counted(1, "day"), counted(2, "day")) == ("0 days", "1 day", "2 days")
