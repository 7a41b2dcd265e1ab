import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backtrader_walkforward.system import cache as cache_module
from backtrader_walkforward.system.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache("forecasts", tmp_path / "cache")


def change(cache: Cache, statement: str) -> None:
    with closing(sqlite3.connect(cache.path)) as connection, connection:
        connection.execute(statement)


def test_bytes_come_back_under_their_keys(cache: Cache) -> None:
    assert cache.get(["a"]) == {}
    assert not cache.path.parent.exists()
    for key, payload in {"a": b"one", "b": b"", "c": bytes(range(256))}.items():
        cache.put(key, payload, "kind")
    cache.put("a", b"another", "kind")
    assert cache.get(["a", "b", "c", "d"]) == {"a": b"another", "b": b"", "c": bytes(range(256))}
    assert Cache("forecasts", cache.path.parent).get(["a"]) == {"a": b"another"}
    assert cache.notes == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entries SET payload = zeroblob(length(payload)) WHERE key = 'a'",
        "UPDATE entries SET payload = NULL WHERE key = 'a'",
        "UPDATE entries SET payload = 'one' || char(233) WHERE key = 'a'",
        "UPDATE entries SET checksum = NULL WHERE key = 'a'",
        "UPDATE entries SET (payload, checksum) = (SELECT payload, checksum FROM entries WHERE key = 'b')"
        " WHERE key = 'a'",
    ],
)
def test_a_damaged_entry_counts_as_absent(cache: Cache, damage: str) -> None:
    cache.put("a", b"one", "kind")
    cache.put("b", b"two", "kind")
    change(cache, damage)
    assert cache.get(["a", "b"]) == {"b": b"two"}
    assert cache.notes == ["forecasts in forecasts.sqlite were damaged: they are not used"]
    cache.put("a", b"one", "kind")
    assert cache.get(["a"]) == {"a": b"one"}


def test_keys_and_contents_go_by_label(cache: Cache) -> None:
    assert (cache.keys("lstm"), cache.contents()) == ([], [])
    for key, label in {"b": "lstm", "a": "lstm", "c": "ridge"}.items():
        cache.put(key, b"1234", label)
    assert cache.keys("lstm") == ["a", "b"]
    today = datetime.now(UTC).date().isoformat()
    assert cache.contents() == [("lstm", 2, 2 * (1 + 32 + 4), today), ("ridge", 1, 37, today)]


def test_pruning_by_age_spares_what_was_used_since(cache: Cache) -> None:
    for key in ("a", "b", "c"):
        cache.put(key, b"1234", "kind")
    change(cache, "UPDATE entries SET used = '2020-01-02'")
    cache.get(["b"])
    assert cache.prune() == 2
    assert cache.keys("kind") == ["b"]
    assert cache.prune() == 0


def test_pruning_by_size_deletes_the_longest_unused(cache: Cache) -> None:
    for day, key in enumerate("abcd", 1):
        cache.put(key, b"1234", "kind")
        change(cache, f"UPDATE entries SET used = '2999-01-0{day}' WHERE key = '{key}'")
    cache.largest = 2 * 37
    assert cache.prune() == 2
    assert cache.keys("kind") == ["c", "d"]
    pages = cache.path.stat().st_size
    cache.put("e", bytes(100_000), "kind")
    assert cache.prune() == 1
    assert cache.path.stat().st_size == pages


def test_a_cache_limits_its_own_size(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("a", "b", "c"):
        cache.put(key, b"1234", "kind")
    change(cache, "UPDATE entries SET used = '2020-01-02' WHERE key = 'b'")
    monkeypatch.setattr(cache_module, "KEEP_BYTES", 3 * 37)
    Cache("forecasts", cache.path.parent).put("d", b"1234", "kind")
    assert cache.keys("kind") == ["a", "c", "d"]


def test_a_key_asked_for_twice_is_no_damage(cache: Cache) -> None:
    cache.put("key", b"payload", "label")
    assert cache.get(["key", "key"]) == {"key": b"payload"}
    assert cache.notes == []
