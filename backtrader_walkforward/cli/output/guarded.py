"""Standard output and error that may be lost: a reader that leaves and a full disk end no run."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import IO, Any


class Output:
    """A stream whose faults end nothing: after the first one it swallows what is written.

    `| head -1` leaves after a line; the files of the run are written all the same.

    Parameters
    ----------
    stream : file

    Attributes
    ----------
    lost_to_fault : str
        Why the stream was lost; empty while it is not, and where its reader has left.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.lost_to_fault = ""

    def write(self, text: str) -> int:
        """Write a text, if it can be."""
        self._try("write", text)
        return len(text)

    def flush(self) -> None:
        """Write what is held back, if it can be."""
        self._try("flush")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _try(self, method: str, *arguments: str) -> None:
        try:
            getattr(self._stream, method)(*arguments)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.lost_to_fault = str(error.strerror)
            descriptor = os.open(os.devnull, os.O_WRONLY)  # so that Python finds no fault with it at its end, either
            os.dup2(descriptor, self._stream.fileno())
            os.close(descriptor)


@contextmanager
def guarded_output() -> Iterator[list[Output]]:
    """Within the block, standard output and error are such streams; a process may have been started without them."""
    with ExitStack() as stack:
        guarded = []
        for stream, redirect in ((sys.stdout, redirect_stdout), (sys.stderr, redirect_stderr)):
            if stream is not None:
                guarded.append(stack.enter_context(redirect(Output(stream))))
        yield guarded
