"""Numbers in any style: the whole file decides, or the user is asked."""

import pandas as pd
import pytest

from backtrader_walkforward.data.csv.numbers import read_numbers
from backtrader_walkforward.errors import DataError


def read(prices, volumes=None, decimals=None):
    """The numbers of a column of closes, and of one of volumes."""
    cells = {"Close": prices} | ({"Volume": volumes} if volumes else {})
    lines = range(2, 2 + len(prices))
    return read_numbers({kind: pd.Series(text, lines, dtype=str) for kind, text in cells.items()}, decimals, "mine.csv")


@pytest.mark.parametrize(
    ("prices", "values", "ways"),
    [
        (["9.5", "10"], [9.5, 10], ()),
        (["1,234.5", "999.5"], [1234.5, 999.5], ("commas between thousands",)),
        (["1,234,567", "3"], [1234567, 3], ("commas between thousands",)),
        (["9,5", "10"], [9.5, 10], ("decimal commas",)),
        (["1.234,5", "999,5"], [1234.5, 999.5], ("decimal commas", "points between thousands")),
        (["1.234.567", "3"], [1234567, 3], ("points between thousands",)),
        (["1 234,5", "999,5"], [1234.5, 999.5], ("decimal commas",)),
        (["1\u202f234,5", "1\u00a0000,5"], [1234.5, 1000.5], ("decimal commas",)),
        (["1'234.5", "1\u2019000.5"], [1234.5, 1000.5], ()),
        (["0,959", "1,234"], [0.959, 1.234], ("decimal commas",)),
        (["1234,567", "1,234"], [1234.567, 1.234], ("decimal commas",)),
        (["$9.5", "$ 1,000.25"], [9.5, 1000.25], ("commas between thousands", "prices in $")),
        (["9,5 €", "10 €"], [9.5, 10], ("decimal commas", "prices in €")),
        (["1,5e+03", "2,5"], [1500, 2.5], ("decimal commas",)),
    ],
)
def test_a_style_that_the_file_tells(prices, values, ways):
    numbers = read(prices)
    assert numbers.table["Close"].tolist() == values
    assert numbers.ways == ways


def test_volumes_in_thousands_millions_and_billions():
    numbers = read(["1.5", "2", "3", "4"], ["85.67M", "920.5K", "1.2b", "-"])
    assert numbers.table["Volume"].iloc[:3].tolist() == [85_670_000, 920_500, 1_200_000_000]
    assert numbers.table["Volume"].isna().tolist() == [False, False, False, True]
    assert numbers.ways == ("volume in K, M, B",)
    assert read(["1,5"], ["85,67 M"]).table["Volume"].tolist() == [85_670_000]


@pytest.mark.parametrize("prices", [["1,234", "999"], ["9,959"], ["1,234", "5.678"], ["1,234", "1234"], ["9.959"]])
def test_two_readings_are_asked_for(prices):
    with pytest.raises(
        DataError, match=r"can be read in two ways, .* add --csv-decimals point or --csv-decimals comma$"
    ):
        read(prices)


def test_two_readings_are_named():
    with pytest.raises(
        DataError, match=r"^mine.csv: 1,234 can be read in two ways, as 1234 or as 1.2340, and no number"
    ):
        read(["1,234"])


@pytest.mark.parametrize(("decimals", "value"), [("point", 1234), ("comma", 1.234)])
def test_the_user_settles_it(decimals, value):
    assert read(["1,234"], decimals=decimals).table["Close"].tolist() == [value]


def test_a_volume_may_settle_it():
    assert read(["1,234"], ["1.5M"]).table["Close"].tolist() == [1234]
    assert read(["1,234"], ["1,5M"]).table["Close"].tolist() == [1.234]
    for price in ("1,234", "1.234"):
        with pytest.raises(DataError, match=f"{price} can be read in two ways"):
            read([price], ["1234567"])  # whoever writes volumes without marks may write prices with them
    assert read(["1.234", "1012"], ["1234567", "9"]).table["Close"].tolist() == [1.234, 1012]

    for volume in ("80,037", "80.037"):
        with pytest.raises(DataError, match=f"{volume} can be read in two ways"):
            read(["10731"], [volume])


