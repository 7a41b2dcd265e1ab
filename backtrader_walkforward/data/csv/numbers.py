"""Numbers of a CSV file: decimal points or commas, thousands, currency signs, and volumes such as 1.2M."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.data.csv.columns import VOLUME
from backtrader_walkforward.data.csv.refusal import refuse
from backtrader_walkforward.data.csv.two_ways import refuse_numbers, refuse_volumes
from backtrader_walkforward.errors import DataError

MISSING = ("", "null", "none", "nan", "na", "n/a", "-", "--", ".")

SIGNS = "$€£¥"
"""Currencies that may stand before or after each price of a column."""

UNITS = {"k": "e3", "m": "e6", "b": "e9"}
UNIT = "^([^e]*[0-9]) ?([kmb])$"
"""A volume in thousands, millions or billions."""

POWER = r"(?:e[+-]?[0-9]+)?"
POINT = (
    rf"[+-]?(?:(?:[1-9][0-9]{{0,2}}([, '])[0-9]{{3}}(?:\1[0-9]{{3}})*|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+){POWER}"
    "|[+-]?inf(?:inity)?"
)
COMMA = rf"[+-]?(?:[1-9][0-9]{{0,2}}([. '])[0-9]{{3}}(?:\1[0-9]{{3}})*|[0-9]+)(?:,[0-9]+{POWER})?"
STYLES = {"point": re.compile(POINT), "comma": re.compile(COMMA)}
"""Numbers in lower case by the sign before their decimals. Thousands may be grouped by the other sign."""

GROUPING = {"point": "[, ']", "comma": "[. ']"}
"""Signs between thousands."""

REMEDY = "write numbers like 1234.5, all of a file in one way"

Columns = Mapping[str, pd.Series]


class Numbers(NamedTuple):
    """The numbers of a file, and the ways in which they are written that are not plain."""

    table: pd.DataFrame
    ways: tuple[str, ...]
    has_units: bool


def read_numbers(cells: Columns, decimals: str | None, name: str) -> Numbers:
    """Return the numbers of columns of text; NaN where a cell is empty or one of `MISSING`.

    All numbers of the file together decide whether points or commas separate their decimals.

    Parameters
    ----------
    cells : mapping of str to Series
        Text by what it holds, indexed by line.
    decimals : {"point", "comma"}, optional
        What the user says.
    name : str
        Name of the file, with which messages begin.

    Raises
    ------
    DataError
        If a cell is no number, or if all numbers can be read in two ways that differ.
    """
    text = {kind: _tidy(column) for kind, column in cells.items()}
    signs = {kind: _sign(column, kind, name) for kind, column in text.items() if kind != VOLUME}
    currencies = sorted({sign for sign in signs.values() if sign})
    if len(currencies) > 1:
        raise DataError(f"{name}: its prices are in {' and '.join(currencies)} - write all in one currency")
    text |= {kind: text[kind].str.strip(f"{sign} ") for kind, sign in signs.items() if sign}
    units = pd.Series(dtype=str)
    if VOLUME in text:
        text[VOLUME], units = _without_units(text[VOLUME])
    style = _style(text, decimals, cells, name, has_units=bool(units.any()))
    bare = {kind: column.str.replace(GROUPING[style], "", regex=True) for kind, column in text.items()}
    bare = {kind: column.str.replace(",", ".", regex=False) for kind, column in bare.items()}
    if units.any():
        bare[VOLUME] += units
    ways = tuple(_ways(text, style, currencies, units))
    return Numbers(pd.DataFrame(bare).astype("float64"), ways, bool(units.any()))


def _tidy(column: pd.Series) -> pd.Series:
    """Return text in lower case, with plain spaces and apostrophes; NaN where a value is missing."""
    text = column.str.replace("[\u00a0\u202f]", " ", regex=True).str.replace("\u2019", "'", regex=False)
    text = text.str.strip().str.lower()
    return text.mask(text.isin(MISSING))


def _sign(column: pd.Series, kind: str, name: str) -> str:
    """Return the currency sign of a column; raise if some of its prices have another one, or none."""
    column = column.dropna()
    found = column.str.extract(f"^([{SIGNS}])|([{SIGNS}])$")
    each = found[0].fillna(found[1]).fillna("")
    usual = "" if each.empty else str(each.mode()[0])
    refuse(column[each != usual], kind.lower(), REMEDY, name)
    return usual


def _without_units(volume: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return volumes without the letters of their units, and the power of ten that stands for each."""
    parts = volume.str.extract(UNIT)
    return parts[0].where(parts[0].notna(), volume), parts[1].map(UNITS).fillna("")


def _style(text: Columns, decimals: str | None, cells: Columns, name: str, *, has_units: bool) -> str:
    """Return which sign separates decimals, as the user says or the numbers of the whole file tell."""
    styles = [decimals] if decimals else list(STYLES)
    wrong = {style: {kind: _is_wrong(column, style) for kind, column in text.items()} for style in styles}
    count = {style: sum(int(column.sum()) for column in wrong[style].values()) for style in styles}
    best = min(styles, key=lambda style: count[style])
    for kind, column in wrong[best].items():
        refuse(cells[kind].str.strip()[column], kind.lower(), REMEDY, name)
    if not decimals:
        prices = pd.concat([column for kind, column in text.items() if kind != VOLUME]).dropna()
        volumes = text.get(VOLUME, prices[:0]).dropna()
        if not any(count.values()):
            refuse_numbers(prices, volumes, name)
        if not has_units:
            refuse_volumes(prices, volumes, best, name)
    return best


def _is_wrong(column: pd.Series, style: str) -> pd.Series:
    return column.notna() & ~column.str.fullmatch(STYLES[style]).fillna(value=False).astype(bool)


def _ways(text: Columns, style: str, currencies: list[str], units: pd.Series) -> Iterator[str]:
    """Yield the ways in which numbers are written that are not plain."""
    has_commas, has_points = (
        any(column.str.contains(mark, regex=False).any() for column in text.values()) for mark in ",."
    )
    if style == "comma" and has_commas:
        yield "decimal commas"
    if style == "comma" and has_points:
        yield "points between thousands"
    if style == "point" and has_commas:
        yield "commas between thousands"
    for currency in currencies:
        yield f"prices in {currency}"
    if units.any():
        yield f"volume in {', '.join(letter.upper() for letter, power in UNITS.items() if power in set(units))}"
