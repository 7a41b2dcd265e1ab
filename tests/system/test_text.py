"""Text for messages."""

from backtrader_walkforward.system.text import pluralize


def test_numbers_and_nouns_agree():
    assert (pluralize(0, "day"), pluralize(1, "day"), pluralize(2, "day")) == ("0 days", "1 day", "2 days")
