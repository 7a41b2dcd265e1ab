"""The search for plug-ins: every file is imported, and one that fails is a fault of its own, not of the others."""

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from traceback import walk_tb
from types import ModuleType
from typing import Generic, TypeVar

from backtrader_walkforward.errors import ArgumentError, UserError, did_you_mean, reason_of
from backtrader_walkforward.plugins.places import BASES, plugin_file, plugin_modules, snake_case

Base = TypeVar("Base")


class PluginImportError(UserError):
    """A file of plug-ins that cannot be imported. Its text names the file, the line and the reason."""


class Plugins(dict[str, type[Base]], Generic[Base]):
    """Classes of plug-ins by name, and the faults of those that cannot be used.

    Attributes
    ----------
    faults : dict of str to UserError
        By the name of a class that does not load, or of a file without a class that could be read.
    """

    def __init__(self, found: Mapping[str, type[Base]] | None = None, faults: Mapping[str, UserError] | None = None):
        super().__init__(found or {})
        self.faults = dict(faults or {})

    def chosen(self, name: str, refusal: str) -> type[Base]:
        """Return the class of a name that somebody has chosen.

        Raises
        ------
        UserError
            The fault of that class.
        ArgumentError
            The refusal with the name, if there is no such class.
        """
        if name in self:
            return self[name]
        if name in self.faults:
            raise self.faults[name]
        raise ArgumentError(f"{refusal} {name!r}{did_you_mean(name, self)}")

    @property
    def notes(self) -> list[str]:
        """A line on each fault."""
        return [f"left out: {fault}" for fault in dict.fromkeys(map(str, self.faults.values()))]


def find_subclasses(
    package: ModuleType, base: type[Base], check: Callable[[type[Base]], object] = lambda found: None
) -> Plugins[Base]:
    """Import every module of `package` and return its concrete subclasses of `base`, by name.

    A class is found where it is defined, so importing one class into another's file does not list it twice.
    Abstract classes and names with a leading underscore are left out. A file that cannot be imported and a class that
    `check` refuses with a UserError are among the `faults`.

    Raises
    ------
    UserError
        If two files have one name, or two classes have one.
    """
    found: Plugins[Base] = Plugins()
    for file in plugin_modules(package):
        try:
            module = import_file(package.__name__, file)
        except PluginImportError as fault:
            found.faults |= dict.fromkeys(names_in(f"{package.__name__}.{file}"), fault)
            continue
        for name, member in classes_of(module, base):
            other = found.setdefault(name, member)
            if other is not member:
                files = " and ".join(plugin_file(each.__module__) for each in (member, other))
                raise UserError(f"{files} both define {member.__name__}: rename one of them")
    for name, member in list(found.items()):
        try:
            check(member)
        except UserError as fault:
            found.faults[name] = fault
            del found[name]
    return found


def classes_of(module: ModuleType, base: type[Base]) -> Iterator[tuple[str, type[Base]]]:
    """Yield the concrete subclasses of `base` that a module defines, by the name that users type."""
    for name, member in inspect.getmembers(module, inspect.isclass):
        defined_here = member.__module__ == module.__name__ and not name.startswith("_")
        if defined_here and issubclass(member, base) and member is not base and not inspect.isabstract(member):
            yield snake_case(name), member


def import_file(package_name: str, module_name: str) -> ModuleType:
    """Import a module of a plug-in package.

    Raises
    ------
    PluginImportError
        If it fails.
    """
    name, said = f"{package_name}.{module_name}", StringIO()
    try:
        with redirect_stderr(said):  # a parser of arguments at the top of a file prints its usage
            module = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        remedy, missing = "correct the file, or take it out", getattr(error, "name", None) or ""
        if base := BASES.get(missing.split(".")[0]):
            remedy = f"write 'from backtrader_walkforward import {base}'"
        line = line_of(error, path_of(name))
        place = plugin_file(name) if line is None else f"{plugin_file(name)}:{line}"
        reason = f"SyntaxError: {error.msg}" if isinstance(error, SyntaxError) else reason_of(error)
        raise PluginImportError(f"{place} cannot be imported: {reason} - {remedy}") from error
    print(said.getvalue(), end="", file=sys.stderr)
    return module


def path_of(module_name: str) -> str:
    """Return the path of a module's file, empty where it has none."""
    spec = find_spec(module_name)
    return (spec.origin if spec else None) or ""


def line_of(error: BaseException, path: str) -> int | None:
    """Return the line of a file on which an error arose; None if it arose on none."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == path]
    return lines[-1] if lines else None


def names_in(module_name: str) -> list[str]:
    """Return the names under which the classes of a file that cannot be imported are asked for, and its own."""
    path = Path(path_of(module_name))
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return [module_name.rpartition(".")[2], *map(snake_case, re.findall(r"^class (\w+)", text, re.MULTILINE))]
