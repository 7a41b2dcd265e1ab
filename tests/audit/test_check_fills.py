"""Fills against bars, in the report of the audit."""

from dataclasses import replace

import pytest

from backtrader_walkforward.audit.check_fills import check_fills
from backtrader_walkforward.audit.finding import Verdict


@pytest.fixture(scope="module")
def traded(run):
    results = {result.name: result for result in run.stages.results(run.signals, run.stages.variants)}
    return replace(run, results=results)


def with_first_fill(run, name, **values):
    """Return the run with other values in the first fill of a variant."""
    result = run.results[name]
    fills = result.analyses["fills"].copy()
    for column, value in values.items():
        fills[column] = [value, *fills[column].iloc[1:]]
    return replace(run, results=run.results | {name: replace(result, analyses={**result.analyses, "fills": fills})})


def test_every_fill_of_a_run_fits_its_bar(traded):
    findings = {finding.name: finding for finding in check_fills(traded)}
    assert list(findings) == list(traded.results)
    assert {finding.verdict for finding in findings.values()} == {Verdict.PASS}
    assert findings["buy_and_hold"].compared == 1
    assert findings["volatility_adjusted"].compared == len(traded.results["volatility_adjusted"].fills)


def test_a_market_order_that_fills_in_the_middle_of_its_bar_fails_with_its_day(traded):
    day, size = traded.results["buy_and_hold"].fills[["date", "size"]].iloc[0]
    bar = traded.prices.loc[day]
    middle = (bar["Low"] + bar["High"]) / 2
    found = list(check_fills(with_first_fill(traded, "buy_and_hold", price=middle)))[-1]
    assert (found.verdict, found.date) == (Verdict.FAIL, day)
    assert found.failure == (
        f"has a fill of {size:,.4f} at {middle:,.4f}, where a market order fills at {bar['Open']:,.4f}"
    )
    limit = list(check_fills(with_first_fill(traded, "buy_and_hold", price=middle, order="Limit")))[-1]
    assert limit.verdict == Verdict.PASS


def test_a_variant_without_a_fill_is_inconclusive(traded):
    result = traded.results["buy_and_hold"]
    none = replace(result, analyses={**result.analyses, "fills": result.analyses["fills"].iloc[:0]})
    found = list(check_fills(replace(traded, results={"buy_and_hold": none})))
    assert [(finding.verdict, finding.reason) for finding in found] == [(Verdict.INCONCLUSIVE, "it has no fill")]
