"""A run's folder on its way in, and what a killed one left."""

import subprocess
import sys
from pathlib import Path

import pytest

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.reports.run_folder import check_writable, write_run

STAMP = "20260102_030405"


def hidden(folder):
    return sorted(path.name for path in folder.rglob(".*"))


def make_whole(out):
    return write_run(out, "SPY", STAMP, [("results.json", "{}"), ("tearsheets/kelly.html", "")], {"SPY_kelly": b"png"})


def test_what_a_dead_run_left_is_removed_and_nothing_else(tmp_path):
    (tmp_path / "runs" / ".making-SPY-dead").mkdir(parents=True)
    (tmp_path / "runs" / ".making-SPY-dead" / "equity.csv").touch()
    (tmp_path / "runs" / ".git").mkdir()
    files = make_whole(tmp_path)
    assert hidden(tmp_path) == [".git"]
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


def test_a_name_that_is_taken_is_counted_on(tmp_path):
    names = [(run.run_folder.name, run.chart.name) for run in (make_whole(tmp_path) for _ in range(3))]
    assert [folder for folder, _ in names] == [f"SPY_{STAMP}", f"SPY_{STAMP}_2", f"SPY_{STAMP}_3"]
    assert names[2][1] == f"SPY_kelly_{STAMP}_3.png"


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_leaves_nothing(tmp_path, monkeypatch, failure):
    def fail(*_):
        raise failure

    monkeypatch.setattr("backtrader_walkforward.reports.run_folder.publish", fail)
    with pytest.raises(failure):
        make_whole(tmp_path)
    assert list((tmp_path / "runs").iterdir()) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(UserError, match=r"cannot write .*file.* - choose another folder with --out DIR"):
        make_whole(taken)


def test_a_name_taken_at_the_last_moment_is_left_to_who_took_it(tmp_path, monkeypatch):
    """Another run moves in between the look and the move."""
    move = Path.rename

    def overtaken(folder, place):
        monkeypatch.setattr(Path, "rename", move)
        place.mkdir()
        (place / "theirs").touch()
        return folder.rename(place)

    monkeypatch.setattr(Path, "rename", overtaken)
    files = make_whole(tmp_path)
    assert files.run_folder.name == f"SPY_{STAMP}_2"
    assert [path.name for path in (tmp_path / "charts").iterdir()] == [f"SPY_kelly_{STAMP}_2.png"]
    assert [path.name for path in (tmp_path / "runs" / f"SPY_{STAMP}").iterdir()] == ["theirs"]


def test_a_chart_without_its_run_keeps_its_name(tmp_path):
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / f"SPY_kelly_{STAMP}.png").write_bytes(b"old")
    files = make_whole(tmp_path)
    assert (files.run_folder.name, files.chart.name) == (f"SPY_{STAMP}_2", f"SPY_kelly_{STAMP}_2.png")
    assert (tmp_path / "charts" / f"SPY_kelly_{STAMP}.png").read_bytes() == b"old"


def test_a_run_without_a_chart_makes_no_folder_for_one(tmp_path):
    files = write_run(tmp_path, "SPY", STAMP, [("index.html", "page")])
    assert files.chart is None
    assert files.index.read_text() == "page"
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


@pytest.mark.parametrize("taken", ["runs", "charts"])
def test_a_file_where_a_folder_will_be_is_found_early(tmp_path, taken):
    (tmp_path / taken).touch()
    with pytest.raises(UserError, match=f"{taken} is not a folder - choose another folder with --out DIR"):
        check_writable(tmp_path)


@pytest.mark.parametrize("place", ["/proc/x", "/proc/self/deeper/still", "/sys/x"])
def test_a_place_that_no_permission_tells_of_is_found_early(place):
    with pytest.raises(UserError, match=rf"cannot write {place}: .* - choose another folder with --out DIR"):
        check_writable(Path(place))


def test_looking_makes_nothing(tmp_path):
    check_writable(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []
