import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.mean import Mean

from backtrader_walkforward.forecasting import Forecasts, WalkForward, fold_cache, forecast, make_predictor
from backtrader_walkforward.forecasting.fold_cache import StoredFit, fit_key, pack, save_fold, unpack
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import fit_and_forecast
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.system.cache import Cache

ROOT = Path(__file__).parents[2]
WALK = WalkForward(first_test=60, lookback=5, retrain_every=25, cold_start_every=12)
DAILY = WalkForward(first_test=60, lookback=5, retrain_every=1)

History = tuple[pd.DataFrame, pd.DataFrame]


class Tagged(Mean):
    """Takes any setting."""

    def __init__(self, target: str = "return", seed: int = 7, tag: object = None) -> None:
        super().__init__(target, seed)
        self.tag = tag


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache("forecasts", tmp_path / "cache")


def run(
    history: History, cache: Cache | None = None, predictor: Predictor | None = None, walk: WalkForward = WALK
) -> Forecasts:
    return forecast(*history, predictor or Mean(), walk, cache=cache)


def assert_same(one: Forecasts, other: Forecasts) -> None:
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert (one.epochs, one.out_of_range) == (other.epochs, other.out_of_range)


class Passing(Mean):
    """Leaves a learning curve of two passes."""

    def fit(self, windows: np.ndarray, target: np.ndarray) -> "Passing":
        super().fit(windows, target)
        self.epochs_, self.learning_curve_ = 2, [[0.5, len(target)], [0.25, np.nan]]
        return self


def change(cache: Cache, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(cache.path)) as connection, connection:
        connection.execute(statement, values)


def test_the_second_run_fits_nothing_and_says_the_same(history: History, cache: Cache) -> None:
    first, second = run(history, cache), run(history, cache)
    assert (first.stored, second.stored) == (0, 3)
    assert_same(second, first)
    assert_same(second, run(history))
    assert cache.notes == []


def test_learning_curves_are_stored_with_their_fits(history: History, cache: Cache) -> None:
    first, second = run(history, cache, Passing()), run(history, cache, Passing())
    assert second.stored == 3
    for fits in (first.learning_curves, second.learning_curves):
        np.testing.assert_array_equal([curve for [curve] in fits][1:], [[[0.5, n], [0.25, np.nan]] for n in (80, 105)])


def test_progress_is_told_of_stored_folds_too(history: History, cache: Cache) -> None:
    run((history[0][:-13], history[1][:-13]), cache)
    told: list[tuple[int, int]] = []
    forecast(*history, Mean(), WALK, on_fold=lambda fit_id, total: told.append((fit_id[1], total)), cache=cache)
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_a_shorter_history_finds_all_and_a_longer_one_all_but_its_last_folds(history: History, cache: Cache) -> None:
    shorter = history[0][:-13], history[1][:-13]
    assert run(shorter, cache).stored == 0
    assert run(history, cache).stored == 1
    assert [run(shorter, cache).stored, run(history, cache).stored] == [2, 3]


def test_another_future_leaves_the_folds_before_it(history: History, cache: Cache) -> None:
    prices, features = history[0].copy(), history[1].copy()
    before = run(history, cache)
    features.iloc[-20:] = -1e3
    poisoned = run((prices, features), cache)
    assert poisoned.stored == 1
    pd.testing.assert_frame_equal(poisoned.table[:-20], before.table[:-20], check_exact=True)
    assert run(history, cache).stored == 3


def test_what_has_no_key_is_not_stored(history: History, cache: Cache) -> None:
    assert run(history, cache, Tagged(tag=object())).stored == 0
    assert cache.notes == ["forecasts of tagged are not stored: a parameter of type object cannot be part of their key"]
    assert not cache.path.exists()
    run(history, cache, Tagged(tag={"depth": (1, np.arange(3))}))
    assert run(history, cache, Tagged(tag={"depth": (1, np.arange(3))})).stored == 3


def test_a_damaged_entry_is_made_anew(history: History, cache: Cache) -> None:
    whole = run(history, cache)
    change(cache, "UPDATE entries SET payload = zeroblob(length(payload)) WHERE key = (SELECT min(key) FROM entries)")
    again = run(history, cache)
    assert again.stored == 2
    assert_same(again, whole)
    assert cache.notes == ["forecasts in forecasts.sqlite were damaged: they are not used"]
    assert run(history, cache).stored == 3


def test_weights_that_folds_share_are_stored_with_them(history: History, cache: Cache) -> None:
    lstm = make_predictor("lstm", units=(4, 3, 2), dense=3, epochs=1)
    whole = run(history, cache, lstm)
    change(cache, "DELETE FROM entries WHERE length(payload) < 2000")  # all but the fit from random weights
    assert [run(history, cache, lstm).stored, run(history, cache, lstm).stored] == [1, 3]
    change(cache, "UPDATE entries SET payload = zeroblob(length(payload)) WHERE length(payload) > 2000")
    again = run(history, cache, lstm)
    assert again.stored == 2
    assert_same(again, whole)
    assert cache.notes == ["forecasts in forecasts.sqlite were damaged: they are not used"]
    cache.largest = 0
    assert cache.prune() == 3
    assert run(history, cache, lstm).stored == 0


