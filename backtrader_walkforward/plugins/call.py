"""A call of a plug-in's code."""

from collections.abc import Callable, Iterator
from traceback import walk_tb
from types import FrameType
from typing import Any

from backtrader_walkforward.errors import UserError, nearest, reason_of
from backtrader_walkforward.plugins.loader import PREFIXES
from backtrader_walkforward.plugins.places import plugin_file


class PluginCall:
    """A call of a plug-in: every error of its code becomes one line that begins with the place.

    So do `SystemExit` and whatever else would end the process: no plug-in decides the exit code. Ctrl-C passes, and an
    error that names the plug-in already.

    Parameters
    ----------
    place : callable
        Returns the file, the class and the method; called when there is an error.
    kind : type of UserError
    """

    def __init__(self, place: Callable[[], str], kind: type[UserError]) -> None:
        self.place, self.kind = place, kind

    def __enter__(self) -> None:
        """Begin the call."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise the error that names the place."""
        if error is not None and not isinstance(error, self.kind | KeyboardInterrupt):
            raise self.kind(f"{self.place()} failed: {fault_text(error)}") from error


def fault_text(error: BaseException) -> str:
    """Return what an error says, the last line of a plug-in that it came from, and the name that was meant."""
    if isinstance(error, UserError):
        return str(error)
    own = [found for found in walk_tb(error.__traceback__) if module_of(found[0]).startswith(PREFIXES)]
    if not own:
        return reason_of(error)
    frame, line = own[-1]
    reason, meant = reason_of(error), None
    if isinstance(error, AttributeError) and isinstance(error.name, str):
        names = list(names_of(error.obj, frame.f_locals.get("self")))
        meant = nearest(error.name, names) or same_beginning(error.name, names)
        if is_lines(error.obj):
            reason = f"AttributeError: there is no attribute or line {error.name!r}"
    hint = f" - did you mean {meant!r}?" if meant else ""
    return f"{reason}, at {plugin_file(module_of(frame))}:{line}{hint}"


def module_of(frame: FrameType) -> str:
    """Return the name of the module whose code runs in a frame."""
    return str(frame.f_globals.get("__name__", ""))


def is_lines(thing: Any) -> bool:
    """Tell whether a thing is the lines of a feed or a strategy, which Backtrader asks last for an attribute."""
    return callable(getattr(type(thing), "getlinealiases", None))


def names_of(thing: Any, plugin: Any) -> Iterator[str]:
    """Yield the public names of a thing; of lines those, and all of the plug-in whose own they are."""
    if is_lines(thing):
        yield from thing.getlinealiases()
        thing = plugin if getattr(plugin, "lines", None) is thing else None
    yield from (name for name in dir(thing) if not name.startswith("_"))


def same_beginning(name: str, names: list[str]) -> str | None:
    """Return the first of `names` that differs by a part at its end.

    >>> same_beginning("rsi_14", ["close", "rsi"]), same_beginning("sma", ["sma_7", "sma_14"])
    ('rsi', 'sma_7')
    """
    return next((one for one in names if name.startswith(f"{one}_") or one.startswith(f"{name}_")), None)
