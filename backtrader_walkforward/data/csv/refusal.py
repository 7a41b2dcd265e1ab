"""Errors about single cells of a CSV file."""

import pandas as pd

from backtrader_walkforward.errors import DataError


def refuse(cells: pd.Series, kind: str, remedy: str, name: str) -> None:
    """Raise for the first of the unreadable cells, if there are any. Their index is the line."""
    if len(cells):
        more = f" (and {len(cells) - 1} more)" if len(cells) > 1 else ""
        raise DataError(
            f"{name}: line {cells.index[0]}: the {kind} {cells.iloc[0][:30]!r} is not clear{more} - {remedy}"
        )
