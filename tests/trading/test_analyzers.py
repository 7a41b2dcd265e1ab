"""Analyzers that somebody drops in: found, attached to every variant, checked."""

import json
import re
import sys

import pytest
from backtrader_walkforward.strategies.kelly import Kelly

import backtrader_walkforward.analyzers
from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.trading.analyzers import RESERVED, analyzer_plugins, declared_metrics, find_analyzers
from backtrader_walkforward.trading.variants import BENCHMARK, Variant
from tests.golden_jobs import JOBS, RENAMED
from tests.test_golden_run import GOLDEN

LONGEST_WAIT = '''"""The longest wait for a fill."""

import backtrader as bt


class LongestWait(bt.Analyzer):
    metrics = {"longest_wait": "count"}

    def start(self):
        self.wait = self.longest = 0

    def notify_order(self, order):
        if order.status == order.Completed:
            self.wait = 0

    def next(self):
        self.wait += 1
        self.longest = max(self.longest, self.wait)

    def get_analysis(self):
        return {"longest_wait": self.longest, "strategy": type(self.strategy).__name__}
'''


@pytest.fixture
def dropped_in(tmp_path, monkeypatch):
    """Return a function that writes a file into ./analyzers, where the package looks for plug-ins."""
    monkeypatch.setattr(
        backtrader_walkforward.analyzers, "__path__", [*backtrader_walkforward.analyzers.__path__, str(tmp_path)]
    )

    def write(text, name="mine"):
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, f"backtrader_walkforward.analyzers.{name}", raising=False)

    return write


def run(signals):
    return run_backtest(signals, [Variant("kelly", Kelly), BENCHMARK], Settings.of())


def mine(body, metrics="{}"):
    """Return a file with an analyzer of this body."""
    return f"import backtrader as bt\n\n\nclass Mine(bt.Analyzer):\n    metrics = {metrics}\n\n    {body}\n"


def test_the_metrics_of_the_package_in_their_order():
    assert " ".join(declared_metrics(find_analyzers())) == (
        "total_return annual_return annual_volatility sharpe sortino calmar max_drawdown max_drawdown_days win_rate"
        " winning_days trades rejected_orders exposure net_exposure gross_exposure turnover final_value bankrupt"
    )


def test_one_file_gives_a_metric_of_every_variant(signals, dropped_in):
    dropped_in(LONGEST_WAIT, "longest_wait")
    kelly, hold = run(signals)
    assert list(kelly.metrics)[-1] == "longest_wait"
    assert (kelly.metrics.longest_wait, hold.metrics["longest_wait"]) == (2, 119)
    assert kelly.metrics.declared["longest_wait"].heading == "Longest wait"
    assert hold.analyses["longest_wait"] == {"longest_wait": 119, "strategy": "BuyAndHold"}


def test_an_analyzer_of_backtraders_without_metrics_is_kept_whole(signals, dropped_in):
    years = "    params = dict(timeframe=bt.TimeFrame.Years)\n"
    dropped_in(f"import backtrader as bt\n\n\nclass Growth(bt.analyzers.TimeReturn):\n{years}")
    before, (kelly, hold) = list(declared_metrics(find_analyzers())), run(signals)
    assert list(kelly.metrics) == before
    [growth] = hold.analyses["growth"].values()
    assert growth == pytest.approx(hold.metrics.total_return)


def test_a_metric_may_be_undefined(signals, dropped_in):
    dropped_in(mine("def get_analysis(self): return {'odd': None}", "{'odd': 'percent'}"))
    assert run(signals)[0].metrics.odd is None


@pytest.mark.parametrize("method", ["start", "next", "stop", "notify_order", "notify_trade", "get_analysis"])
def test_a_method_that_fails_is_named_with_its_file(signals, dropped_in, method):
    dropped_in(mine(f"def {method}(self, *told): return 1 / 0"))
    with pytest.raises(UserError, match=rf"^analyzers/mine.py: Mine.{method}\(\) failed: ZeroDivisionError: "):
        run(signals)


def test_a_constructor_that_fails_is_named_with_its_file(signals, dropped_in):
    dropped_in(mine("def __init__(self): self.strategy.no_such_thing"))
    with pytest.raises(UserError, match=r"^analyzers/mine.py: Mine.__init__\(\) failed: AttributeError"):
        run(signals)


