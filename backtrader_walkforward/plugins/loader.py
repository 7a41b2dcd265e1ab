"""The loader of plug-ins: a file is read once, and what was read is what runs here and in every worker."""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from backtrader_walkforward.system.files import read_regular
from backtrader_walkforward.system.source_content import SOURCES, Sources

PREFIXES = tuple(f"backtrader_walkforward.{kind}." for kind in ("strategies", "predictors", "analyzers"))
"""Beginnings of the names of all plug-ins."""

LARGEST_SOURCE = 1_000_000
"""Size in bytes."""

ENDINGS = ("_exit", "abort", *(f"exec{how}" for how in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")))
"""Functions that end the process without a word."""

SYSTEM = ("os", "posix", "nt")
"""Modules that have them."""


class PluginLoader(SourceFileLoader):
    """Runs a plug-in from the content that was read once; it neither reads nor writes compiled files."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """Raise OSError, which tells Python that no compiled file belongs to the source."""
        raise OSError

    def get_data(self, path: str) -> bytes:
        """Return the content, and keep it."""
        content = _sent[self.name][1] if self.name in _sent else read_regular(Path(path), LARGEST_SOURCE)
        SOURCES[self.name] = str(Path(path).resolve()), content
        return content

    def exec_module(self, module: ModuleType) -> None:
        """Run the module; forget the content of one that fails, which runs nowhere else either."""
        try:
            super().exec_module(module)
        except BaseException:
            SOURCES.pop(self.name, None)
            raise

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        """Compile the source, unless it would end the process without a word."""
        for ending, line in _endings(ast.parse(data, path)):
            raise ImportError(f"os.{ending} on line {line} would end the run without a word")
        code: CodeType = super().source_to_code(data, path, _optimize=_optimize)
        return code


class PluginFinder(MetaPathFinder):
    """Finds plug-ins: those that were sent from another process, then those in their folders."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how a plug-in is loaded; None for every other module."""
        if not name.startswith(PREFIXES):
            return None
        found = PathFinder.find_spec(name, path)
        origin = _sent[name][0] if name in _sent else found and found.origin
        if not origin or not origin.endswith(".py"):
            return found
        inside = found.submodule_search_locations if found else None
        loader = PluginLoader(name, origin)
        return spec_from_file_location(name, origin, loader=loader, submodule_search_locations=inside)


def install(sources: Sources | None = None) -> None:
    """Load plug-ins by `PluginLoader` from now on; those in `sources` as they were read elsewhere."""
    _sent.update(sources or {})
    if not any(isinstance(finder, PluginFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, PluginFinder())


def _endings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each use of a function that ends the process, with its line."""
    system = {"os", *_names_of_system(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in system:
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom) and node.module in SYSTEM:
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from ((name, node.lineno) for name in names if name in ENDINGS)


def _names_of_system(tree: ast.AST) -> Iterator[str]:
    """Yield the names under which a file has the modules that end the process."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.asname or alias.name for alias in node.names if alias.name in SYSTEM)


_sent: Sources = {}
