"""Libraries are left out of the searches for garbage; what a run makes is not."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from backtrader_walkforward.system.gc_tuning import OBJECTS_BETWEEN, keep, seldom_collect


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    threshold = gc.get_threshold()
    gc.set_threshold(10_000_000)  # no search but those asked for here
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


class Node:
    """One of a pair that hold each other: only a search finds them."""

    other: "Node"


def pair() -> "weakref.ref[Node]":
    one, other = Node(), Node()
    one.other, other.other = other, one
    return weakref.ref(one)


def test_what_is_there_is_kept_and_what_comes_later_is_not() -> None:
    before = pair()
    keep("libraries of a test")
    later = pair()
    gc.collect()
    assert before() is not None
    assert later() is None


def test_libraries_are_kept_once() -> None:
    keep("other libraries of a test")
    later = pair()
    keep("other libraries of a test")
    gc.collect()
    assert later() is None


def test_searches_are_seldom() -> None:
    seldom_collect()
    assert gc.get_threshold()[0] == OBJECTS_BETWEEN
    assert gc.isenabled()
