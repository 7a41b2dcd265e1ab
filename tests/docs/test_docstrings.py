"""The examples in the docstrings of the package are true."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FILES = [path for path in (ROOT / "backtrader_walkforward").rglob("*.py") if ">>>" in path.read_text(encoding="utf-8")]
MODULES = sorted(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES)


@pytest.mark.parametrize("module", MODULES)
def test_examples_are_true(module):
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried > 0
    assert failed == 0
