"""Fills against bars: at the price that the declared terms give, and at no smaller cost.

A run refuses the first fill that does not fit; here every account is counted.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.evaluation.books.fill_prices import FillTerms, first_misfit
from backtrader_walkforward.evaluation.books.self_checks import least_commission, terms_of

STAGE = "fills"


def check_fills(run: AuditedRun) -> Iterator[Finding]:
    """Compare every fill of each variant with its bar and with the costs of the settings."""
    trading = run.stages.settings.trading
    for variant in run.traded_variants:
        fills = run.results[variant.name].analyses["fills"]
        yield fills_finding(variant.name, fills, run.prices, terms_of(trading), least_commission(fills, trading))


def fills_finding(
    name: str, fills: pd.DataFrame, bars: pd.DataFrame, declared: FillTerms, least: np.ndarray
) -> Finding:
    """Return the finding on the fills of one name; see `first_misfit` for the arguments."""
    found = first_misfit(fills, bars, declared, least)
    if not found:
        return Finding(STAGE, name, len(fills), reason="it has no fill")
    row, why = found
    size, price, day = (fills[column].iloc[row] for column in ("size", "price", "date"))
    return Finding(STAGE, name, len(fills), f"has a fill of {size:,.4f} at {price:,.4f}, {why}", day)
