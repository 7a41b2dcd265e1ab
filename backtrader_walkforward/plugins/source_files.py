"""The source files that a module is made of: its own, and every file of the project that it imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from backtrader_walkforward import HOMES
from backtrader_walkforward.plugins.packages import PACKAGES
from backtrader_walkforward.system.source_content import content_of

PACKAGE = "backtrader_walkforward"

ROOT = Path(__file__).parents[2]

PLUGINS = {package.__name__: package.__path__ for package in PACKAGES.values()}
"""Folders of the packages whose modules lie outside the package's own folder."""

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Fields of a statement that hold statements, or parts that hold some."""


def source_files(*files: Path) -> list[Path]:
    """Return `files` and all files that they import, directly or not, from this project or from their own folder.

    The import statements are read, those inside functions too; nothing is imported. Libraries are left out. So are
    files that only a package's `__init__` imports.
    """
    found: set[Path] = set()
    waiting = [file.resolve() for file in files]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported_files(path, content_of(path))
    return sorted(found)


def helper_files(plugin: Path) -> list[Path]:
    """Return the files that a plug-in's file imports, directly or not, without those of the engine."""
    folders = [Path(folder).resolve() for own in PLUGINS.values() for folder in own]
    return [
        file
        for file in source_files(plugin)
        if file != plugin.resolve()
        and (not file.is_relative_to(ROOT / PACKAGE) or any(map(file.is_relative_to, folders)))
    ]


@cache
def _imported_files(file: Path, code: bytes) -> list[Path]:
    """Return the files that `code`, the content of `file`, imports."""
    return [found for module, folders in _imports(file, code) for found in _files_of(module, folders)]


def _imports(file: Path, code: bytes) -> Iterator[tuple[str, list[Path]]]:
    """Yield the name of each module, or of what may be one, with the folders that it may lie in.

    A public name of the package stands for the module that defines it; the package's own `__init__` is left out.
    Only the package itself is looked for in `ROOT`: beside an installed one lie the libraries.
    """
    folders = [file.parent]
    if any(file.parent.samefile(folder) for own in PLUGINS.values() for folder in own if Path(folder).is_dir()):
        folders.append(file.parents[1])  # the user's working folder
    for node in _statements(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, _places(alias.name, folders)) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            yield from ((f"{PACKAGE}.{HOMES.get(alias.name, alias.name)}", [ROOT]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            places = [file.parents[node.level - 1]] if node.level else _places(node.module or "", folders)
            yield from ((f"{node.module or ''}.{name}", places) for name in ("", *(each.name for each in node.names)))


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """Yield a block of code and all that it consists of, down to statements: no import hides in an expression."""
    waiting = [block]
    while waiting:
        part = waiting.pop()
        yield part
        for field in BLOCKS:
            waiting += getattr(part, field, ())


def _places(module: str, folders: list[Path]) -> list[Path]:
    return [ROOT] if module.split(".")[0] == PACKAGE else folders


def _files_of(module: str, folders: list[Path]) -> Iterator[Path]:
    """Yield the files of `module`; the name of a function or class has none."""
    parts = list(filter(None, module.split(".")))
    if own := PLUGINS.get(".".join(parts[:2])):
        folders, parts = [Path(folder) for folder in own], parts[2:]
    for folder in folders if parts else ():
        path = folder.joinpath(*parts)
        yield from filter(Path.is_file, (path.with_name(f"{path.name}.py"), path / "__init__.py"))