@pytest.mark.parametrize(
    ("body", "metrics", "words"),
    [
        ("pass", "{'odd': 'number'}", r"Mine.get_analysis\(\) returns no 'odd', which is one of its metrics"),
        ("def get_analysis(self): return [1]", "{'odd': 'number'}", r"must return a dict with its metric 'odd': \[1\]"),
        (
            "def get_analysis(self): return {'odd': 'much'}",
            "{'odd': 'number'}",
            r"Mine.get_analysis\(\) must return a number or None as 'odd': 'much'",
        ),
        (
            "def get_analysis(self): return {'odd': 1.0}",
            "{'odd': 'date'}",
            r"Mine.get_analysis\(\) must return a date or None as 'odd': 1.0",
        ),
    ],
)
def test_a_faulty_analyzer_is_refused_in_one_line(signals, dropped_in, body, metrics, words):
    dropped_in(mine(body, metrics))
    with pytest.raises(UserError, match=words) as refused:
        run(signals)
    assert "analyzers/mine.py" in str(refused.value)


@pytest.mark.parametrize(
    ("body", "metrics", "words"),
    [
        ("def __init__(self, days): pass", "{}", r"Mine.__init__\(\) must need no arguments .*'days'\): use params"),
        ("pass", "['odd']", r"Mine: metrics must be a dict like \{'win_rate': 'percent'\}: \['odd'\]"),
        ("pass", "{'odd': 'euro'}", "Mine: the form of metric 'odd' must be one of number, percent, .*: 'euro'"),
        ("pass", "{'name': 'number'}", "Mine declares the metric 'name', which results have already: rename it"),
        (
            "pass",
            "{'sharpe': 'number'}",
            "Mine declares the metric 'sharpe', which analyzers/performance.py: Performance declares, too: rename it",
        ),
    ],
)
def test_an_analyzer_that_cannot_be_attached_is_left_out_with_a_note(signals, dropped_in, body, metrics, words):
    before = list(find_analyzers())
    dropped_in(mine(body, metrics))
    assert list(find_analyzers()) == before
    [note] = analyzer_plugins().notes
    assert re.match(f"left out: analyzers/mine.py: {words}", note)


def test_of_two_analyzers_with_one_metric_the_second_is_left_out(dropped_in):
    body = "def get_analysis(self): return {'odd': 1.0}"
    dropped_in(mine(body, "{'odd': 'number'}"))
    dropped_in(mine(body, "{'odd': 'number'}").replace("Mine", "Other"), "other")
    assert {"mine", "other"} & set(find_analyzers()) == {"mine"}
    [note] = analyzer_plugins().notes
    assert "other.py: Other declares the metric 'odd', which analyzers/mine.py: Mine declares, too: rename it" in note


def test_an_analyzer_with_the_name_of_a_recorder_is_left_out(dropped_in):
    dropped_in("import backtrader as bt\n\n\nclass Fills(bt.Analyzer):\n    pass\n")
    [note] = analyzer_plugins().notes
    assert note.startswith("left out: analyzers/mine.py: Fills has the name of a recorder of the package: rename")


def test_an_analyzer_that_results_are_made_of_is_not_left_out(monkeypatch, tmp_path):
    (tmp_path / "performance.py").write_text("import nothing_like_it\n")
    monkeypatch.setattr(backtrader_walkforward.analyzers, "__path__", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "backtrader_walkforward.analyzers.performance")
    monkeypatch.setattr("backtrader_walkforward.trading.analyzers.REQUIRED", ("performance",))
    with pytest.raises(UserError, match=r"^analyzers/performance.py:1 cannot be imported: ModuleNotFoundError: "):
        find_analyzers()


def test_what_results_have_of_a_variant_beside_its_metrics_is_reserved():
    runs = JOBS.keys() - {"paper"}
    columns = [name for job in runs for name in json.loads((GOLDEN / f"{job}.json").read_text())]
    entries = {name.split(".")[1] for name in columns if name.startswith("variants.")}
    today = {old: new for new, old in RENAMED.items()}
    assert {today.get(name, name) for name in entries} - {*declared_metrics(find_analyzers())} == {*RESERVED}


def test_an_analyzer_that_cannot_be_constructed_is_found_before_there_are_prices(dropped_in):
    dropped_in("import backtrader as bt\nclass Mine(bt.Analyzer):\n    def __init__(self): 1 / 0")
    with pytest.raises(UserError, match=r"^analyzers/mine.py: Mine.__init__\(\) failed: ZeroDivisionError"):
        Stages.of(Settings.of(predictor="ridge"))
