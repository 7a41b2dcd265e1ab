"""The page to explore of a panel: it says of what its figures are, and names books as a reader does."""

from dataclasses import replace

import pytest

from backtrader_walkforward.reports.formatting import percent, with_display_names
from backtrader_walkforward.reports.panel.report_page import panel_report
from backtrader_walkforward.reports.panel.summary import comparison_of


@pytest.fixture(scope="module")
def text(panel):
    warned = replace(panel.significance, warnings=("top_hybrid_30_70 is one of the top books.",))
    return panel_report(replace(panel, significance=warned), comparison_of(panel))


def test_the_headline_is_that_of_the_best_book(text, panel):
    best = comparison_of(panel).best
    assert best.name == "long_short"
    assert f"<dt>Return of the best book, Long short</dt><dd><b>{percent(best.metrics.total_return)}</b>" in text


def test_the_benchmark_has_its_own_name(text):
    assert '<th class="text" scope="row">Equal weight (benchmark)</th>' in text
    assert "Beats the<br>benchmark<br>in return" in text


def test_warnings_have_the_names_of_the_ranking(text):
    assert "<li>Top hybrid 30/70 is one of the top books.</li>" in text


def test_a_name_within_another_stays():
    names = ["top_hybrid_30_70", "very_top_hybrid_30_70", "top"]
    assert with_display_names("very_top_hybrid_30_70, top", names) == "Very top hybrid 30/70, top"
