"""What never traded has no rank, and says why."""

from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.columns import ranking_table
from backtrader_walkforward.reports.sections.never_traded import section
from tests.reports.rendered import json_of, page_of, printed_of

REASON = "no forecast passed 0.1%, and the largest was 0.04%"


def without_trades(comparison, *names):
    """Return the comparison in which the named variants never traded."""
    marked = [replace(one, never_traded=REASON if one.name in names else "") for one in comparison.ranked]
    return Comparison.of(marked, comparison.benchmark)


@pytest.fixture
def run(summary, comparison):
    """The two variants with the highest Sharpe ratio, a strategy and its hybrid, never traded."""
    return replace(summary, comparison=without_trades(comparison, "kelly", "kelly_hybrid_70_30"))


def test_they_are_last_and_the_best_has_traded(run):
    assert [one.name for one in run.comparison.ranked] == ["binary", "kelly_hybrid_70_30", "kelly"]
    assert [one.name for one in run.comparison.traded] == ["binary"]
    assert run.comparison.best.name == "binary"
    names = [row[0] for row in ranking_table(run.comparison).rows]
    assert names[1:3] == ["Kelly hybrid 70/30 never traded", "Kelly never traded"]


def test_the_sentence_names_a_strategy_with_all_its_hybrids_once(run, summary, comparison):
    assert section(run).sentences == [f"Kelly and its hybrids never traded: {REASON}."]
    one = replace(summary, comparison=without_trades(comparison, "kelly_hybrid_70_30"))
    assert section(one).sentences == [f"Kelly hybrid 70/30 never traded: {REASON}."]
    assert not section(summary).is_shown


def test_two_strategies_with_the_word_hybrid_in_their_names_are_no_family(summary, comparison):
    names = {"kelly": "my_hybrid_one", "binary": "my_hybrid_two"}
    idle = [replace(one, name=names.get(one.name, one.name), never_traded=REASON) for one in comparison.ranked]
    run = replace(summary, comparison=Comparison(tuple(idle), comparison.benchmark))
    assert section(run).sentences == [f"Kelly hybrid 70/30, My hybrid one, My hybrid two never traded: {REASON}."]


def test_terminal_page_and_json_say_why(run):
    assert f"Kelly and its hybrids never traded: {REASON}." in printed_of(run)
    page = page_of(run)
    assert f'<p class="says">Kelly and its hybrids never traded: {REASON}.</p>' in page
    assert page.count('<span class="badge">never traded</span>') == 2
    assert "<td>1</td>" in page
    assert "<td>2</td>" not in page
    entries = json_of(run)["strategies"]
    assert [entry.get("never_traded") for entry in entries] == [None, REASON, REASON]


def test_a_run_in_which_nothing_traded_has_no_best(summary, comparison):
    run = replace(summary, comparison=without_trades(comparison, *(one.name for one in comparison.ranked)))
    assert json_of(run)["best"] is None
    printed = printed_of(run)
    assert "NO VARIANT TRADED, AND NONE HAS A RANK" in printed
    assert "*BEST*" not in printed
    assert '<span class="badge">*BEST*</span>' not in page_of(run)
