"""The content of source files, read once: what was read is what runs, and what keys are made of."""

from functools import cache
from pathlib import Path

Sources = dict[str, tuple[str, bytes]]
"""Path and content of each module, by its name."""

SOURCES: Sources = {}
"""Modules whose content was kept as they were imported in this process."""


def content_of(file: Path) -> bytes:
    """Return the content of a source file: of a module in `SOURCES` as it runs, of any other as it was read first."""
    return next((content for path, content in SOURCES.values() if path == str(file)), None) or first_read(file)


@cache
def first_read(file: Path) -> bytes:
    """Return the content of a file, read once in a process."""
    return file.read_bytes()
