"""Names that users type, and what counts as found."""

import sys
import types

import pytest

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.plugins import find_subclasses, snake_case


@pytest.mark.parametrize(
    ("class_name", "name"),
    [
        ("VolatilityAdjusted", "volatility_adjusted"),
        ("LSTM", "lstm"),
        ("Kelly", "kelly"),
        ("LSTMEnsemble", "lstm_ensemble"),
        ("Kelly2x", "kelly2x"),
    ],
)
def test_snake_case(class_name, name):
    assert snake_case(class_name) == name


class Base:
    """What is looked for."""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package made of the given files."""

    def package(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        made = types.ModuleType("made_package")
        made.__path__ = [str(tmp_path)]
        monkeypatch.setitem(sys.modules, "made_package", made)
        monkeypatch.setitem(sys.modules, "looked_for", sys.modules[__name__])
        for name in files:
            monkeypatch.delitem(sys.modules, f"made_package.{name}", raising=False)
        return made

    return package


def test_classes_are_found_where_they_are_defined(package):
    first = "from looked_for import Base\nclass First(Base): pass\nclass _Hidden(Base): pass\nclass Other: pass\n"
    second = "from made_package.first import First\nclass SecondOne(First): pass\n"
    assert list(find_subclasses(package(first=first, second=second), Base)) == ["first", "second_one"]


def test_two_classes_of_one_name_are_refused(package):
    first = "from looked_for import Base\nclass First(Base): pass\n"
    with pytest.raises(UserError, match=r"made_package/b.py and made_package/a.py both define First: rename one"):
        find_subclasses(package(a=first, b=first), Base)


def test_a_file_that_fails_is_named(package):
    with pytest.raises(UserError, match=r"made_package/bad.py cannot be imported: ZeroDivisionError"):
        find_subclasses(package(bad="1 / 0"), Base)


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("from strategies.base import SizingStrategy", "write 'from backtrader_walkforward import SizingStrategy'"),
        ("from predictors.base import Predictor", "write 'from backtrader_walkforward import Predictor'"),
    ],
)
def test_an_import_from_a_plugin_folder_is_told_what_to_write(package, line, remedy):
    with pytest.raises(
        UserError, match=f"^made_package/old.py cannot be imported: ModuleNotFoundError: .* - {remedy}$"
    ):
        find_subclasses(package(old=line), Base)


def test_a_file_with_the_name_of_another_is_refused(package, tmp_path):
    made = package(kelly="")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "kelly.py").write_text("")
    made.__path__.append(str(tmp_path / "own"))
    with pytest.raises(UserError, match=r"^made_package/kelly.py of the working folder has the name of a file of the"):
        find_subclasses(made, Base)
