from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.evaluation import Comparison, CostTotals, Diagnostics, WithoutCosts
from backtrader_walkforward.reports.data_files import to_csv
from backtrader_walkforward.reports.sections.costs import break_even_text, costs_text, section
from tests.reports.pages import Page
from tests.reports.rendered import json_of, page_of, printed_of

PAID = CostTotals(commission=300.0, slippage=150.0, borrowing=75.0, cash_interest=25.0)


@pytest.fixture
def paid(comparison):
    """The ranking, in which every variant paid the same."""
    return Comparison(
        tuple(replace(result, costs=PAID) for result in comparison.ranked), replace(comparison.benchmark, costs=PAID)
    )


@pytest.fixture
def costs(comparison):
    free = comparison.best.metrics | dict(total_return=0.25, sharpe=1.5, final_value=125_000.0)
    return {result.name: WithoutCosts(free, 12.34, None) for result in comparison.results}


@pytest.fixture
def charged(summary, paid, costs):
    return replace(summary, comparison=paid, diagnostics=Diagnostics(costs=costs))


@pytest.fixture
def with_interest(paid, charged):
    """The run, whose benchmark paid interest."""
    row = {"date": paid.benchmark.equity.index[3], "account": "passive", "kind": "borrowing", "amount": -1.5}
    benchmark = replace(paid.benchmark, cash_flows=pd.DataFrame([row]))
    return replace(charged, comparison=replace(paid, benchmark=benchmark))


def test_before_and_after_and_what_it_could_bear_are_said(paid, costs):
    said = costs_text(paid, costs)
    assert "returned 25.00% before costs and" in said
    assert "took 0.53% of the capital; interest on cash added 0.03%." in said
    assert said.endswith("12.3 basis points to earn nothing, none (behind without costs) to end where buy & hold does.")


def test_without_a_break_even_it_is_said_on_which_side_it_is():
    assert break_even_text(None, 0.01) == "none (ahead at any cost)"
    assert break_even_text(None, -0.01) == "none (behind without costs)"


def test_results_hold_the_costs_of_each_variant(comparison, charged):
    told = json_of(charged)
    for entry in (*told["strategies"], told["benchmark"]):
        assert entry["costs"] == {
            "paid_and_received": {"commission": 300.0, "slippage": 150.0, "borrowing": 75.0, "cash_interest": 25.0},
            "share_of_capital": {
                "commission": 0.003,
                "slippage": 0.0015,
                "borrowing": 0.00075,
                "cash_interest": 2.5e-4,
            },
            "before": {"total_return": 0.25, "sharpe": 1.5, "final_value": 125_000.0},
            "break_even_bps": 12.34,
            "break_even_against_buy_and_hold_bps": None,
        }


def test_page_and_terminal_show_them(charged):
    page, printed = page_of(charged), printed_of(charged)
    assert "<h2>Costs</h2>" in page
    assert page.count("<td>0.30%</td><td>0.15%</td><td>0.07%</td><td>0.03%</td><td>12.3</td><td>n/a</td>") == 4
    assert printed.count("12.3") == 5
    assert "Costs: Kelly hybrid 70/30 returned 25.00% before costs" in printed


def test_interest_has_a_file_of_its_own_and_a_link(with_interest):
    benchmark = with_interest.comparison.benchmark
    name, day = benchmark.name, f"{benchmark.equity.index[3]:%Y-%m-%d}"
    written = to_csv(section(with_interest).files["costs.csv"])
    assert written == f"date,strategy,account,kind,amount\n{day},{name},passive,borrowing,-1.5\n"
    assert "costs.csv" in Page(page_of(with_interest)).links


def test_without_costs_the_section_is_absent(summary):
    told = json_of(summary)
    assert told["strategies"][0]["costs"] is told["benchmark"]["costs"] is None
    assert not section(summary).is_shown
    assert section(summary).files == {}
    assert "Costs" not in page_of(summary) + printed_of(summary)