def test_a_fit_that_was_stored_without_its_learning_rates_is_made_again(history: History, cache: Cache) -> None:
    """No other fold took them over where each one searched."""
    lstm = make_predictor("lstm", units=(3, 2), dense=2, epochs=2)
    searching, once = replace(WALK, cold_start_every=1), replace(WALK, cold_start_every=1, search_every=3)
    run(history, cache, lstm, searching)
    first = run(history, cache, lstm, once)
    assert (first.stored, run(history, cache, lstm, once).stored) == (0, 3)
    assert_same(first, forecast(*history, lstm, once))
    assert run(history, cache, lstm, searching).stored == 3


def test_a_fit_keeps_its_weights_when_it_is_stored_without(history: History, cache: Cache) -> None:
    """Another history asks the same fit for other windows, and shares no weights."""
    fit = StoredFit(3, {bytes(32): 0.5}, {"weights_": (np.arange(3.0), np.ones((2, 2), np.float32))})
    [first, *_] = fold_tasks(*history, Mean(), WALK)
    cache.put(fit_key(first), pack(fit), "mean")
    save_fold(cache, first, fit_and_forecast(first))
    stored = unpack(cache.get([fit_key(first)])[fit_key(first)])
    assert len(stored.forecasts) == 1 + len(first.test_windows)
    assert stored.forecasts[bytes(32)] == 0.5
    [(name, arrays)] = stored.handed_over.items()
    assert (name, [array.dtype.str for array in arrays]) == ("weights_", ["<f8", "<f4"])
    np.testing.assert_array_equal(arrays[0], [0.0, 1.0, 2.0])


def test_weights_are_never_taken_for_learning_rates(history: History, cache: Cache) -> None:
    """The fit that others take over from is the same in both runs."""
    lstm = make_predictor("lstm", units=(3, 2), dense=2, epochs=2)
    walks = [WALK, replace(WALK, cold_start_every=1, search_every=3)]
    first = [run(history, cache, lstm, walk) for walk in walks]
    assert [made.stored for made in first] == [0, 0]
    for walk, made in zip(walks, first, strict=True):
        assert_same(made, forecast(*history, lstm, walk))
        assert run(history, cache, lstm, walk).stored == 3


def test_two_runs_that_store_the_same_fit_at_once_keep_the_forecasts_of_both(
    history: History, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first, *_] = fold_tasks(*history, Mean(), WALK)
    made, rows = fit_and_forecast(first), first.rows.copy()
    rows[len(first.training_rows) :] *= 2
    elsewhere = replace(first, rows=rows)
    cache.put(fit_key(first), pack(StoredFit(made.epochs, {bytes(32): 0.5})), "mean")
    other = threading.Thread(target=lambda: save_fold(Cache("forecasts", cache.path.parent), elsewhere, made))

    def unpack_while_another_run_stores(payload: bytes) -> StoredFit:
        monkeypatch.setattr(fold_cache, "unpack", unpack)
        other.start()
        other.join(0.5)
        return unpack(payload)

    monkeypatch.setattr(fold_cache, "unpack", unpack_while_another_run_stores)
    save_fold(cache, first, made)
    other.join()
    assert len(unpack(cache.get([fit_key(first)])[fit_key(first)]).forecasts) == 1 + 2 * len(made.predicted)


def test_entries_under_each_others_keys_are_damaged(history: History, cache: Cache) -> None:
    whole = run(history, cache)
    first = "SELECT payload, checksum FROM entries ORDER BY key LIMIT 1"
    change(cache, f"UPDATE entries SET (payload, checksum) = ({first})")
    again = run(history, cache)
    assert again.stored == 1
    assert_same(again, whole)


def test_no_flipped_bit_changes_a_forecast_or_ends_a_run(history: History, cache: Cache) -> None:
    whole = run(history, cache)
    content = cache.path.read_bytes()
    used = np.flatnonzero(np.frombuffer(content, np.uint8))
    for fit_id in np.random.default_rng(5).choice(used, 60, replace=False):
        flipped = bytearray(content)
        flipped[fit_id] ^= 1 << int(fit_id) % 8
        cache.path.write_bytes(flipped)
        assert_same(run(history, cache), whole)
        cache.contents()


@pytest.mark.parametrize("content", [b"no database at all" * 300, b"SQLite format 3\0x"])
def test_a_damaged_file_is_set_aside(history: History, cache: Cache, content: bytes) -> None:
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    assert_same(run(history, cache), run(history))
    assert cache.notes == [
        "forecasts.sqlite was damaged: it is now forecasts.sqlite.damaged, and a new one takes its place"
    ]
    assert run(history, cache).stored == 3


