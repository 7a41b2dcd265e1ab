"""The entry point: run the command and return its exit code."""

import errno
import logging
import os
import signal
import sys
from collections.abc import Sequence

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.help import WIDTHS, program
from backtrader_walkforward.cli.interrupts import interruptible
from backtrader_walkforward.cli.output.guarded import guarded_output
from backtrader_walkforward.errors import LIMITS, UserError, reason_of
from backtrader_walkforward.system.text import wrapped

INTERRUPTED = 130

REMEDIES = LIMITS | {
    errno.ENOSPC: "make room there, or let TMPDIR and --cache-dir name other folders",
    errno.EDQUOT: "make room there, or let TMPDIR and --cache-dir name other folders",
    errno.ENOMEM: "use fewer --workers",
    errno.EAGAIN: "allow more processes (ulimit -u), or use fewer --workers",
    errno.EROFS: "let TMPDIR and --cache-dir name folders that can be written",
}
"""What helps where the system refuses something that no option names."""


def console() -> None:
    """Run the command with the arguments it was called with; the entry point of an installed package."""
    exit_code = main(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the interpreter is about to end
    sys.exit(exit_code)


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0, 2 for a wrong argument, 130 when interrupted, 1 for the rest."""
    os.environ["MPLBACKEND"] = "agg"  # that of a notebook, which a terminal inherits from it, may not be installed
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # arch imports it, and it tells users about its caches
    with guarded_output() as outputs, interruptible():
        exit_code = run(arguments)
        for output in outputs:
            output.flush()
        lost = [output.lost_to_fault for output in outputs if output.lost_to_fault]
        return print_error(f"the output cannot be written: {lost[0]}", 1) if lost and not exit_code else exit_code


def run(arguments: Sequence[str]) -> int:
    """Run the command; turn every error into one line, or raise it when debugging."""
    asked = None
    try:
        asked = parse_arguments(arguments)
        for note in asked.notes:
            print_message(note)
        asked.run()
    except BaseException as error:
        if "--debug" in arguments or (isinstance(error, SystemExit) and not asked):  # --help ends with SystemExit
            raise
        return print_error(*message_of(error))
    return 0


def message_of(error: BaseException) -> tuple[str, int]:
    """Return the line and the exit code of an error."""
    if isinstance(error, UserError):
        return str(error), error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return "; ".join(filter(None, ["interrupted", "nothing half-made is left", str(error)])), INTERRUPTED
    if isinstance(error, MemoryError):
        return "memory ran out - use fewer --workers or a shorter --period", 1
    if isinstance(error, OSError) and error.errno in REMEDIES:
        return f"the system refuses {error.filename or 'a file'}: {error.strerror} - {REMEDIES[error.errno]}", 1
    return f"unexpected {reason_of(error)} - run again with --debug to see where", 1


def print_error(message: str, exit_code: int) -> int:
    """Print an error, and return its exit code."""
    print_message(message)
    return exit_code


def print_message(message: str) -> None:
    """Print a message on standard error: one line, or lines as wide as the terminal."""
    text = f"{program()}: {message}"
    if sys.stderr is not None and sys.stderr.isatty():
        text = wrapped(text, os.get_terminal_size(sys.stderr.fileno()).columns or WIDTHS[0])
    print(text, file=sys.stderr)
