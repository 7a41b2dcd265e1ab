"""A run's folder on its way in, and what a killed one left."""

import subprocess
import sys

import pytest

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.reports.run_folder import check_writable, publish, staging_folder

STAMP = "20260102_030405"


def hidden(folder):
    return sorted(path.name for path in folder.rglob(".*"))


def make_whole(out):
    with staging_folder(out / "runs", "SPY") as folder:
        (folder / "results.json").write_text("{}")
        return publish(folder, b"png", out, "SPY", "SPY_kelly", STAMP)


def test_what_a_dead_run_left_is_removed_and_nothing_else(tmp_path):
    (tmp_path / "runs" / ".making-SPY-dead").mkdir(parents=True)
    (tmp_path / "runs" / ".making-SPY-dead" / "equity.csv").touch()
    (tmp_path / "runs" / ".git").mkdir()
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / f".SPY_kelly_{STAMP}-ab12_x9z.png").touch()
    (tmp_path / "charts" / f".SPY_kelly_{STAMP}_2-ab12_x9z.png").touch()
    (tmp_path / "charts" / ".mine.png").touch()
    files = make_whole(tmp_path)
    assert hidden(tmp_path) == [".git", ".mine.png"]
    assert files.chart.read_bytes() == b"png"
    assert (files.run_folder / "results.json").read_text() == "{}"


LIVE_RUN = """
import sys
from pathlib import Path
from backtrader_walkforward.reports.run_folder import staging_folder

with staging_folder(Path(sys.argv[1]), "SPY") as folder:
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_the_folder_of_a_live_run_is_left_until_that_is_killed(tmp_path):
    live = subprocess.Popen(
        [sys.executable, "-c", LIVE_RUN, tmp_path / "runs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with live:
        name = live.stdout.readline().strip()
        make_whole(tmp_path)
        assert hidden(tmp_path) == [name]
        live.kill()
    make_whole(tmp_path)
    assert hidden(tmp_path) == []
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [f"SPY_{STAMP}", f"SPY_{STAMP}_2"]


def test_a_name_taken_at_the_last_moment_is_left_to_who_took_it(tmp_path, monkeypatch):
    """As on a file system without locks, where another run moves in between the look and the move."""
    from backtrader_walkforward.reports import run_folder

    def look_and_be_overtaken(folder, chart, files):
        monkeypatch.setattr(run_folder, "_move_in", move_in)
        files.run_folder.mkdir()
        (files.run_folder / "theirs").touch()
        return move_in(folder, chart, files)

    move_in = run_folder._move_in
    monkeypatch.setattr(run_folder, "_move_in", look_and_be_overtaken)
    files = make_whole(tmp_path)
    assert files.run_folder.name == f"SPY_{STAMP}_2"
    assert [path.name for path in (tmp_path / "charts").iterdir()] == [f"SPY_kelly_{STAMP}_2.png"]
    assert [path.name for path in (tmp_path / "runs" / f"SPY_{STAMP}").iterdir()] == ["theirs"]


@pytest.mark.parametrize("taken", ["runs", "charts"])
def test_a_file_where_a_folder_will_be_is_found_early(tmp_path, taken):
    (tmp_path / taken).touch()
    with pytest.raises(UserError, match=f"{taken} is not a folder - choose another folder with --out DIR"):
        check_writable(tmp_path)


def test_looking_makes_nothing(tmp_path):
    check_writable(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []
