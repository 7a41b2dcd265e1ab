from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Diagnostics, RegimeResults
from backtrader_walkforward.reports.sections.regimes import section
from tests.reports.pages import Page
from tests.reports.rendered import json_of, page_of, printed_of


@pytest.fixture
def asked(summary, comparison):
    names = [result.name for result in comparison.results]

    def part(kind, regime, days, total_return, sharpe):
        return RegimeResults(kind, regime, days, dict.fromkeys(names, total_return), dict.fromkeys(names, sharpe))

    regimes = (
        part("trend", "uptrend", 100, 0.125, 1.5),
        part("trend", "unknown", 44, 0.01, None),
        part("volatility", "high_volatility", 144, -0.05, -0.25),
    )
    return replace(summary, diagnostics=Diagnostics(regimes=regimes))


def test_words_name_the_best_and_buy_and_hold_in_each_regime(asked):
    assert section(asked).sentences == [
        "By trend, Kelly hybrid 70/30 and buy & hold returned: uptrend (100 days) 12.50% and 12.50%;"
        " trend unknown (44 days) 1.00% and 1.00%.",
        "By volatility, Kelly hybrid 70/30 and buy & hold returned: high volatility (144 days) -5.00% and -5.00%.",
    ]


def test_each_kind_has_a_table_with_a_row_for_each_variant_and_a_column_for_each_regime(asked, comparison):
    trend, volatility = section(asked).tables
    assert trend.headings[1:] == ("uptrend, 100 days\nreturn / Sharpe", "trend unknown, 44 days\nreturn / Sharpe")
    assert [row[0] for row in trend.rows] == ["Kelly hybrid 70/30", "Kelly", "Binary", "Buy & hold"]
    assert {row[1:] for row in trend.rows} == {("12.50% / 1.50", "1.00% / n/a")}
    assert {row[1:] for row in volatility.rows} == {("-5.00% / -0.25",)}


def test_results_hold_every_regime_or_null(asked, summary):
    told = json_of(asked)["regimes"]
    assert [(part["kind"], part["regime"], part["days"]) for part in told] == [
        ("trend", "uptrend", 100),
        ("trend", "unknown", 44),
        ("volatility", "high_volatility", 144),
    ]
    assert told[0]["total_return"]["buy_and_hold"] == 0.125
    assert told[1]["sharpe"]["kelly"] is None
    assert json_of(summary)["regimes"] is None


def test_page_and_terminal_show_them_only_where_they_were_asked_for(asked, summary):
    page, printed = page_of(asked), printed_of(asked)
    assert "<h2>Results by market regime</h2>" in page
    assert "uptrend, 100 days" in "".join(Page(page).text)
    assert "<summary>All variants by volatility</summary>" in page
    assert "market regime" not in page_of(summary)
    assert printed.count("12.50% / 1.50") == 4
    assert "uptrend, 100 days" in printed
    assert printed.isascii()
    assert "By trend" not in printed_of(summary)
