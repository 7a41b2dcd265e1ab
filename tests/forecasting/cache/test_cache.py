import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.mean import Mean

from backtrader_walkforward.forecasting import ForecastCache, Forecasts, WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.predictor import Predictor

ROOT = Path(__file__).parents[3]
WALK = WalkForward(first_test=60, lookback=5, retrain_every=25, cold_start_every=12)
DAILY = WalkForward(first_test=60, lookback=5, retrain_every=1)

History = tuple[pd.Series, pd.DataFrame]


class Tagged(Mean):
    """Takes any setting."""

    def __init__(self, target: str = "return", seed: int = 7, tag: object = None) -> None:
        super().__init__(target, seed)
        self.tag = tag


@pytest.fixture
def store(tmp_path: Path) -> ForecastCache:
    return ForecastCache(tmp_path / "cache")


def run(history: History, store: ForecastCache | None = None, predictor: Predictor | None = None) -> Forecasts:
    return forecast(*history, predictor or Mean(), WALK, store=store)


def assert_same(one: Forecasts, other: Forecasts) -> None:
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert (one.epochs, one.out_of_range) == (other.epochs, other.out_of_range)


def change(store: ForecastCache, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(statement, values)


def test_the_second_run_fits_nothing_and_says_the_same(history: History, store: ForecastCache) -> None:
    first, second = run(history, store), run(history, store)
    assert (first.stored, second.stored) == (0, 3)
    assert_same(second, first)
    assert_same(second, run(history))
    assert store.notes == []


def test_progress_is_told_of_stored_folds_too(history: History, store: ForecastCache) -> None:
    run((history[0][:-13], history[1][:-13]), store)
    told: list[tuple[int, int]] = []
    forecast(*history, Mean(), WALK, on_fold=lambda made, total: told.append((made.fold, total)), store=store)
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_a_shorter_history_finds_all_and_a_longer_one_all_but_its_last_folds(
    history: History, store: ForecastCache
) -> None:
    shorter = history[0][:-13], history[1][:-13]
    assert run(shorter, store).stored == 0
    assert run(history, store).stored == 1
    assert [run(shorter, store).stored, run(history, store).stored] == [2, 3]


def test_another_future_leaves_the_folds_before_it(history: History, store: ForecastCache) -> None:
    close, features = history[0].copy(), history[1].copy()
    before = run(history, store)
    features.iloc[-20:] = -1e3
    poisoned = run((close, features), store)
    assert poisoned.stored == 1
    pd.testing.assert_frame_equal(poisoned.table[:-20], before.table[:-20], check_exact=True)
    assert run(history, store).stored == 3


def test_what_has_no_key_is_not_stored(history: History, store: ForecastCache) -> None:
    assert run(history, store, Tagged(tag=object())).stored == 0
    assert store.notes == ["forecasts of tagged are not stored: a parameter of type object cannot be part of their key"]
    assert not store.path.exists()
    run(history, store, Tagged(tag={"depth": (1, np.arange(3))}))
    assert run(history, store, Tagged(tag={"depth": (1, np.arange(3))})).stored == 3


def test_a_damaged_entry_is_made_anew(history: History, store: ForecastCache) -> None:
    whole = run(history, store)
    change(store, "UPDATE folds SET payload = zeroblob(length(payload)) WHERE key = (SELECT min(key) FROM folds)")
    again = run(history, store)
    assert again.stored == 2
    assert_same(again, whole)
    assert store.notes == ["forecasts in forecasts.sqlite were damaged: they are made anew"]
    assert run(history, store).stored == 3


def test_weights_that_folds_hand_on_are_stored_with_them(history: History, store: ForecastCache) -> None:
    lstm = make_predictor("lstm", units=(4, 3, 2), dense=3, epochs=1)
    whole = run(history, store, lstm)
    change(store, "DELETE FROM folds WHERE key NOT IN (SELECT key FROM weights)")
    assert [run(history, store, lstm).stored, run(history, store, lstm).stored] == [1, 3]
    change(store, "UPDATE weights SET payload = zeroblob(length(payload))")
    again = run(history, store, lstm)
    assert again.stored == 2
    assert_same(again, whole)
    assert store.notes == ["forecasts in forecasts.sqlite were damaged: they are made anew"]
    assert store.prune(size=0) == 3
    change(store, "CREATE TABLE empty AS SELECT 1 / (SELECT count(*) = 0 FROM weights)")
    assert run(history, store, lstm).stored == 0


def test_entries_under_each_others_keys_are_damaged(history: History, store: ForecastCache) -> None:
    whole = run(history, store)
    change(store, "UPDATE folds SET (payload, checksum) = (SELECT payload, checksum FROM folds ORDER BY key LIMIT 1)")
    again = run(history, store)
    assert again.stored == 1
    assert_same(again, whole)


def test_no_flipped_bit_changes_a_forecast_or_ends_a_run(history: History, store: ForecastCache) -> None:
    whole = run(history, store)
    content = store.path.read_bytes()
    used = np.flatnonzero(np.frombuffer(content, np.uint8))
    for fit_id in np.random.default_rng(5).choice(used, 60, replace=False):
        flipped = bytearray(content)
        flipped[fit_id] ^= 1 << int(fit_id) % 8
        store.path.write_bytes(flipped)
        assert_same(run(history, store), whole)
        store.contents()


@pytest.mark.parametrize("content", [b"no database at all" * 300, b"SQLite format 3\0x"])
def test_a_damaged_file_is_set_aside(history: History, store: ForecastCache, content: bytes) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(content)
    assert_same(run(history, store), run(history))
    assert store.notes == [
        "forecasts.sqlite was damaged: it is now forecasts.sqlite.damaged, and a new one takes its place"
    ]
    assert run(history, store).stored == 3


def test_a_full_disk_is_a_note(history: History, store: ForecastCache, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def connect_to_a_small_disk(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 5")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_a_small_disk)
    full = forecast(*history, Mean(), DAILY, store=store)
    assert_same(full, forecast(*history, Mean(), DAILY))
    assert store.notes == ["forecasts could not be stored or read in forecasts.sqlite: database or disk is full"]
    assert 0 < forecast(*history, Mean(), DAILY, store=store).stored < 60


def test_a_store_that_can_only_be_read_is_read(
    history: History, store: ForecastCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(history, store)
    change(store, "UPDATE folds SET used = '2020-01-01'")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **options: connect(f"file:{path}?mode=ro", uri=True))
    assert run(history, store).stored == 3
    assert store.notes == []
    assert run(history, store, Mean(seed=8)).stored == 0
    assert store.notes == [
        "forecasts could not be stored or read in forecasts.sqlite: attempt to write a readonly database"
    ]


def test_a_folder_that_cannot_be_made_is_a_note(history: History, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ForecastCache(tmp_path / "file" / "cache")
    assert_same(run(history, store), run(history))
    (note,) = store.notes
    assert note.startswith("forecasts could not be stored or read in forecasts.sqlite: ")


def test_a_locked_file_is_a_note(history: History, store: ForecastCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backtrader_walkforward.system.sqlite_store.LOCK_SECONDS", 0.01)
    run(history, store)
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert run(history, store).stored == 0
    assert store.notes == ["forecasts could not be stored or read in forecasts.sqlite: database is locked"]
    assert run(history, store).stored == 3


def test_contents_and_what_pruning_leaves(history: History, store: ForecastCache) -> None:
    assert store.contents().empty
    assert store.prune() == 0
    run(history, store)
    run(history, store, Tagged())
    change(store, "UPDATE folds SET used = '2020-01-02' WHERE predictor = 'mean'")
    contents = store.contents().set_index("predictor")
    assert contents["folds"].to_dict() == {"mean": 3, "tagged": 3}
    assert contents["forecasts"].to_dict() == {"mean": 60, "tagged": 60}
    assert contents["bytes"].to_dict() == {"mean": 3 * (64 + 32 + 8) + 60 * 40, "tagged": 3 * (64 + 32 + 8) + 60 * 40}
    assert contents.loc["mean", "last_used"] == "2020-01-02"
    assert store.prune(size=3_000) == 3
    assert store.contents()["predictor"].tolist() == ["tagged"]
    assert store.prune() == 0


def test_pruning_by_age_spares_what_was_found_since(history: History, store: ForecastCache) -> None:
    run(history, store)
    run(history, store, Tagged())
    change(store, "UPDATE folds SET used = '2020-01-02'")
    run(history, store)
    assert store.prune(days=30) == 3
    assert store.contents()["predictor"].tolist() == ["mean"]
    assert run(history, store).stored == 3


RUN = """
import os, signal, sys
from pathlib import Path
import pandas as pd
from backtrader_walkforward.forecasting import ForecastCache, WalkForward, forecast, make_predictor

folder, seed, retrain_every, last_fold = Path(sys.argv[1]), *map(int, sys.argv[2:])
history = [pd.read_pickle(folder / name) for name in ("close", "features")]
walk_forward = WalkForward(first_test=60, lookback=5, retrain_every=retrain_every)
store = ForecastCache(folder)
end = lambda made, total: made.fold == last_fold and os.kill(os.getpid(), signal.SIGKILL)
result = forecast(*history, make_predictor("mean", seed=seed), walk_forward, on_fold=end, store=store)
sys.exit("; ".join(store.notes) or 0)
"""


def start(folder: Path, history: History, *numbers: int) -> subprocess.Popen:
    folder.mkdir(exist_ok=True)
    for name, part in zip(("close", "features"), history, strict=True):
        part.to_pickle(folder / name)
    command = [sys.executable, "-c", RUN, str(folder), *map(str, numbers)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_a_killed_run_goes_on_where_it_was(history: History, store: ForecastCache) -> None:
    assert start(store.path.parent, history, 7, 25, 1).wait(60) == -signal.SIGKILL
    going_on = run(history, store)
    assert going_on.stored == 2
    assert_same(going_on, run(history))


def test_two_runs_at_once(history: History, store: ForecastCache) -> None:
    runs = [start(store.path.parent, history, seed, 3, -1) for seed in (1, 2)]
    assert [process.wait(60) for process in runs] == [0, 0]
    walk_forward = WalkForward(first_test=60, lookback=5, retrain_every=3)
    assert [forecast(*history, Mean(seed=seed), walk_forward, store=store).stored for seed in (1, 2)] == [20, 20]


STORED = """
import multiprocessing, sys
from pathlib import Path
import numpy as np
import pandas as pd
from backtrader_walkforward.forecasting import ForecastCache, WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.folds import fold_forecast, fold_tasks
from backtrader_walkforward.system.processes import process_pool

close = pd.Series(np.linspace(100, 110, 120))
features = pd.DataFrame(np.random.default_rng(0).normal(size=(120, 31)))
lstm, walk_forward = make_predictor("lstm"), WalkForward(lookback=10)
store = ForecastCache(Path(sys.argv[1]))
for task in fold_tasks(close, features, lstm, walk_forward):
    store.save(task, fold_forecast(task, np.full(len(task.test_windows), 0.01), epochs=3))
with process_pool(2) as pool:
    result = forecast(close, features, lstm, walk_forward, pool, store=store)
    assert result.stored == result.folds == 2
    assert not multiprocessing.active_children()
assert (result.table["predicted_return"] == 0.01).all() and result.epochs == (3, 3)
assert not {"tensorflow", "keras"} & {name.split(".")[0] for name in sys.modules}
"""


def test_stored_forecasts_need_neither_tensorflow_nor_other_processes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", STORED, str(tmp_path)], cwd=ROOT, check=True, timeout=60)
