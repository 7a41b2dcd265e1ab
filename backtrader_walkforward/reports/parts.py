"""Parts of a report, one file each: what is dropped into their folder is found."""

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType


def parts_of(package: str, folders: Iterable[str]) -> dict[str, ModuleType]:
    """Return the modules of a package by name, ordered by their `PLACE`; `folders` is its `__path__`."""
    names = sorted(info.name for info in pkgutil.iter_modules(folders))
    modules = {name: importlib.import_module(f"{package}.{name}") for name in names}
    return dict(sorted(modules.items(), key=lambda part: part[1].PLACE))
