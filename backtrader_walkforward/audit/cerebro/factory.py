"""A factory on its way to another process, and the data that it carries with it."""

import io
import sys
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import backtrader as bt
import cloudpickle
from backtrader.metabase import AutoInfoClass, MetaParams

from backtrader_walkforward.audit.cerebro.carried_tables import CarriedTables
from backtrader_walkforward.audit.cerebro.clean_run import Factory
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.errors import ArgumentError, reason_of

STAGE = "factory"

MADE = {"params", "lines", "linealias", "plotinfo", "plotlines", "packages", "frompackages", "alias", "aliased"}
"""Attributes that Backtrader makes for each class."""


class _Pickler(cloudpickle.Pickler):
    """Notes the tables that are pickled: what a function of a notebook reads goes with it."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.tables = CarriedTables()

    def persistent_id(self, obj: Any) -> None:
        """See every object that is pickled, also those for which no reducer is asked; none has an id of its own."""
        self.tables.see(obj)

    def reducer_override(self, obj: Any) -> Any:
        """Return how an object is pickled: a class of Backtrader's kind that cannot be imported is made again."""
        if isinstance(obj, MetaParams) and not _is_importable(obj):
            return remade_class, *_recipe(obj), None, None, _with_attributes
        return super().reducer_override(obj)


def _is_importable(kind: type) -> bool:
    try:
        return kind.__module__ != "__main__" and attrgetter(kind.__qualname__)(sys.modules[kind.__module__]) is kind
    except (AttributeError, KeyError):
        return False


def _recipe(kind: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of `remade_class`, and the attributes that the class gets afterwards."""
    params = {name: getattr(kind.params, name) for name in set(dir(kind.params)) - set(dir(AutoInfoClass))}
    namespace: dict[str, Any] = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "params": params}
    if hasattr(kind, "lines"):
        inherited = [line for base in kind.__bases__ if hasattr(base, "lines") for line in base.lines.getlinealiases()]
        namespace["lines"] = tuple(line for line in kind.lines.getlinealiases() if line not in inherited)
    others = {name: value for name, value in vars(kind).items() if name not in {*MADE, *OF_EVERY_CLASS}}
    return (type(kind), kind.__name__, kind.__bases__, namespace), others


OF_EVERY_CLASS = {"__module__", "__qualname__", "__dict__", "__weakref__"}


def remade_class(metaclass: Any, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
    """Return a class of Backtrader's kind, whose parameters and lines are made by its metaclass."""
    made: type = metaclass(name, bases, namespace)
    return made


def _with_attributes(kind: type, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        setattr(kind, name, value)


def pickled_factory(factory: Factory) -> tuple[bytes, list[str]]:
    """Return the factory as bytes, and the tables that are in them.

    A function of a module is sent by its name; one of a notebook or a script with its code and all that it reads.

    Raises
    ------
    ArgumentError
        If it is not callable, or holds what no other process can read.
    """
    if not callable(factory) or isinstance(factory, bt.Cerebro):
        found = "a Cerebro: build it in a function" if isinstance(factory, bt.Cerebro) else repr(factory)
        raise ArgumentError(f"factory must be a function of the prices that returns a Cerebro, found {found}")
    file = io.BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(factory)
    except Exception as error:
        raise ArgumentError(
            f"factory cannot be sent to another process ({reason_of(error)}): build what it needs inside it, or move it"
            " into a file and import it"
        ) from error
    return file.getvalue(), pickler.tables.found()


def carried_findings(tables: list[str]) -> Iterator[Finding]:
    """Yield a finding that asks the reader to look, where a factory carries tables."""
    if tables:
        reason = (
            f"brings along {', '.join(dict.fromkeys(tables))}, which may hold later days: compute them in the factory"
            " from the prices that it is given"
        )
        yield Finding(STAGE, "data of its own", 0, reason=reason)
