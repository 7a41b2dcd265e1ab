"""Figures, dates and names as a reader sees them, and as JSON knows them."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from backtrader_walkforward.data.frequency import traded_bar
from backtrader_walkforward.evaluation import BacktestResult, ForecastTest
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.system.text import pluralize

UNDEFINED = "n/a"
MINUS = "\u2212"

LONGEST_NAME, KEPT_END = 64, 40
"""Characters of a variant's name on a page, and how many of them are its end: parameters and shares."""


def json_value(value: Any) -> Any:
    """Return `value` as JSON knows it: NaN and infinities are None, dates ISO text, numpy scalars Python's own."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def json_tree(value: Any) -> Any:
    """Return nested mappings and sequences with every leaf `json_value`."""
    if isinstance(value, Mapping):
        return {str(key): json_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_tree(item) for item in value]
    return json_value(value)


def percent(value: float | None, digits: int = 2) -> str:
    """Return a fraction as text.

    >>> percent(0.1523)
    '15.23%'
    >>> percent(None)
    'n/a'
    """
    return UNDEFINED if json_value(value) is None else f"{value:z.{digits}%}"


def forecast_text(
    predicted_return: float | None, predicted_close: float | None, target: str, fill_price: str = "open"
) -> str:
    """Return the forecast for the next session in words, for the target of its predictors.

    `fill_price` is the price of a session at which orders fill (`Prices.fill_price`).

    >>> forecast_text(0.0031, 2514.65, "return"), forecast_text(0.0031, 2514.65, "traded")
    ('a return of 0.31%, a close of 2,514.65', 'a return of 0.31% from its open to the next one')
    """
    if target == "traded":
        return f"a return of {percent(predicted_return)} from its {fill_price} to the next one"
    return f"a return of {percent(predicted_return)}, a close of {price(predicted_close)}"


def origin_text(source: str, settings: Mapping[str, Any]) -> str:
    """Return where prices and forecasts come from, for the line below the title of a page.

    >>> origin_text("sample", {"predictor": "ridge"})
    'Data: sample. Forecasts: ridge'
    >>> origin_text("3 tickers.", {"predictor": "lstm,ridge", "ensemble": 5})
    'Data: 3 tickers. Forecasts: mean of lstm, ridge with 5 seeds'
    """
    names, seeds = str(settings["predictor"]).split(","), settings.get("ensemble", 1)
    mean = "mean of " if len(names) > 1 or seeds > 1 else ""
    many = f" with {seeds} seeds" if seeds > 1 else ""
    return f"Data: {source.removesuffix('.')}. Forecasts: {mean}{', '.join(name.strip() for name in names)}{many}"


def span_of(target: str, fill_price: str = "open") -> str:
    """Return what a forecast is of in words, for the target of its predictors (`forecast_text`).

    >>> span_of("return"), span_of("traded")
    ('from that close to the next', 'from the next open to the open after it')
    """
    traded = f"from the next {fill_price} to the {fill_price} after it"
    return traded if target == "traded" else "from that close to the next"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number as text, thousands apart.

    >>> number(-0.001), number(12345.678)
    ('0.00', '12,345.68')
    """
    return UNDEFINED if json_value(value) is None else f"{value:z,.{digits}f}"


def basis_points(value: float | None) -> str:
    """Return a fraction in hundredths of a percent.

    >>> basis_points(0.00123)
    '12.3'
    """
    return number(None if value is None else value * BASIS_POINTS, 1)


def axis_percent(value: float, _: float = 0.0) -> str:
    """Return a fraction with as many digits as it needs.

    >>> axis_percent(-0.1), axis_percent(0.0025), axis_percent(120.0), axis_percent(-1e-17)
    ('\u221210%', '0.25%', '12,000%', '0%')
    """
    return f"{round(100 * value, 8):z,.9g}%".replace("-", MINUS)


def price(value: float | None) -> str:
    """Return a price, or an error in prices, with five significant digits and at least two decimals.

    >>> price(2506.853), price(1.23456), price(0.000123456)
    ('2,506.85', '1.2346', '0.00012346')
    """
    if json_value(value) is None:
        return UNDEFINED
    decimals = 4 - math.floor(math.log10(abs(value))) if value else 2
    return number(value, max(2, decimals))


def count(value: float | None) -> str:
    """Return a whole number as text.

    >>> count(12345)
    '12,345'
    """
    return number(value, 0)


def interval(ends: tuple[float, float] | None, digits: int = 1) -> str:
    """Return an interval as text.

    >>> interval((-1.84, 3.02))
    '-1.8 to 3.0'
    """
    return f"{number(ends[0], digits)} to {number(ends[1], digits)}" if ends else UNDEFINED


def p_value(value: float | None) -> str:
    """Return a p-value as text; what is very small is not 0.

    >>> p_value(0.0312), p_value(1e-9)
    ('p = 0.031', 'p < 0.001')
    """
    if value is None:
        return UNDEFINED
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def format_test(test: ForecastTest | None, bar: str = "day") -> str:
    """Return a test of the forecast as text; `bar` is the name of a bar."""
    if test is None:
        return UNDEFINED
    if test.statistic is None:
        return f"undefined on {count(test.days)} {bar}s"
    return f"{number(test.statistic)}, {p_value(test.p_value)}, {count(test.days)} {bar}s"


def readable_date(day: date) -> str:
    """Return a day as text, the same everywhere.

    >>> readable_date(date(2018, 6, 4))
    '2018-06-04'
    """
    return f"{day:%Y-%m-%d}"


def period_text(values: pd.Series | pd.DataFrame) -> str:
    """Return the first and the last day of an index: `2018-06-04 to 2018-12-31`."""
    first, last = values.index[[0, -1]]
    return f"{readable_date(first)} to {readable_date(last)}"


def length_of(result: BacktestResult) -> str:
    """Return how long the test of a result is: `150 trading days`, `187 weeks`."""
    return pluralize(len(result.returns), traded_bar(result.bars_a_year))


def display_name(name: str) -> str:
    """Return `name_text` on one line; of a very long one both ends, which tell the values of a parameter apart.

    >>> display_name("volatility_adjusted(threshold=0.0001)_hybrid_70_30")
    'Volatility adjusted(threshold=0.0001) hybrid 70/30'
    >>> display_name("a" * 50 + "(cap=1,threshold=0.0001)_hybrid_70_30")
    'Aaaaaaaaaaaaaaaaaaaaaaa\u2026aaa(cap=1,threshold=0.0001) hybrid 70/30'
    """
    line = " ".join(name_text(name).split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - KEPT_END - 1]}\u2026{line[-KEPT_END:]}"


def shorten(text: str, length: int) -> str:
    """Return `text` on one line of at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "\u2026"
