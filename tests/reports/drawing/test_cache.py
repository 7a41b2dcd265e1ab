"""Drawn sheets are kept by what they were drawn from."""

import multiprocessing
import pickle
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from backtrader_walkforward.evaluation import Metrics
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.reports.drawing import tear_sheets
from backtrader_walkforward.reports.drawing.tear_sheets import draw_tear_sheets, sheet_key
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.system.cache import Cache


@pytest.fixture(scope="module")
def tasks(comparison, summary):
    return [
        SheetTask.of(
            result,
            comparison.benchmark,
            summary.significance,
            ticker=summary.prices.ticker,
            source=summary.prices.source,
        )
        for result in comparison.ranked[:3]
    ]


@pytest.fixture
def cache(tmp_path):
    return Cache("tear_sheets", tmp_path)


@pytest.fixture
def drawn(monkeypatch):
    """Stand in for the drawing, and count."""
    names = []

    def draw(task):
        names.append(task.result.name)
        return f"page of {names[-1]}"

    monkeypatch.setattr(tear_sheets, "draw_tear_sheet", draw)
    return names


def test_a_sheet_that_exists_is_not_drawn_again(tasks, drawn, cache):
    first = list(draw_tear_sheets(tasks[:2], cache=cache))
    again = list(draw_tear_sheets([tasks[2], *tasks[:2]], cache=cache))
    assert again[1:] == first
    assert drawn == [task.result.name for task in tasks]


def test_another_answer_is_another_sheet(tasks):
    assert sheet_key(tasks[0]) != sheet_key(replace(tasks[0], verdict="Evidence of skill."))
    assert sheet_key(tasks[0]) != sheet_key(replace(tasks[0], warnings=("Another warning.",)))


def test_a_damaged_page_is_drawn_again(tasks, drawn, cache):
    [page] = draw_tear_sheets(tasks[:1], cache=cache)
    with closing(sqlite3.connect(cache.path)) as connection, connection:
        connection.execute("UPDATE entries SET payload = substr(payload, 2)")
    assert list(draw_tear_sheets(tasks[:1], cache=cache)) == [page]
    assert len(drawn) == 2


def test_a_folder_that_cannot_be_made_keeps_nothing(tasks, drawn, tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache("tear_sheets", tmp_path / "file" / "cache")
    assert len(list(draw_tear_sheets(tasks[:1], cache=cache))) == 1
    assert drawn == [tasks[0].result.name]


def test_without_a_cache_all_are_drawn(tasks, drawn):
    assert list(draw_tear_sheets(tasks)) == [f"page of {name}" for name in drawn]
    assert len(drawn) == 3


def test_one_page_or_none_to_draw_starts_no_process(tasks, drawn, cache):
    with process_pool(2) as executor:
        pages = [list(draw_tear_sheets(tasks[:1], executor, cache)) for _ in range(2)]
        assert multiprocessing.active_children() == []
    assert pages == [[f"page of {drawn[0]}"]] * 2
    assert len(drawn) == 1


def test_a_task_can_be_sent_whatever_an_analyzer_returned(comparison, summary):
    odd = replace(comparison.best, analyses={"odd": lambda: None})
    task = SheetTask.of(odd, comparison.benchmark, summary.significance, ticker="SPY", source="sample")
    assert pickle.loads(pickle.dumps(task)).result.name == odd.name


def test_equal_tasks_share_a_digest_wherever_they_come_from(tasks):
    assert sheet_key(pickle.loads(pickle.dumps(tasks[0]))) == sheet_key(tasks[0])


def test_a_task_that_differs_in_anything_has_a_digest_of_its_own(tasks):
    task, result, hold = tasks[0], tasks[0].result, tasks[0].benchmark
    sharpe = replace(result.metrics.declared["sharpe"], heading="Ratio")
    declared = Metrics(result.metrics, result.metrics.declared | {"sharpe": sharpe})
    others = [
        replace(task, ticker="QQQ"),
        replace(task, source="elsewhere"),
        replace(task, benchmark_name="backtest"),
        *(
            replace(task, result=replace(result, **changed))
            for changed in (
                {"name": "other"},
                {"kind": "other"},
                {"cash_rate": 0.05},
                {"metrics": result.metrics | {"sharpe": 0.0}},
                {"metrics": declared},
                {"equity": result.equity * (1 + 1e-15)},
            )
        ),
        replace(task, benchmark=replace(hold, metrics=hold.metrics | {"sharpe": 0.0})),
        replace(task, benchmark=replace(hold, equity=hold.equity.shift(freq="D"))),
    ]
    assert len({sheet_key(one) for one in (task, *others)}) == len(others) + 1


def test_another_version_of_what_draws_draws_again(tasks, monkeypatch):
    before = sheet_key(tasks[0])
    monkeypatch.setattr(tear_sheets, "LIBRARIES", ("quantstats",))
    assert sheet_key(tasks[0]) != before
    monkeypatch.undo()
    monkeypatch.setattr(tear_sheets, "_drawing_files", lambda: [Path(__file__)])
    assert sheet_key(tasks[0]) != before
    monkeypatch.undo()
    assert sheet_key(tasks[0]) == before
