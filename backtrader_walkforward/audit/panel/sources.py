"""The ticker that leaks: of those whose later rows change a result up to a day, one alone."""

from collections.abc import Callable, Collection, Sequence


def leaking_ticker(tickers: Sequence[str], changes: Callable[[Collection[str]], bool]) -> str | None:
    """Return a ticker whose later rows alone change the result; None if no half of the tickers does.

    Parameters
    ----------
    tickers : sequence of str
    changes : callable
        Tell whether the later rows of these tickers change the result; each answer takes a clean room.

    >>> leaking_ticker(["AAA", "BBB", "CCC"], lambda some: "CCC" in some)
    'CCC'
    """
    suspects = list(tickers)
    while len(suspects) > 1:
        half = len(suspects) // 2
        suspects = next((some for some in (suspects[:half], suspects[half:]) if changes(some)), [])
    return suspects[0] if suspects else None
