"""Files that plug-ins read, and processes that they start: no other history shows what these hold, so that the reader
has to look.

Python tells a hook of every file that its code opens. A hook cannot be removed: only the processes of an audit have it.
What a library reads outside Python, as HDF5 does, is not told.
"""

import os
import site
import stat
import sys
import sysconfig
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from threading import current_thread, get_ident
from threading import enumerate as enumerate_threads
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
    "mmap.__new__": 0,
    "os.getxattr": 0,
}
"""Events of Python with which data come in, and which argument names their source; that of a map of memory is the
number of an open file, which may be memory that processes share."""

STARTS = {
    "subprocess.Popen": 0,
    "os.system": 0,
    "os.posix_spawn": 0,
    "os.spawn": 1,
    "os.exec": 0,
    "os.fork": None,
    "os.forkpty": None,
    "pty.spawn": 0,
}
"""Events with which another process begins, and which argument names its program: what it reads is told to nobody."""

A_PROCESS = "a process"
"""One without a program of its own, or one that is known by the pipe to it alone, as those of `multiprocessing`."""

ENGINE = str(Path(backtrader_walkforward.__file__).parent)

_INSTALLED = {*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), *site.getsitepackages()}

LIBRARIES = (*_INSTALLED, *{str(Path(folder).resolve()) for folder in _INSTALLED})
"""Folders of Python and of the installed packages, and what symbolic links make of them."""

SYSTEM = ("/proc", "/sys", "/etc", "/usr/share")

IMPORTS = "<frozen importlib"
"""Beginning of the file names of Python's imports: what they open is code, or what a library needs."""


class OpenedFile(NamedTuple):
    """A file, another source or a program, and the code that opened it: `predictors/mine.py: Mine.fit()`."""

    place: str
    path: str
    is_process: bool = False


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
        yield Finding(STAGE, place, 0, reason=reason_to_look(list(files)))


def reason_to_look(files: Sequence[OpenedFile]) -> str:
    """Return what a place has opened and started, and what the reader has to look for."""
    paths, programs = (
        ", ".join(file.path for file in files if file.is_process == is_process) for is_process in (False, True)
    )
    opened = f"opened {paths}: look whether that holds anything of later days" if paths else ""
    started = f"starts {programs}, into which the audit cannot see: look what it reads" if programs else ""
    return "; ".join(filter(None, (opened, started)))


class _Watch:
    """What was opened, in the order of the first time."""

    def __init__(self) -> None:
        self.opened: dict[OpenedFile, None] = {}
        self._own: set[str] = set()
        self._thread = get_ident()
        self._threads = {thread.ident for thread in enumerate_threads()}

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a source, if a plug-in has opened it to read, or a process. What this process has written is none."""
        if event in STARTS or is_pipe(event, arguments):
            number = STARTS.get(event)
            self._note(A_PROCESS if number is None else arguments[number], is_process=True)
            return
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
        self._note(source)

    def _note(self, source: Any, *, is_process: bool = False) -> None:
        if place := self._place_of_reader():
            self.opened[OpenedFile(place, text_of(source), is_process)] = None

    def _place_of_reader(self) -> str:
        """Return the innermost code of a plug-in that reads; empty if there is none.

        A thread that has begun since may run nothing but a library: then the plug-in that waits for it reads.
        """
        if place := place_on(sys._getframe()):
            return place
        if get_ident() in self._threads:
            return ""
        waiting = sys._current_frames().get(self._thread)
        return (place_on(waiting) if waiting else "") or f"thread {current_thread().name}"

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


def is_pipe(event: str, arguments: tuple[Any, ...]) -> bool:
    """Return whether an event opens a pipe by its number: there is a process at its other end."""
    try:
        return event == "open" and isinstance(arguments[0], int) and stat.S_ISFIFO(os.fstat(arguments[0]).st_mode)
    except OSError:
        return False


def text_of(source: Any) -> str:
    """Return a path, or what else names a source, as text."""
    return os.fsdecode(source) if isinstance(source, str | bytes | os.PathLike) else str(source)


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
    event: str, arguments: tuple[Any, ...], doors: Container[str] = (*DOORS, *STARTS), watches: Any = _watches
) -> None:
    """See an event. As Python ends it clears the names of this module, and still tells of events: defaults stay."""
    if event in doors and watches:
        watches[-1].see(event, arguments)


def place_on(stack: FrameType) -> str:
    """Return the innermost code on a stack that is not Python's, a library's or ours; empty if there is none."""
    for frame, _ in walk_stack(stack):
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
