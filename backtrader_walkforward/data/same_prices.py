"""The prices that settings name by their digests: others are refused."""

from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.groups import DataSettings

CAUSES = {"yahoo": "Yahoo adjusts past prices after each dividend and split; "}
"""Why prices of a source can be others on another day."""


def require_same_file(read: Prices, settings: DataSettings) -> None:
    """Raise if the settings name a digest and the CSV file had another when it was read."""
    if settings.csv_sha256 not in (None, read.csv_sha256):
        raise DataError(
            f"--csv {settings.csv} has changed: {_difference(read.csv_sha256, settings.csv_sha256)} - bring the old"
            " file back, or take csv_sha256 and prices_sha256 out of the settings"
        )


def require_same_prices(used: Prices, settings: DataSettings) -> None:
    """Raise if the settings name a digest and the prices have another."""
    if settings.prices_sha256 not in (None, used.sha256):
        first, last = used.frame.index[[0, -1]]
        raise DataError(
            f"the prices of {used.ticker} from {first:%Y-%m-%d} to {last:%Y-%m-%d} are others:"
            f" {_difference(used.sha256, settings.prices_sha256)} - {CAUSES.get(str(used.used_source), '')}add"
            " --prices-sha256 none to run with them"
        )


def require_same_peers(used: Prices, settings: DataSettings) -> None:
    """Raise if the settings name a digest and the prices of the peers have another."""
    if settings.peers_sha256 not in (None, used.sha256_of_peers):
        names = ", ".join(peer.ticker for peer in used.peers)
        raise DataError(
            f"the prices of {names or 'no ticker'}, to train with, are others:"
            f" {_difference(used.sha256_of_peers, settings.peers_sha256)} - add --peers-sha256 none to run with them"
        )


def _difference(found: str | None, asked: str | None) -> str:
    """Return two digests that differ as part of a sentence."""
    return f"the SHA-256 digest is {str(found)[:12]}..., and the settings ask for {str(asked)[:12]}..."
