"""Clean rooms: each item is made when it is asked for, caches are empty, errors and killed processes are told."""

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

import pytest

from backtrader_walkforward.audit import clean_room
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of, findings_of
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.errors import UserError


def room_of(compute, *arguments, items=(), check=lambda answer: [Finding("room", str(answer), 1)]):
    return CleanRoom(compute, items, arguments, check)


def doubled(items, factor):
    return [factor * item for item in items]


def process_and_folders(items):
    folders = [os.environ["XDG_CACHE_HOME"], os.environ["TMPDIR"], tempfile.gettempdir()]
    return os.getpid(), {*folders}, [path.name for path in Path(folders[0]).iterdir()]


def last_of(items, file):
    """Write down each item, so that the process that makes them can look."""
    for item in items:
        file.write_text(str(item))
    return file.read_text()


def divided(items, number):
    return number / 0


def ended(items):
    os._exit(3)


def inherited(items):
    left, given = os.environ.get("LEFT_BEHIND", ""), sys.argv.count("prices")
    return "pandas" in sys.modules, left, given, "PATH" in os.environ


def test_each_room_is_another_process_with_empty_caches_that_are_removed():
    rooms = [room_of(process_and_folders) for _ in range(3)]
    answers = answers_of(rooms, 2)
    assert len({os.getpid(), *(process for process, _, _ in answers)}) == 4
    folders = [folder for _, [folder], kept in answers if kept == []]
    assert len(set(folders)) == 3
    assert not any(Path(folder).exists() for folder in folders)


def test_answers_and_findings_have_the_order_of_the_rooms():
    rooms = [room_of(doubled, factor, items=[1, None, 3][::2]) for factor in (2, 3, 4)]
    assert answers_of(rooms, 2) == [[2, 6], [3, 9], [4, 12]]
    named = [finding.name for finding in findings_of(rooms, 1) if finding.stage != "files"]
    assert named == ["[2, 6]", "[3, 9]", "[4, 12]"]
    assert answers_of([], 2) == []


def test_an_item_is_made_once_the_one_before_is_done_with(tmp_path):
    file, written = tmp_path / "seen", []

    def items():
        for number in range(4):
            written.append(file.read_text() if file.exists() else "")
            yield number

    assert answers_of([room_of(last_of, file, items=items())], 1) == ["3"]
    assert written == ["", "0", "1", "2"]


def test_an_error_is_an_answer_and_a_killed_process_an_error():
    found = answers_of([room_of(divided, 1), room_of(doubled, 2, items=[1])], 1)
    assert found == [Failure("ZeroDivisionError: division by zero"), [2]]
    with pytest.raises(UserError, match="a process of the audit was killed, perhaps because memory ran out"):
        answers_of([room_of(ended)], 1)


def test_an_error_in_the_making_of_an_item_ends_the_processes():
    def items():
        yield 1
        raise ValueError("no second item")

    with pytest.raises(ValueError, match="no second item"):
        answers_of([room_of(doubled, 2, items=items())], 1)
    assert not [child for child in multiprocessing.active_children() if child.is_alive()]


def test_a_room_is_spawned_and_inherits_nothing_that_a_plugin_left_behind(monkeypatch):
    """The tests use another way to begin a room, which takes less time."""
    monkeypatch.setattr(clean_room, "CONTEXT", multiprocessing.get_context("spawn"))
    monkeypatch.setenv("LEFT_BEHIND", "prices")
    monkeypatch.setattr(sys, "argv", [*sys.argv, "prices"])
    assert answers_of([room_of(inherited)], 1) == [(True, "", 0, True)]
