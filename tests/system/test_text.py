"""Text for messages."""

from backtrader_walkforward.system.text import pluralize, wrapped


def test_numbers_and_nouns_agree():
    assert (pluralize(0, "day"), pluralize(1, "day"), pluralize(2, "day")) == ("0 days", "1 day", "2 days")


def test_lines_break_between_words_and_long_words_stay_whole():
    assert wrapped("Note: /a/long-path/ends", 12, "  ") == "  Note:\n  /a/long-path/ends"
    assert wrapped("one two\nthree", 5) == "one\ntwo\nthree"
    assert wrapped("", 5) == ""
