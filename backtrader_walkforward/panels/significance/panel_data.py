"""What a panel was tested on: its tickers and where their prices come from."""

from dataclasses import dataclass

from backtrader_walkforward.significance.trials.rows import digest
from backtrader_walkforward.system.text import pluralize

DIGITS = 8
"""Digits of the digest that tells two lists of tickers apart."""


@dataclass(frozen=True, kw_only=True)
class PanelData:
    """The data of a panel, as its trials and its verdict name them.

    Attributes
    ----------
    tickers : tuple of str
        Those that were studied.
    origin : str
        Label of their source.
    used_source : {"yahoo", "sample", "csv"}, optional
        The source of their prices.
    ended : tuple of str
        Those whose prices end on a day of the panel, before those of the others.
    """

    tickers: tuple[str, ...]
    origin: str
    used_source: str | None
    ended: tuple[str, ...] = ()

    @property
    def ticker(self) -> str:
        """Label of the panel in the registry of trials.

        >>> PanelData(tickers=("MSFT", "AAPL"), origin="Yahoo", used_source="yahoo").ticker
        'PANEL 2 tickers c7be5c15'
        """
        return f"PANEL {pluralize(len(self.tickers), 'ticker')} {digest(*sorted(self.tickers))[:DIGITS]}"
