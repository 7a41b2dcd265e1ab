"""Digests in a settings file. A run from the file uses data with the same digests, or stops."""

from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.groups import DataSettings
from backtrader_walkforward.system.files import file_sha256


def require_same_file(settings: DataSettings) -> None:
    """Raise if the settings name a digest and the CSV file has another."""
    if settings.csv is None or settings.csv_sha256 is None:
        return
    found = file_sha256(settings.csv)
    if found != settings.csv_sha256:
        raise DataError(
            f"--csv {settings.csv} has changed: {difference(found, settings.csv_sha256)} - bring the old file back, or"
            " take csv_sha256 and prices_sha256 out of the settings"
        )


def require_same_prices(used: Prices, settings: DataSettings) -> None:
    """Raise if the settings name a digest and the prices have another."""
    if settings.prices_sha256 not in (None, used.sha256):
        raise DataError(
            f"the prices of {used.ticker} are others: {difference(used.sha256, settings.prices_sha256)} - add --end"
            " with the last day of that run, or take prices_sha256 out of the settings"
        )


def difference(found: str, asked: str | None) -> str:
    """Return two digests that differ as part of a sentence."""
    return f"the SHA-256 digest is {found[:12]}..., and the settings ask for {str(asked)[:12]}..."