@pytest.mark.parametrize(("decimals", "values"), [("point", [995, 10.731]), ("comma", [995, 10731])])
def test_whole_prices_in_groups_beside_plain_volumes(decimals, values):
    """10.731 may be 10731 although the volumes are written without marks."""
    cells = ["995", "10.731"], ["100154", "100155"]
    with pytest.raises(
        DataError,
        match=r"^mine.csv: 10\.731 can be read in two ways, as 10731 or as 10\.7310, .* --csv-decimals comma$",
    ):
        read(*cells)
    assert read(*cells, decimals).table["Close"].tolist() == values


@pytest.mark.parametrize(
    ("prices", "volumes", "decimals"),
    [(["107.31", "9"], ["80.037", "954"], "point"), (["107,31", "9"], ["80,037", "954"], "comma")],
)
def test_volumes_in_groups_by_the_mark_of_the_prices(prices, volumes, decimals):
    with pytest.raises(DataError) as error:
        read(prices, volumes)
    assert str(error.value) == (
        f"mine.csv: the volume {volumes[0]} can be read in two ways, as 80037 or as 80.0370 - write whole volumes"
        " without marks, or leave them out with --csv-columns volume=none,"
        f" or add --csv-decimals {decimals} if they have decimals"
    )
    assert read(prices, volumes, decimals).table["Volume"].tolist() == [80.037, 954]


@pytest.mark.parametrize(
    ("prices", "volumes", "values"),
    [
        (["107.31", "9"], ["80.037", "0.954"], [80.037, 0.954]),
        (["107.31", "9"], ["80.037", "1234.500"], [80.037, 1234.5]),
        (["107.31", "9"], ["80.037", "12.5"], [80.037, 12.5]),
        (["107.31", "9"], ["80.037", "1000"], [80.037, 1000]),
        (["107.310", "0.500"], ["80.037", "954.000"], [80.037, 954]),
        (["107.31", "9"], ["80.037M", "1.234M"], [80_037_000, 1_234_000]),
        (["107.31", "9"], ["80,037", "1,234"], [80_037, 1234]),
    ],
    ids=["below 1", "1000 with a mark", "one decimal", "1000 without", "as the prices", "units", "the other mark"],
)
def test_volumes_that_can_be_read_in_one_way(prices, volumes, values):
    assert read(prices, volumes).table["Volume"].tolist() == values


@pytest.mark.parametrize(
    ("prices", "line", "cell"),
    [
        (["9.5", "9,5", "8.5"], 3, "9,5"),
        (["9,5", "9.5", "8,5"], 3, "9.5"),
        (["1,234.5", "1.234,5", "1,000.5"], 3, "1.234,5"),
        (["1,23.5"], 2, "1,23.5"),
        (["12,34,567.5"], 2, "12,34,567.5"),
        (["$9.5", "9.5", "$8.5"], 3, "9.5"),
        (["$9.5", "€9.5", "$8.5"], 3, "€9.5"),
        (["1.5M", "2.5"], 2, "1.5M"),
        (["5 %"], 2, "5 %"),
        (["0x10"], 2, "0x10"),
        (["1_000.5"], 2, "1_000.5"),
        (["1,234 567.5"], 2, "1,234 567.5"),
    ],
)
def test_what_does_not_fit_the_others_is_refused(prices, line, cell):
    with pytest.raises(DataError) as error:
        read(prices)
    assert str(error.value).startswith(f"mine.csv: line {line}: the close {cell!r} is not clear")
    assert str(error.value).endswith(" - write numbers like 1234.5, all of a file in one way")


def test_a_style_that_is_not_that_of_the_file_is_refused():
    with pytest.raises(DataError, match=r"line 2: the close '9\.5' is not clear"):
        read(["9.5"], decimals="comma")
    with pytest.raises(DataError, match=r"line 2: the volume '1\.5e3M' is not clear"):
        read(["9.5"], ["1.5e3M"])


def test_two_currencies_are_refused():
    cells = {"Open": pd.Series(["$1.5"]), "Close": pd.Series(["1.5 €"])}
    with pytest.raises(DataError, match=r"^mine.csv: its prices are in \$ and € - write all in one currency$"):
        read_numbers(cells, None, "mine.csv")
