"""The form of a CSV file, as far as the user tells it."""

from dataclasses import dataclass
from typing import Self

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.groups import DataSettings


@dataclass(frozen=True, kw_only=True)
class CsvForm:
    """What the user says about a CSV file. All else is found in the file.

    Attributes
    ----------
    columns : dict of str to str
        Names of columns by what they hold: `{"close": "Schluss"}`.
    dates : {"day-month-year", "month-day-year", "year-month-day"}, optional
        Order of the parts of a date.
    decimals : {"point", "comma"}, optional
        Sign before the decimals.
    """

    columns: dict[str, str]
    dates: str | None = None
    decimals: str | None = None

    @classmethod
    def of(cls, settings: DataSettings) -> Self:
        """Return the form that the settings tell."""
        return cls(columns=dict(settings.csv_columns), dates=settings.csv_dates, decimals=settings.csv_decimals)


AS_FOUND = CsvForm(columns={})
"""Nothing is said about the file."""


def refuse_without_file(settings: DataSettings) -> None:
    """Raise ArgumentError if the settings say how a CSV file is read; they name none."""
    if CsvForm.of(settings) != AS_FOUND:
        raise ArgumentError("--csv-columns, --csv-dates and --csv-decimals say how a file is read - add --csv FILE")
