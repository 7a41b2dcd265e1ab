"""The audit of a Cerebro in processes of its own, and what it says."""

from array import array
from functools import partial

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.audit.audit_report import AuditError
from backtrader_walkforward.audit.cerebro import audit
from backtrader_walkforward.audit.cerebro.factory import carried_findings, pickled_factory
from backtrader_walkforward.audit.cerebro.histories import mirrored
from backtrader_walkforward.audit.cerebro.report import CerebroReport
from backtrader_walkforward.audit.finding import Finding, Verdict
from tests.audit.cerebro.conftest import audited_here, build, doubts_of, factory_of, faults_of

CELL = """
import backtrader as bt

class Spread(bt.Indicator):
    lines = ("spread",)
    params = dict(period=2)

    def __init__(self):
        super().__init__()
        self.lines.spread = bt.indicators.SMA(self.data.close - self.data.open, period=self.p.period)

class Mine(bt.Strategy):
    params = dict(size=5, every=3)

    def __init__(self):
        self.spread = Spread(period=1)

    def next(self):
        close, size = self.data.close, 0
        if len(self) % self.p.every == 0:
            size = self.p.size if RISES else -self.p.size
        self.order_target_size(target=size)

class Costs(bt.CommInfoBase):
    params = dict(commission=0.001, stocklike=True, commtype=bt.CommInfoBase.COMM_PERC, percabs=True)

def factory(prices):
    cerebro = bt.Cerebro()
    cerebro.adddata(bt.feeds.PandasData(dataname=prices))
    cerebro.addstrategy(Mine, every=4)
    cerebro.broker.addcommissioninfo(Costs())
    return cerebro
"""


def of_a_notebook(rises, **tables):
    """Return the factory of a cell: a function of the module `__main__`, which no other process can import."""
    cell = {"__name__": "__main__", **tables}
    exec(CELL.replace("RISES", rises), cell)
    return cell["factory"]


def test_a_function_of_a_notebook_passes(prices):
    report = wf.audit_cerebro(of_a_notebook("self.spread[0] > 0"), prices, n_dates=5, workers=2)
    assert (faults_of(report), doubts_of(report)) == ({}, {})
    assert (report.verdict, report.n_bars, report.n_dates) == (Verdict.PASS, 120, 5)
    report.require_pass()


def test_a_table_that_a_notebook_brings_along_is_told(prices):
    """It goes to every process with the function, so that no history without later rows is without it."""
    table = prices["Close"].diff().shift(-1)
    rises = "TABLE.iloc[len(self) - 1] > 0"
    _, tables = pickled_factory(of_a_notebook(rises, TABLE=table))
    [found] = carried_findings(tables)
    assert (found.verdict, found.stage) == (Verdict.INCONCLUSIVE, "factory")
    assert found.reason.startswith("brings along a Series of 120 rows, ")


class TableOfTheFirst(bt.Strategy):
    """Reads a table that the class keeps from the first prices that it has seen."""

    table = None

    def start(self):
        if TableOfTheFirst.table is None:
            TableOfTheFirst.table = self.data.p.dataname["Close"].shift(-1)

    def next(self):
        rises = self.table.iloc[len(self) - 1] > self.data.close[0]
        self.order_target_size(target=5 if rises else -5)


def test_a_table_that_a_class_keeps_is_found(prices, monkeypatch):
    monkeypatch.setattr(audit, "N_CONFIRMED", 2)
    report = wf.audit_cerebro(factory_of(TableOfTheFirst), prices, n_dates=1, workers=2)
    assert faults_of(report) == {("strategy", "TableOfTheFirst"): "changes when later rows are mirrored"}
    assert doubts_of(report) == {
        ("run", "repeated"): "differs once its process has run on other prices: keep nothing in a class or a module"
    }
    with pytest.raises(AuditError, match=r"the audit failed: strategy TableOfTheFirst, 2008-\d\d-\d\d: changes when"):
        report.require_pass()


def test_a_mirror_reverses_each_return_and_keeps_the_past():
    days = pd.bdate_range("2024-01-01", periods=4)
    frame = pd.DataFrame({"Open": [4.0, 4, 5, 2], "High": [5.0, 4, 8, 4], "Low": [4.0, 4, 2, 1]}, days)
    frame = frame.assign(Close=[4.0, 4, 8, 2], Volume=[1.0, 2, 3, 4], signal=[1.0, 1, -1, 1])
    other = mirrored(frame, days[1])
    assert other.iloc[:2].equals(frame.iloc[:2])
    assert other["Close"].tolist() == [4, 4, 1, 16]
    assert other["High"].tolist() == [5, 4, 16, 64]
    assert other["Low"].tolist() == [4, 4, 1, 4]
    assert other["Volume"].tolist() == [1, 2, 6, 8]
    assert other["signal"].tolist() == [1, 1, 2, -2]


UPS = [day % 3 % 2 for day in range(120)]

