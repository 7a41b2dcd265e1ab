"""Run all benchmarks, or those named, and print one table: python -m benchmarks [NAME ...]."""

import importlib
import sys

from benchmarks.table import show

ALL = ("training", "event_loop", "tear_sheets", "whole_run", "scaling")


def main(names: list[str]) -> None:
    """Collect the rows of the named benchmarks, or of all."""
    rows = []
    for name in names or ALL:
        print(f"{name} ...", flush=True)
        rows += importlib.import_module(f"benchmarks.{name}").rows()
    show(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
