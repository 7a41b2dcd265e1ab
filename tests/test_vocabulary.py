"""The package speaks the field's words: no word that was ours alone is left, in names or in sentences."""

import io
import re
import tokenize

import pytest

from tests.test_layout import ROOT, modules

NAMES = """
    foresee Foreseen foreseen play Game games Tried tried count_trials set_beside Beside nulls_beside judge judged
    market_for market_of anew tidy ask_patiently members_of catalogue begins_with hands_on continues restart_every
    Place _waves usable_rows begin_again beginning LeanStrategy own_settings_kept has_own OrderMould cast Protection
    admit _live_through_stops ChargedBroker bears_interest ruined luck Luck VariantLuck alarm alarms Evidence
    beyond_the_market unexplained_returns resampled_days sharpe_spread share_long share_short persistent_error_share
    nulls Nulls Scheduled scheduled same_turnover SeedSpread beside_naive OtherHistory other_histories blown_up drill
    UNTOLD told WholeRun Certificate certificate NO_CHOICE ADDED chosen_in evening evenings hold_evening first_evening
    Means means Opening opening terms restated Continued continued news_in remarks_on judgement_on facts
    yardsticks plain defused outcome beside moved_in folder_in_the_making counted as_typed in_words work set_aside
    tend_store task_of complain get_ready_to_draw seldom_collect
"""
"""Names of variables, functions and classes that had no meaning outside the first version."""

ENDINGS = ("_in_words", "_words")

WORDS = (
    r"alarm|evening|certificate|yardstick|mould|foresee|foreseen|anew|knows? nothing|knew nothing|untold"
    r"|in the making|orders\.csv|--restart-every|--no-store|--nulls\b"
    r"|, as ordered|kelly as ordered|that (?:was|were) ordered|was ordered (?:as|under)"
)
"""Words of sentences: of docstrings, comments, help and messages."""

FALSE = (
    r"probability that (?:it|its|the|there)\b[^.]{0,60}(?:luck|skill|above)|chance that (?:it|there)\b"
    r"|days come in|to stand out from"
)
"""Sentences that were false: p-values read backwards, and tests said to show what they do not."""


@pytest.mark.parametrize("module", modules())
def test_names_are_the_fields(module):
    text = modules()[module].read_text()
    names = {token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == 1}
    assert {name for name in names if name in re.findall(r"\w+", NAMES) or name.endswith(ENDINGS)} == set()


@pytest.mark.parametrize("module", modules())
def test_sentences_are_plain(module):
    found = re.findall(rf"\b(?:{WORDS})s?\b", modules()[module].read_text(), re.IGNORECASE)
    assert found == []


def test_pages_are_plain():
    for page in (ROOT / "backtrader_walkforward" / "reports" / "pages" / "templates").rglob("*.*"):
        assert re.findall(rf"\b(?:{WORDS})s?\b", page.read_text(), re.IGNORECASE) == [], page.name


def test_no_sentence_reads_a_test_backwards():
    templates = ROOT / "backtrader_walkforward" / "reports" / "pages" / "templates"
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *templates.rglob("*.*"), *modules().values()]
    found = {page.name: re.findall(FALSE, page.read_text(), re.IGNORECASE) for page in pages}
    assert {name: sentences for name, sentences in found.items() if sentences} == {}
