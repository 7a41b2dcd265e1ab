"""What reports say of regimes: nothing where none was asked for."""

import json
from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation.by_regime import RegimeResults
from backtrader_walkforward.reports.index_page import index_page
from backtrader_walkforward.reports.results_json import results_json
from backtrader_walkforward.reports.sections.regimes import regimes_by_kind, regimes_section, regimes_text
from backtrader_walkforward.reports.terminal import Terminal
from tests.reports.pages import Page


@pytest.fixture
def regimes(comparison):
    names = [result.name for result in (*comparison.ranked, comparison.benchmark)]

    def part(kind, regime, days, total_return, sharpe):
        return RegimeResults(kind, regime, days, dict.fromkeys(names, total_return), dict.fromkeys(names, sharpe))

    return (
        part("trend", "uptrend", 100, 0.125, 1.5),
        part("trend", "unknown", 44, 0.01, None),
        part("volatility", "high_volatility", 144, -0.05, -0.25),
    )


def test_words_name_the_best_and_buy_and_hold_in_each_regime(comparison, regimes):
    (_, trend), (kind, volatility) = regimes_by_kind(regimes)
    assert regimes_text(comparison, "trend", trend) == (
        "By trend, Kelly hybrid 70/30 and buy & hold returned: uptrend (100 days) 12.50% and 12.50%;"
        " trend unknown (44 days) 1.00% and 1.00%."
    )
    assert "high volatility (144 days) -5.00% and" in regimes_text(comparison, kind, volatility)


def test_the_block_has_a_row_a_variant_and_a_column_a_regime(comparison, regimes):
    block = regimes_section(comparison, regimes)
    assert block.count("<tr>") == 1 + 4
    assert block.count("<th") - block.count("<thead") == 1 + 3
    assert block.count("<td>12.50% / 1.50</td><td>1.00% / n/a</td><td>-5.00% / -0.25</td>") == 4
    assert block.count('<p class="says">') == 2
    assert regimes_section(comparison, None) == ""


def test_results_hold_every_regime_or_null(comparison, summary, regimes):
    told = json.loads(results_json(replace(summary, regimes=regimes)))["regimes"]
    assert [(part["kind"], part["regime"], part["days"]) for part in told] == [
        ("trend", "uptrend", 100),
        ("trend", "unknown", 44),
        ("volatility", "high_volatility", 144),
    ]
    assert told[0]["total_return"]["buy_and_hold"] == 0.125
    assert told[1]["sharpe"]["kelly"] is None
    assert json.loads(results_json(summary))["regimes"] is None


def test_page_and_terminal_show_them_only_where_they_were_asked_for(comparison, summary, regimes, capsys):
    asked = replace(summary, regimes=regimes)
    page = index_page(asked, b"", {})
    assert "<h2>By market regime</h2>" in page
    assert "uptrend, 100 days" in "".join(Page(page).text)
    assert "By market regime" not in index_page(summary, b"", {})
    Terminal().summary(asked)
    printed = capsys.readouterr().out
    assert printed.count("12.50% / 1.50") == 4
    assert "uptrend, 100 days" in printed
    assert printed.isascii()
    Terminal().summary(summary)
    assert "By trend" not in capsys.readouterr().out
