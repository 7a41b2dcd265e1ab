"""The key of a cache entry: one digest of everything that decides its content."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from backtrader_walkforward.system.source_content import content_of

version_of = cache(version)
"""The version of an installed library, which is searched for once."""


class NoKeyError(Exception):
    """Part of what decides the content has no canonical text, or cannot be read."""


def cache_key(parts: Mapping[str, Any], files: Iterable[Path], libraries: Iterable[str]) -> str:
    """Return one digest of the parts, the content of the source files and the versions of the libraries, in hex.

    Raises
    ------
    NoKeyError
        If a part has no canonical text, or a file or a library is not found.
    """
    code = sorted(map(file_digest, files))
    try:
        versions = [(name, version_of(name)) for name in libraries]
    except PackageNotFoundError as error:
        raise NoKeyError(f"{error.name} is not installed") from error
    everything = {"parts": dict(parts), "code": code, "libraries": versions}
    return sha256(canonical_text(everything).encode()).hexdigest()


def canonical_text(value: Any) -> str:
    """Return a text that only equal values of the same type share, the same in every process.

    Values are numbers, text, bytes, arrays, sequences, dicts and estimators (objects with `get_params`).

    >>> canonical_text({"b": (1, 2.0), "a": None})
    "dict('a': None, 'b': tuple(1, 2.0))"
    """
    name = type(value).__name__
    if value is None or type(value) in (bool, int, float, str, bytes):
        return repr(value)
    if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        return f"{name}({value.dtype.str}, {value.shape}, {sha256(value.tobytes()).hexdigest()})"
    if isinstance(value, Mapping):
        items = sorted(f"{canonical_text(key)}: {canonical_text(item)}" for key, item in value.items())
        return f"{name}({', '.join(items)})"
    if isinstance(value, Sequence):
        return f"{name}({', '.join(map(canonical_text, value))})"
    if hasattr(value, "get_params") and not isinstance(value, type):
        return f"{type(value).__module__}.{type(value).__qualname__}({canonical_text(value.get_params(deep=False))})"
    raise NoKeyError(f"a parameter of type {name} cannot be part of their key")


def file_digest(file: Path) -> str:
    """Return the digest of a source file's content, as it was read when this process began to use it."""
    try:
        return sha256(content_of(file)).hexdigest()
    except OSError as error:
        raise NoKeyError(f"{file.name} cannot be read") from error
