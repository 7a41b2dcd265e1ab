"""The entry point: run the command and return its exit code."""

import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.help import program
from backtrader_walkforward.errors import UserError, reason_of

INTERRUPTED = 130


def console() -> None:
    """Run the command with the arguments it was called with; the entry point of an installed package."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0, 2 for a wrong argument, 130 when interrupted, 1 for the rest."""
    signal.signal(signal.SIGTERM, stop)
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # arch imports it, and it tells users about its caches
    debug = "--debug" in arguments
    try:
        asked = parse_arguments(arguments)
        for note in asked.notes:
            print(f"{program()}: {note}", file=sys.stderr)
        asked.run()
    except UserError as error:
        return print_error(str(error), error.exit_code, debug)
    except KeyboardInterrupt:
        return print_error("interrupted; nothing half-made is left", INTERRUPTED, debug)
    except Exception as error:
        return print_error(f"unexpected {reason_of(error)} - run again with --debug to see where", 1, debug)
    return 0


def print_error(message: str, exit_code: int, debug: bool) -> int:
    """Print one line on standard error; when debugging, raise the exception that is being handled."""
    if debug:
        raise
    print(f"{program()}: {message}", file=sys.stderr)
    return exit_code


def stop(signal_number: int, frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM into KeyboardInterrupt, which cleans up."""
    raise KeyboardInterrupt
