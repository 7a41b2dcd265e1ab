"""Clean rooms: new processes with empty caches, each of which holds nothing later than the item that it asked for."""

import multiprocessing
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any

from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.opened_files import OpenedFile, opened_findings, run_watched
from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.plugins.workers import Inheritance, begin_worker, inheritance
from backtrader_walkforward.system.processes import deaf_to_interrupts

CONTEXT: Any = multiprocessing.get_context("spawn")
"""How processes start: a fork would hold all that this process has read."""

CACHES = ("XDG_CACHE_HOME", "TMPDIR")
"""Variables of the environment that name folders of what may be lost: empty ones in a clean room."""

SURROUNDINGS = dict(os.environ), list(sys.argv)
"""What a new process inherits, as it was before a plug-in could leave something there."""

ASK, END, FAILURE = "ask", "end", "failure"
"""Words of a clean room: send the next item; this is the answer; this is why there is none."""


@dataclass(frozen=True)
class Failure:
    """The reason why a clean room has no answer."""

    reason: str


@dataclass(frozen=True)
class CleanRoom:
    """A check whose work is done in a new process.

    ::

        here     check(answer)       made and sent when they are asked for: item 0, item 1, ...
        there    answer = compute(items, *arguments)
    """

    compute: Callable[..., Any]
    """Function of an iterator of items and the `arguments`; it has a name in a module."""
    items: Iterable[Any]
    """In the order of time: what the process may know before it gets the next one."""
    arguments: tuple[Any, ...]
    check: Callable[[Any], Iterable[Finding]]
    """Function of the answer, or of a `Failure`."""
    opened: list[OpenedFile] = field(default_factory=list)
    """What plug-ins have opened to read, once there is an answer."""


def for_each(items: Iterator[Any], compute: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Return what a function of an item and the arguments makes of each, a `Failure` where it raises UserError."""
    return [_attempt(compute, item, *arguments) for item in items]


def _attempt(compute: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return compute(*arguments)
    except UserError as error:
        return Failure(str(error))


def only(answer: list[Any] | Failure) -> Any:
    """Return what `for_each` made of the only item, or the `Failure` of the room."""
    return answer if isinstance(answer, Failure) else answer[0]


def findings_of(rooms: Sequence[CleanRoom], workers: int) -> Iterator[Finding]:
    """Yield the findings of all rooms in their order; at most `workers` processes run at a time."""
    for room, answer in zip(rooms, answers_of(rooms, workers), strict=True):
        yield from room.check(answer)
        yield from opened_findings(room.opened)


def answers_of(rooms: Sequence[CleanRoom], workers: int) -> list[Any]:
    """Return the answer of each room, a `Failure` where its work raised an error.

    Raises
    ------
    UserError
        If a process was killed.
    """
    answers: dict[int, Any] = {}
    waiting = iter(enumerate(rooms))
    at_work: dict[Connection, tuple[int, Iterator[Any], ExitStack]] = {}
    share = inheritance(max(1, min(workers, len(rooms))))
    with ExitStack() as all_rooms:
        while len(answers) < len(rooms):
            while len(at_work) < max(1, workers) and (following := next(waiting, None)):
                number, room = following
                stack = all_rooms.enter_context(ExitStack())
                at_work[stack.enter_context(_opened(room, share))] = number, iter(room.items), stack
            ready: list[Any] = wait(list(at_work))
            for connection in ready:
                number, items, stack = at_work[connection]
                word, value = _received(connection)
                if word == ASK:
                    connection.send_bytes(pickle.dumps(list(islice(items, 1))))
                else:
                    answers[number], opened = (Failure(value), []) if word == FAILURE else value
                    rooms[number].opened.extend(opened)
                    del at_work[connection]
                    stack.close()
    return [answers[number] for number in range(len(rooms))]


def _received(connection: Any) -> tuple[str, Any]:
    try:
        word, value = pickle.loads(connection.recv_bytes())
    except EOFError as error:
        raise UserError(
            "a process of the audit was killed, perhaps because memory ran out, or it was ended by a plug-in"
            " - run again with fewer --workers"
        ) from error
    return word, value


@contextmanager
def _opened(room: CleanRoom, share: Inheritance) -> Iterator[Connection]:
    """Yield the connection to a new process that does the work of a room; it ends with the block."""
    here, there = CONTEXT.Pipe()
    task = pickle.dumps((room.compute, room.arguments))
    with tempfile.TemporaryDirectory() as folder:
        with deaf_to_interrupts():
            process = CONTEXT.Process(target=_answer, args=(there, share, folder, SURROUNDINGS, task))
            process.start()
        there.close()
        try:
            yield here
        finally:
            here.close()
            process.kill()
            process.join()


def _answer(
    connection: Connection, share: Inheritance, folder: str, surroundings: tuple[dict[str, str], list[str]], task: bytes
) -> None:
    """Do the work of a room, in its process. Plug-ins are imported once the caches are empty."""
    environment, sys.argv = surroundings
    os.environ.clear()
    os.environ.update(environment | dict.fromkeys(CACHES, folder))
    begin_worker(*share)
    tempfile.tempdir = folder
    try:
        answer = pickle.dumps((END, run_watched(_computed, task, connection)))
    except BaseException as error:
        answer = pickle.dumps((FAILURE, reason_of(error)))
    connection.send_bytes(answer)


def _computed(task: bytes, connection: Connection) -> Any:
    compute, arguments = pickle.loads(task)  # which imports plug-ins
    return compute(_items(connection), *arguments)


def _items(connection: Connection) -> Iterator[Any]:
    """Yield each item once it is asked for."""
    while True:
        connection.send_bytes(pickle.dumps((ASK, None)))
        taken = pickle.loads(connection.recv_bytes())
        if not taken:
            return
        yield from taken
