"""Drawn sheets are kept by what they were drawn from."""

import multiprocessing
import os
import pickle
from dataclasses import replace

import pytest

from backtrader_walkforward.reports.tear_sheets import cache as sheet_store
from backtrader_walkforward.reports.tear_sheets import draw as tear_sheet
from backtrader_walkforward.reports.tear_sheets.cache import TearSheetCache, task_digest
from backtrader_walkforward.reports.tear_sheets.draw import draw_tear_sheets
from backtrader_walkforward.reports.write import sheet_task
from backtrader_walkforward.system.processes import process_pool


@pytest.fixture(scope="module")
def tasks(comparison, summary):
    return [
        sheet_task(result, comparison.benchmark, summary.ticker, summary.source) for result in comparison.ranked[:3]
    ]


@pytest.fixture
def drawn(monkeypatch):
    """Stand in for the drawing, and count."""
    names = []

    def draw(task):
        names.append(task.measures["name"])
        return f"page of {names[-1]}"

    monkeypatch.setattr(tear_sheet, "draw_tear_sheet", draw)
    return names


def test_a_sheet_that_exists_is_not_drawn_again(tasks, drawn, tmp_path):
    first = list(draw_tear_sheets(tasks[:2], folder=tmp_path))
    again = list(draw_tear_sheets([tasks[2], *tasks[:2]], folder=tmp_path))
    assert again[1:] == first
    assert drawn == [task.measures["name"] for task in tasks]


def test_a_damaged_page_is_drawn_again(tasks, drawn, tmp_path):
    [page] = draw_tear_sheets(tasks[:1], folder=tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert list(draw_tear_sheets(tasks[:1], folder=tmp_path)) == [page]
    assert len(drawn) == 2


def test_a_folder_that_cannot_be_made_keeps_nothing(tasks, drawn, tmp_path):
    (tmp_path / "file").write_text("")
    assert len(list(draw_tear_sheets(tasks[:1], folder=tmp_path / "file" / "sheets"))) == 1
    assert drawn == [tasks[0].measures["name"]]


def test_pages_not_used_for_long_are_forgotten(tasks, drawn, tmp_path):
    list(draw_tear_sheets(tasks[:2], folder=tmp_path))
    store, [old, _] = TearSheetCache(tmp_path), sorted(tmp_path.iterdir())
    os.utime(old, (0, 0))
    assert store.prune() == 1
    assert not old.exists()
    assert store.prune() == 0


def test_without_a_folder_all_are_drawn(tasks, drawn):
    assert list(draw_tear_sheets(tasks)) == [f"page of {name}" for name in drawn]
    assert len(drawn) == 3


def test_one_page_or_none_to_draw_starts_no_process(tasks, drawn, tmp_path):
    with process_pool(2) as executor:
        pages = [list(draw_tear_sheets(tasks[:1], executor, tmp_path)) for _ in range(2)]
        assert multiprocessing.active_children() == []
    assert pages == [[f"page of {drawn[0]}"]] * 2
    assert len(drawn) == 1


def test_equal_tasks_share_a_digest_wherever_they_come_from(tasks):
    assert task_digest(pickle.loads(pickle.dumps(tasks[0]))) == task_digest(tasks[0])


def test_a_task_that_differs_in_anything_has_a_digest_of_its_own(tasks):
    task = tasks[0]
    others = [
        replace(task, ticker="QQQ"),
        replace(task, source="elsewhere"),
        replace(task, measures={**task.measures, "sharpe": 0.0}),
        replace(task, equity=task.equity * (1 + 1e-15)),
        replace(task, returns=task.returns.shift(freq="D")),
    ]
    assert len({task_digest(one) for one in (task, *others)}) == 6


def test_another_version_of_what_draws_draws_again(tasks, tmp_path, monkeypatch):
    store = TearSheetCache(tmp_path)
    store.put(tasks[0], "page")
    assert store.get(tasks[0]) == "page"
    monkeypatch.setattr(sheet_store, "drawing_digest", lambda: b"another")
    assert store.get(tasks[0]) is None
