"""Drawn sheets are kept by what they were drawn from."""

import multiprocessing
import pickle
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from backtrader_walkforward.reports.drawing import tear_sheets
from backtrader_walkforward.reports.drawing.tear_sheets import draw_tear_sheets, sheet_key
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.processes import process_pool


@pytest.fixture(scope="module")
def tasks(comparison, summary):
    return [
        SheetTask.of(result, comparison.benchmark, summary.prices.ticker, summary.prices.source)
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
        names.append(task.measures["name"])
        return f"page of {names[-1]}"

    monkeypatch.setattr(tear_sheets, "draw_tear_sheet", draw)
    return names


def test_a_sheet_that_exists_is_not_drawn_again(tasks, drawn, cache):
    first = list(draw_tear_sheets(tasks[:2], cache=cache))
    again = list(draw_tear_sheets([tasks[2], *tasks[:2]], cache=cache))
    assert again[1:] == first
    assert drawn == [task.measures["name"] for task in tasks]


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
    assert drawn == [tasks[0].measures["name"]]


def test_without_a_cache_all_are_drawn(tasks, drawn):
    assert list(draw_tear_sheets(tasks)) == [f"page of {name}" for name in drawn]
    assert len(drawn) == 3


def test_one_page_or_none_to_draw_starts_no_process(tasks, drawn, cache):
    with process_pool(2) as executor:
        pages = [list(draw_tear_sheets(tasks[:1], executor, cache)) for _ in range(2)]
        assert multiprocessing.active_children() == []
    assert pages == [[f"page of {drawn[0]}"]] * 2
    assert len(drawn) == 1


def test_equal_tasks_share_a_digest_wherever_they_come_from(tasks):
    assert sheet_key(pickle.loads(pickle.dumps(tasks[0]))) == sheet_key(tasks[0])


def test_a_task_that_differs_in_anything_has_a_digest_of_its_own(tasks):
    task = tasks[0]
    others = [
        replace(task, ticker="QQQ"),
        replace(task, source="elsewhere"),
        replace(task, measures={**task.measures, "sharpe": 0.0}),
        replace(task, equity=task.equity * (1 + 1e-15)),
        replace(task, benchmark_equity=task.benchmark_equity.shift(freq="D")),
    ]
    assert len({sheet_key(one) for one in (task, *others)}) == 6


def test_another_version_of_what_draws_draws_again(tasks, monkeypatch):
    before = sheet_key(tasks[0])
    monkeypatch.setattr(tear_sheets, "LIBRARIES", ("quantstats",))
    assert sheet_key(tasks[0]) != before
    monkeypatch.undo()
    monkeypatch.setattr(tear_sheets, "_drawing_files", lambda: [Path(__file__)])
    assert sheet_key(tasks[0]) != before
    monkeypatch.undo()
    assert sheet_key(tasks[0]) == before
