"""Names that users type, and what counts as found."""

import re
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


GOOD = "from looked_for import Base\nclass Good(Base): pass\n"


def test_a_file_that_fails_is_a_fault_of_its_own(package):
    bad = "from looked_for import Base\nclass MyBad(Base): pass\n1 / 0\n"
    found = find_subclasses(package(bad=bad, good=GOOD), Base)
    assert list(found) == ["good"]
    [note] = found.notes
    assert note == (
        "left out: made_package/bad.py:3 cannot be imported: ZeroDivisionError: division by zero - correct the file, or"
        " take it out"
    )


@pytest.mark.parametrize("name", ["bad", "my_bad"])
def test_a_file_that_fails_is_named_with_its_line_when_it_is_chosen(package, name):
    found = find_subclasses(package(bad="\nclass MyBad(:\n    pass\n", good=GOOD), Base)
    with pytest.raises(UserError, match=r"^made_package/bad.py:2 cannot be imported: SyntaxError: invalid syntax - "):
        found.chosen(name, "there is no")
    assert found.chosen("good", "there is no").__name__ == "Good"


def test_the_line_is_that_of_the_file_and_not_of_what_it_calls(package):
    [fault] = set(find_subclasses(package(bad="import json\n\njson.loads('{')\n"), Base).faults.values())
    assert str(fault).startswith("made_package/bad.py:3 cannot be imported: JSONDecodeError: ")


def test_a_class_that_is_refused_is_a_fault_too(package):
    def check(found):
        if found.__name__ == "Bad":
            raise UserError("Bad is bad")

    found = find_subclasses(package(good=GOOD, bad=GOOD.replace("Good", "Bad")), Base, check)
    assert (list(found), found.notes) == (["good"], ["left out: Bad is bad"])
    with pytest.raises(UserError, match=r"^Bad is bad$"):
        found.chosen("bad", "there is no")


def test_an_unknown_name_is_refused_with_one_that_is_near(package):
    with pytest.raises(UserError, match=r"^there is no 'goood' - did you mean 'good'\?$"):
        find_subclasses(package(good=GOOD), Base).chosen("goood", "there is no")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("from strategies.base import SizingStrategy", "write 'from backtrader_walkforward import SizingStrategy'"),
        ("from predictors.base import Predictor", "write 'from backtrader_walkforward import Predictor'"),
    ],
)
def test_an_import_from_a_plugin_folder_is_told_what_to_write(package, line, remedy):
    [fault] = find_subclasses(package(old=line), Base).faults.values()
    assert re.fullmatch(f"made_package/old.py:1 cannot be imported: ModuleNotFoundError: .* - {remedy}", str(fault))


def test_a_file_with_the_name_of_another_is_refused(package, tmp_path):
    made = package(kelly="")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "kelly.py").write_text("")
    made.__path__.append(str(tmp_path / "own"))
    with pytest.raises(UserError, match=r"^made_package/kelly.py of the working folder has the name of a file of the"):
        find_subclasses(made, Base)
