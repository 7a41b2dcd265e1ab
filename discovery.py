"""Find the classes that a package's files define, so that adding one is adding a file."""

import importlib
import inspect
import pkgutil
import re
from types import ModuleType
from typing import TypeVar

from errors import UserError, reason_of

Base = TypeVar("Base")


def snake_case(class_name: str) -> str:
    """Turn a class name into the name users type.

    >>> snake_case("VolatilityAdjusted"), snake_case("LSTM"), snake_case("Kelly2x")
    ('volatility_adjusted', 'lstm', 'kelly2x')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name)
    return words.lower()


def find_subclasses(package: ModuleType, base: type[Base]) -> dict[str, type[Base]]:
    """Import every module of `package` and return its concrete subclasses of `base`, by name.

    A class is found where it is defined, so importing one class into another's file does not list it twice.
    Abstract classes and names with a leading underscore are left out.

    Raises
    ------
    UserError
        If a file cannot be imported, or two define one name.
    """
    found: dict[str, type[Base]] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = import_file(package.__name__, module_info.name)
        for name, member in inspect.getmembers(module, inspect.isclass):
            defined_here = member.__module__ == module.__name__ and not name.startswith("_")
            if defined_here and issubclass(member, base) and member is not base and not inspect.isabstract(member):
                other = found.setdefault(snake_case(name), member)
                if other is not member:
                    raise UserError(
                        f"{member.__module__} and {other.__module__} both define {name}: rename one of them"
                    )
    return found


def import_file(package_name: str, module_name: str) -> ModuleType:
    """Import `package_name/module_name.py`; say which file fails, and why, in one line."""
    try:
        return importlib.import_module(f"{package_name}.{module_name}")
    except (Exception, SystemExit) as error:
        raise UserError(
            f"{package_name}/{module_name}.py cannot be imported: {reason_of(error)} - correct the file, or take it out"
        ) from error