CARRIED = {
    "whole numbers": (UPS, "whole numbers"),
    "yes and no": (tuple(map(bool, UPS)), "whole numbers"),
    "numbers of NumPy": ([np.int64(up) for up in UPS], "whole numbers"),
    "pairs": ([[day, up] for day, up in enumerate(UPS)], "whole numbers"),
    "a set of day numbers": (set(range(735_000, 735_060)), "whole numbers"),
    "a text of signs": ("".join("-+"[up] for up in UPS), "a text of 120 characters"),
    "a text of words": (" ".join(("down", "up")[up] for up in UPS), "a text of 519 characters"),
    "a text of letters": ("".join(chr(97 + day % 26) for day in range(120)), "a text of 120 characters"),
    "bytes": (bytes(UPS), "a text of 120 characters"),
    "words": ([("down", "up")[up] for up in UPS], "120 words"),
    "words by date": ({f"2008-07-{day:02d}": UPS[day] for day in range(1, 31)}, "30 dates"),
    "an array": (array("b", UPS), "a array of 120 rows"),
    "a small table": (np.eye(6), "a ndarray of 6 rows"),
}


@pytest.mark.parametrize("what", CARRIED)
def test_a_table_of_any_kind_that_a_script_brings_is_told(what):
    table, told = CARRIED[what]
    assert pickled_factory(of_a_notebook("1"))[1] == []
    found = pickled_factory(of_a_notebook("TABLE", TABLE=table))[1]
    assert any(one.endswith(told) for one in found)


def test_names_and_code_are_no_table():
    """A script of many functions, with their docstrings, small numbers, tickers, formats and paths."""
    cell = {"__name__": "__main__", "TICKERS": [f"T{number}" for number in range(60)], "SIZES": list(range(20))}
    part = """
def part_{n}(prices, size_{n}=2, period_{n}=3):
    '''{doc}'''
    name = 'prices/of/part/{n}/' + prices
    return name, TICKERS, SIZES, {n}, {n}00, [1, {n}, 7]
"""
    parts = "".join(part.format(n=n, doc=wf.audit_cerebro.__doc__) for n in range(40))
    exec(f"{parts}\ndef factory(prices):\n    return {', '.join(f'part_{n}' for n in range(40))}", cell)
    assert pickled_factory(cell["factory"])[1] == []


def test_numbers_and_dates_that_a_factory_brings_are_counted():
    dates, numbers = list(pd.bdate_range("2024-01-01", periods=40)), [1.5 + number for number in range(40)]
    assert pickled_factory(partial(build, strategy=None, broker={"dates": dates}))[1] == ["40 dates"]
    assert pickled_factory(partial(build, strategy=None, broker={"numbers": numbers}))[1] == ["40 numbers"]
    assert pickled_factory(partial(build, strategy=None, broker={"numbers": numbers[:9]}))[1] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(factory=3), "factory must be a function of the prices that returns a Cerebro, found 3"),
        (
            dict(factory=bt.Cerebro()),
            "factory must be a function of the prices that returns a Cerebro, found a Cerebro: build it in a function",
        ),
        (dict(prices={}), "prices must be a DataFrame, or several by name: found an empty mapping"),
        (dict(prices=[1]), "prices must be a DataFrame by date, found list: set its index"),
        (dict(n_dates=0), "n_dates must be a whole number above 0: 0"),
        (dict(workers=1.5), "workers must be a whole number above 0: 1.5"),
    ],
)
def test_wrong_arguments_are_one_line(prices, arguments, message):
    given = dict(factory=factory_of(TableOfTheFirst), prices=prices) | arguments
    with pytest.raises(wf.ArgumentError) as raised:
        wf.audit_cerebro(**given)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.iloc[:20], "prices must have at least 30 rows, found 20: give more"),
        (lambda frame: frame[::-1], "prices must have each date once, in order: use sort_index() and drop duplicates"),
        (lambda frame: frame[["Volume"]], "prices must have columns such as Close, found ['Volume']: rename"),
        (lambda frame: frame.assign(Low=-1.0), "prices must be above 0, and are not on 20"),
    ],
)
def test_wrong_prices_are_one_line(prices, change, message):
    with pytest.raises(wf.ArgumentError) as raised:
        wf.audit_cerebro(factory_of(TableOfTheFirst), change(prices))
    assert str(raised.value).startswith(message)


def test_a_factory_that_cannot_travel_is_told_how(prices):
    with pytest.raises(
        wf.ArgumentError, match=r"factory cannot be sent to another process \(TypeError: .*\): build what"
    ):
        wf.audit_cerebro(partial(build, strategy=(number for number in (1, 2))), prices)


def no_cerebro(prices):
    return prices


def test_a_factory_without_a_cerebro_is_told(prices):
    with pytest.raises(wf.UserError, match="factory must return a Cerebro, found DataFrame: return it at its end"):
        audited_here(no_cerebro, prices)


def test_the_report_says_what_was_covered():
    day = pd.Timestamp("2008-10-10")
    findings = (
        Finding("fills", "Mine", 3),
        Finding("strategy", "<Mine>", 9, "changes when later rows are mirrored", day),
    )
    report = CerebroReport(findings, n_bars=120, n_possible=100, n_dates=50)
    assert str(report).splitlines() == [
        "Verdict: FAIL - do not trust the results until this is corrected",
        "  FAIL: strategy <Mine>, 2008-10-10: changes when later rows are mirrored",
        "     1 of    1 pass  fills",
        "     0 of    1 pass  strategy",
        "Later rows were other ones after 50 of 100 days on which it could trade. Bars came one by one: every read of"
        " data.close[1] is found. Of leaks on 5% of the days by another way, 8% escape: raise n_dates.",
    ]
    assert "strategy &lt;Mine&gt;, 2008-10-10" in report._repr_html_()
    assert CerebroReport(findings[:1], 120, 100, 100).coverage.endswith(
        "on which it could trade, and bars came one by one."
    )
