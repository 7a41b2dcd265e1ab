"""Runs on the bundled sample give what they gave when their files in `golden/` were written.

A run that comes out otherwise has changed what every user sees. Where that is meant, say in CHANGELOG.md what changed
and why, and write the files anew: python -m tests.test_golden_run
"""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.evaluation import BacktestResult, Comparison, measure_forecast
from backtrader_walkforward.features import WARM_UP
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages

GOLDEN = Path(__file__).parent / "golden"
JOBS: dict[str, dict[str, Any]] = {
    "spy_ridge": {},
    "ixic_ridge_signs": {"ticker": "^IXIC", "end": date(2003, 6, 30), "threshold": 0.0, "fill": "close"},
}
"""The default job, in which binary and fixed never trade, and one in which every sign of the forecast counts."""

METHODS = ("binary", "fixed", "kelly", "proportional", "volatility_adjusted")

DIGITS = 4
"""Digits of an order's size that count.

Processors add in different orders, which changes the 13th digit of a forecast; an order is the small difference of two
positions, in which that can be the 7th. The figures below hold the sizes to 1e-9 all the same, in sum.
"""

OF_THE_FORECAST = ("rmse", "mae", "naive_rmse", "skill", "directional_accuracy", "theils_u2", "mean_error_share")
OF_A_VARIANT = ("final_value", "sharpe", "max_drawdown", "exposure", "turnover", "win_rate", "trades")
VARIANTS = ("kelly", "volatility_adjusted_hybrid_50_50", "binary")


def traded(**settings: Any) -> dict[str, Any]:
    """Run the stages and return what the golden files hold."""
    settings = Settings.of(source="sample", predictor="ridge", strategies=METHODS, **settings)
    prices = load_prices(settings, warm_up=WARM_UP)
    run = AuditedRun.of(Stages.of(settings), prices.frame, None, None)
    results = {result.name: result for result in run.stages.results(run.signals, run.stages.variants)}
    *variants, benchmark = results.values()
    fills = pd.concat([result.fills for result in variants])
    skill = measure_forecast(run.table, prices.frame["Close"])
    return {
        "data_sha256": prices.sha256,
        "best": Comparison.of(variants, benchmark).best.name,
        "fills": len(fills),
        "digest_of_fills": digest(fills),
        "forecast": {name: getattr(skill, name) for name in OF_THE_FORECAST},
        **{name: figures(results[name]) for name in (*VARIANTS, benchmark.name)},
    }


def digest(fills: pd.DataFrame) -> str:
    """Return the SHA-256 of the order list: date, strategy, account, size and price of each."""
    rows = fills[["date", "strategy", "account", "size", "price"]].itertuples(index=False)
    lines = [
        f"{day:%Y-%m-%d} {strategy} {account} {size:.{DIGITS}g} {price:.9g}\n"
        for day, strategy, account, size, price in rows
    ]
    return sha256("".join(lines).encode()).hexdigest()


def figures(result: BacktestResult) -> dict[str, Any]:
    return {name: getattr(result.metrics, name) for name in OF_A_VARIANT}


@pytest.mark.parametrize("job", JOBS)
def test_a_run_comes_out_as_it_did(job):
    expected, found = json.loads((GOLDEN / f"{job}.json").read_text()), traded(**JOBS[job])
    for name, value in expected.items():
        assert found[name] == nearly(value), f"{name} has changed.\n{__doc__}"
    assert set(found) == set(expected)


def nearly(value: Any) -> Any:
    """Let numbers differ by rounding, and nothing else."""
    if isinstance(value, dict):
        return {name: nearly(item) for name, item in value.items()}
    return pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value


if __name__ == "__main__":
    for job, settings in JOBS.items():
        (GOLDEN / f"{job}.json").write_text(json.dumps(traded(**settings), indent=2) + "\n")
