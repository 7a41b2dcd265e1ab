"""Numbers of a CSV file whose points or commas may separate decimals or thousands: 1.234 is one, or a thousand."""

import re

import pandas as pd

from backtrader_walkforward.errors import DataError

MARKS = {"point": ".", "comma": ","}

GROUPED = r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}"
"""A number that can be read in two ways."""

UNGROUPED = r"[+-]?[0-9]{4,}"
"""A whole number without marks: a column that has one does not group thousands."""

THOUSANDS = 3
"""Digits of a group of thousands."""


def refuse_numbers(prices: pd.Series, volumes: pd.Series, name: str) -> None:
    """Raise if numbers, which fit decimal points and commas, have marks whose two readings give other prices.

    A price of four digits without marks shows that points are no signs between thousands. A volume does not: who groups
    prices may write volumes as they come. Nothing shows it of commas. Volumes with points are left to `refuse_volumes`.
    """
    numbers = pd.concat([prices, volumes])
    has_commas = numbers.str.contains(",", regex=False).any()
    marked = numbers[numbers.str.contains("[.,]")] if has_commas else prices[prices.str.contains("[.,]")]
    if marked.empty or (prices.str.fullmatch(UNGROUPED).any() and not has_commas):
        return
    raise DataError(
        f"{name}: {_both(marked.iloc[0])}, and no number of the file tells"
        " - add --csv-decimals point or --csv-decimals comma"
    )


def refuse_volumes(prices: pd.Series, volumes: pd.Series, style: str, name: str) -> None:
    """Raise if the decimals of every volume may be thousands, while prices show nothing of it.

    Volumes are mostly whole. They have three decimals where prices have three, too.
    """
    marked = volumes[volumes.str.contains(MARKS[style], regex=False)]
    is_clear = marked.empty or not marked.str.fullmatch(GROUPED).all() or volumes.str.fullmatch(UNGROUPED).any()
    if is_clear or _usual_decimals(prices, MARKS[style]) == THOUSANDS:
        return
    raise DataError(
        f"{name}: the volume {_both(marked.iloc[0])} - write whole volumes without marks, or leave them out with"
        f" --csv-columns volume=none, or add --csv-decimals {style} if they have decimals"
    )


def _both(number: str) -> str:
    return f"{number} can be read in two ways, as {re.sub('[.,]', '', number)} or as {number.replace(',', '.')}0"


def _usual_decimals(prices: pd.Series, mark: str) -> int:
    """Return how many decimals most prices have, of those with any; 0 if none has."""
    counts = prices.str.rpartition(mark)[2][prices.str.contains(mark, regex=False)].str.len()
    return 0 if counts.empty else int(counts.mode()[0])
