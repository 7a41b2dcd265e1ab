"""The command: what is asked for, and how it ends."""

import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.run import run
from backtrader_walkforward.cli.stored import manage_cache, show_trials
from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.system.gc_tuning import seldom_collect

INTERRUPTED = 130


def console() -> None:
    """Run the command with the arguments it was called with; the entry point of an installed package."""
    seldom_collect()
    sys.exit(main(sys.argv[1:]))


def select_command(config: Config) -> Callable[[Config], None]:
    """Return what is asked for: a run unless it is something else."""
    if config.audit:
        from backtrader_walkforward.audit.command import run_audit

        return run_audit
    if config.signal:
        from backtrader_walkforward.live.ticket.command import run_signal

        return run_signal
    if config.paper:
        from backtrader_walkforward.live.paper.command import run_paper

        return run_paper
    if config.paper_report:
        from backtrader_walkforward.live.paper.live_report import run_paper_report

        return run_paper_report
    if config.trials:
        return show_trials
    return manage_cache if config.store else run


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0, 2 for a wrong argument, 130 when interrupted, 1 for the rest."""
    signal.signal(signal.SIGTERM, stop)
    debug = "--debug" in arguments
    try:
        config = parse_arguments(arguments)
        select_command(config)(config)
    except UserError as error:
        return print_error(str(error), error.exit_code, debug)
    except KeyboardInterrupt:
        return print_error("interrupted; nothing half-made is left", INTERRUPTED, debug)
    except Exception as error:
        return print_error(f"unexpected {reason_of(error)} - run again with --debug to see where", 1, debug)
    return 0


def print_error(message: str, exit_code: int, debug: bool) -> int:
    """Print one line on standard error, or raise what is being handled when debugging."""
    if debug:
        raise
    print(f"runner.py: {message}", file=sys.stderr)
    return exit_code


def stop(signal_number: int, frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM into the interruption that cleans up."""
    raise KeyboardInterrupt
