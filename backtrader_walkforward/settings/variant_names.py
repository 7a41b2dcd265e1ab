"""The names of variants: how a hybrid is named, and what its name says.

A strategy may have the word in its own name: `my_hybrid_one` is no hybrid, `my_hybrid_one_hybrid_70_30` is one of it.
"""

import re
from typing import NamedTuple

HYBRID = re.compile(r"(?P<strategy>.+)_hybrid_(?P<passive>\d{1,3})_(?P<active>\d{1,3})", re.DOTALL)


class Shares(NamedTuple):
    """Shares of the two accounts of a hybrid, in percent, in the order of its name."""

    passive: int
    active: int

    @property
    def kind(self) -> str:
        """Type of the hybrid in tables, which begins with what is traded: `30/70 split`."""
        return f"{self.active}/{self.passive} split"


def hybrid_name(strategy: str, shares: Shares) -> str:
    """Return the name of a hybrid: its strategy, the share that is held, and the share that is traded.

    >>> hybrid_name("kelly", Shares(passive=70, active=30))
    'kelly_hybrid_70_30'
    """
    return f"{strategy}_hybrid_{shares.passive}_{shares.active}"


def shares_in(name: str) -> Shares | None:
    """Return the shares in the name of a hybrid; None for every other name.

    >>> shares_in("kelly_hybrid_70_30"), shares_in("my_hybrid_one")
    (Shares(passive=70, active=30), None)
    """
    hybrid = HYBRID.fullmatch(name)
    return Shares(int(hybrid["passive"]), int(hybrid["active"])) if hybrid else None


def strategy_of(name: str) -> str:
    """Return the name of the strategy of a variant.

    >>> strategy_of("kelly_hybrid_70_30"), strategy_of("kelly"), strategy_of("my_hybrid_one")
    ('kelly', 'kelly', 'my_hybrid_one')
    """
    hybrid = HYBRID.fullmatch(name)
    return hybrid["strategy"] if hybrid else name


def name_text(name: str) -> str:
    """Return a variant's name as people read it, in every sentence, on every page and on the terminal.

    Columns of files and keys of JSON have the name itself.

    >>> name_text("buy_and_hold"), name_text("kelly_hybrid_70_30")
    ('Buy & hold', 'Kelly hybrid 70/30')
    """
    if name == "buy_and_hold":
        return "Buy & hold"
    words, shares = strategy_of(name).replace("_", " "), shares_in(name)
    words += f" hybrid {shares.passive}/{shares.active}" if shares else ""
    return words[:1].upper() + words[1:]