def test_a_full_disk_is_a_note(history: History, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def connect_to_a_small_disk(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 5")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_a_small_disk)
    full = forecast(*history, Mean(), DAILY, cache=cache)
    assert_same(full, forecast(*history, Mean(), DAILY))
    assert cache.notes == ["forecasts could not be stored or read in forecasts.sqlite: database or disk is full"]
    assert 0 < forecast(*history, Mean(), DAILY, cache=cache).stored < 60


def test_a_store_that_can_only_be_read_is_read(history: History, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    run(history, cache)
    change(cache, "UPDATE entries SET used = '2020-01-01'")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **options: connect(f"file:{path}?mode=ro", uri=True))
    assert run(history, cache).stored == 3
    assert cache.notes == []
    assert run(history, cache, Mean(seed=8)).stored == 0
    assert cache.notes == [
        "forecasts could not be stored or read in forecasts.sqlite: attempt to write a readonly database"
    ]


def test_a_folder_that_cannot_be_made_is_a_note(history: History, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache("forecasts", tmp_path / "file" / "cache")
    assert_same(run(history, cache), run(history))
    (note,) = cache.notes
    assert note.startswith("forecasts could not be stored or read in forecasts.sqlite: ")


def test_a_locked_file_is_a_note(history: History, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backtrader_walkforward.system.sqlite_file.LOCK_SECONDS", 0.01)
    run(history, cache)
    with closing(sqlite3.connect(cache.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert run(history, cache).stored == 0
    assert cache.notes == ["forecasts could not be stored or read in forecasts.sqlite: database is locked"]
    assert run(history, cache).stored == 3


def test_contents_name_each_predictor(history: History, cache: Cache) -> None:
    run(history, cache)
    run(history, cache, Tagged())
    today = datetime.now(UTC).date().isoformat()
    size = 3 * (64 + 32 + 24) + 60 * 40
    assert cache.contents() == [("mean", 3, size, today), ("tagged", 3, size, today)]


RUN = """
import os, signal, sys
from pathlib import Path
import pandas as pd
from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.system.cache import Cache

folder, seed, retrain_every, last_fold = Path(sys.argv[1]), *map(int, sys.argv[2:])
history = [pd.read_pickle(folder / name) for name in ("prices", "features")]
walk_forward = WalkForward(first_test=60, lookback=5, retrain_every=retrain_every)
cache = Cache("forecasts", folder)
end = lambda fit_id, total: fit_id[1] == last_fold and os.kill(os.getpid(), signal.SIGKILL)
result = forecast(*history, make_predictor("mean", seed=seed), walk_forward, on_fold=end, cache=cache)
sys.exit("; ".join(cache.notes) or 0)
"""


def start(folder: Path, history: History, *numbers: int) -> subprocess.Popen:
    folder.mkdir(exist_ok=True)
    for name, part in zip(("prices", "features"), history, strict=True):
        part.to_pickle(folder / name)
    command = [sys.executable, "-c", RUN, str(folder), *map(str, numbers)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_a_killed_run_goes_on_where_it_was(history: History, cache: Cache) -> None:
    assert start(cache.path.parent, history, 7, 25, 1).wait(60) == -signal.SIGKILL
    going_on = run(history, cache)
    assert going_on.stored == 2
    assert_same(going_on, run(history))


def test_two_runs_at_once(history: History, cache: Cache) -> None:
    runs = [start(cache.path.parent, history, seed, 3, -1) for seed in (1, 2)]
    assert [process.wait(60) for process in runs] == [0, 0]
    walk_forward = WalkForward(first_test=60, lookback=5, retrain_every=3)
    assert [forecast(*history, Mean(seed=seed), walk_forward, cache=cache).stored for seed in (1, 2)] == [20, 20]


STORED = """
import multiprocessing, sys
from pathlib import Path
import numpy as np
import pandas as pd
from backtrader_walkforward.features import FEATURE_NAMES
from backtrader_walkforward.forecasting import WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.fold_cache import save_fold
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldForecast
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.plugins.workers import process_pool

prices = pd.DataFrame({"Close": np.linspace(100, 110, 120)}, pd.bdate_range("2020-01-01", periods=120))
features = pd.DataFrame(np.random.default_rng(0).normal(size=(120, 31)), prices.index, FEATURE_NAMES)
lstm, walk_forward = make_predictor("lstm"), WalkForward(lookback=10)
cache = Cache("forecasts", Path(sys.argv[1]))
for task in fold_tasks(prices, features, lstm, walk_forward):
    save_fold(cache, task, FoldForecast(np.full(len(task.test_windows), 0.01), epochs=3))
with process_pool(2) as pool:
    result = forecast(prices, features, lstm, walk_forward, pool, cache=cache)
    assert result.stored == result.fits == 2
    assert not multiprocessing.active_children()
assert (result.table["predicted_return"] == 0.01).all() and result.epochs == (3, 3)
assert not {"tensorflow", "keras"} & {name.split(".")[0] for name in sys.modules}
"""


def test_stored_forecasts_need_neither_tensorflow_nor_other_processes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", STORED, str(tmp_path)], cwd=ROOT, check=True, timeout=60)
