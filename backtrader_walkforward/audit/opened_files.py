"""Files that plug-ins read: no other history shows what is in them, so that the reader has to look.

Python tells a hook of every file that its code opens. A hook cannot be removed: only the processes of an audit have it.
What a library reads outside Python, as HDF5 does, is not told.
"""

import os
import site
import sys
import sysconfig
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from traceback import walk_stack
from types import FrameType
from typing import Any, NamedTuple, TypeVar

import backtrader_walkforward
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.plugins import plugin_file
from backtrader_walkforward.plugins.loader import PREFIXES

T = TypeVar("T")

STAGE = "files"

DOORS = {
    "open": 0,
    "sqlite3.connect": 0,
    "socket.connect": 1,
    "subprocess.Popen": 0,
    "os.system": 0,
    "mmap.__new__": 0,
    "os.getxattr": 0,
}
"""Events of Python with which data come in, and which argument names their source; that of a map of memory is the
number of an open file, which may be memory that processes share."""

ENGINE = str(Path(backtrader_walkforward.__file__).parent)

_INSTALLED = {*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), *site.getsitepackages()}

LIBRARIES = (*_INSTALLED, *{str(Path(folder).resolve()) for folder in _INSTALLED})
"""Folders of Python and of the installed packages, and what symbolic links make of them."""

SYSTEM = ("/proc", "/sys", "/etc", "/usr/share")

IMPORTS = "<frozen importlib"
"""Beginning of the file names of Python's imports: what they open is code, or what a library needs."""


class OpenedFile(NamedTuple):
    """A file or another source, and the code that opened it: `predictors/mine.py: Mine.fit()`."""

    place: str
    path: str


def run_watched(call: Callable[..., T], *arguments: Any) -> tuple[T, list[OpenedFile]]:
    """Return what `call` returns, and what was opened meanwhile by code that is not Python's, a library's or ours."""
    _add_hook()
    _watches.append(_Watch())
    try:
        return call(*arguments), list(_watches[-1].opened)
    finally:
        _watches.pop()


def opened_findings(opened: Iterable[OpenedFile]) -> Iterator[Finding]:
    """Yield a finding that asks the reader to look for each place that opened something, and one on the watch."""
    yield Finding(STAGE, "of a watched process", 1)
    for place, files in groupby(sorted(set(opened)), key=lambda file: file.place):
        paths = ", ".join(file.path for file in files)
        yield Finding(STAGE, place, 0, reason=f"opened {paths}: look whether that holds anything of later days")


class _Watch:
    """What was opened, in the order of the first time."""

    def __init__(self) -> None:
        self.opened: dict[OpenedFile, None] = {}
        self._own: set[str] = set()

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a source, if a plug-in has opened it to read. What was written in this process is none."""
        source = arguments[DOORS[event]]
        if event == "open":
            if isinstance(source, int):
                return
            source = str(Path(os.fsdecode(source)).resolve())
            if self._is_harmless(source, arguments[2]):
                return
        if event == "mmap.__new__":
            source = file_of_descriptor(source)
            if not source or source in self._own:
                return
        if place := _place_of_reader():
            self.opened[OpenedFile(place, str(source))] = None

    def _is_harmless(self, source: str, flags: int) -> bool:
        """Whether a file to open is written alone, was made by this process, is code, a device, or not there."""
        path = Path(source)
        if flags & os.O_CREAT and (flags & os.O_TRUNC or not path.exists()):
            self._own.add(source)
        only_written = source in self._own or flags & os.O_ACCMODE == os.O_WRONLY
        is_code = _lies_in(source, (*LIBRARIES, *SYSTEM, ENGINE)) or is_module(source)
        return only_written or is_code or not path.exists() or path.is_char_device()


def is_module(source: str) -> bool:
    """Return whether a file is the code of an imported module, which a traceback quotes."""
    files = (getattr(module, "__dict__", {}).get("__file__") for module in list(sys.modules.values()))
    return source.endswith(".py") and any(file and Path(file).resolve() == Path(source) for file in files)


def file_of_descriptor(number: int) -> str:
    """Return the path of an open file; empty where the system does not tell."""
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink()).removesuffix(" (deleted)")
    except OSError:
        return ""


_watches: list[_Watch] = []


@cache
def _add_hook() -> None:
    sys.addaudithook(_hook)


def _hook(
    event: str, arguments: tuple[Any, ...], doors: Container[str] = tuple(DOORS), watches: Any = _watches
) -> None:
    """See an event. As Python ends it clears the names of this module, and still tells of events: defaults stay."""
    if event in doors and watches:
        watches[-1].see(event, arguments)


def _place_of_reader() -> str:
    """Return the innermost code on the stack that is not Python's, a library's or ours; empty if there is none."""
    for frame, _ in walk_stack(None):
        if frame.f_code is run_watched.__code__ or frame.f_code.co_filename.startswith(IMPORTS):
            return ""
        if is_foreign(frame):
            return place_of_code(frame)
    return ""


def is_foreign(frame: FrameType) -> bool:
    """Tell whether the code of a frame is not Python's, a library's or ours."""
    name, file = frame.f_globals.get("__name__", ""), frame.f_globals.get("__file__") or frame.f_code.co_filename
    return name.startswith(PREFIXES) or not (file.startswith("<frozen") or _lies_in(file, (*LIBRARIES, ENGINE)))


def place_of_code(frame: FrameType) -> str:
    """Return file and function of a frame; the function alone in a notebook, whose cells are no files."""
    name, method = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname.replace("<locals>.", "")
    file = plugin_file(name) if name.startswith(PREFIXES) else Path(frame.f_globals.get("__file__", "")).name
    called = "" if method == "<module>" else f"{method}()"
    return ": ".join(part for part in (file, called) if part)


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}{os.sep}") for folder in folders)
