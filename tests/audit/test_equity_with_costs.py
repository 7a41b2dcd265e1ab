"""Reconstructed equity with commission, slippage and interest: by hand, and compared with the broker."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.check_equity import reconstruct_accounts
from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.evaluation.books.reconstruct_equity import reconstruct_equity
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages

DAYS = pd.bdate_range("2024-01-01", periods=4)
CLOSES = pd.Series([10.0, 11.0, 12.0, 9.0], DAYS)
COSTS = {"commission_bps": 5.0, "commission_min": 1.0, "slippage_bps": 3.0, "borrow_rate": 0.05, "cash_rate": 0.02}


def test_interest_by_hand():
    fills = pd.DataFrame(
        [(DAYS[1], "active", -5.0, 10.0, 1.0)], columns=["date", "account", "size", "price", "commission"]
    )
    flows = pd.DataFrame(
        [(DAYS[2], "active", "borrowing", -0.5), (DAYS[3], "active", "borrowing", -0.25), (DAYS[3], "passive", "x", 9)],
        columns=["date", "account", "kind", "amount"],
    )
    books = reconstruct_equity(fills, CLOSES, {"active": 100.0}, flows)
    assert list(books["active"]) == [100, 100 + 49 - 55, 100 + 49 - 60 - 0.5, 100 + 49 - 45 - 0.75]


@pytest.mark.parametrize("settings", [{}, {"whole_shares": True}, {"stop_loss": 0.03, "take_profit": 0.05}], ids=str)
@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_every_account_of_every_variant_adds_up(signals, fill, settings):
    settings = Settings.of(fill=fill, strategies=("binary", "kelly"), **COSTS, **settings)
    stages = Stages.of(settings)
    run = AuditedRun(stages, None, signals, signals, [], signals, True, signals)
    for variant, result in zip(stages.variants, run_backtest(signals, stages.variants, settings), strict=True):
        closes, capital = run.prices["Close"].reindex(result.equity.index), settings.trading.capital
        books = reconstruct_accounts(variant, result.booked_fills, result.cash_flows, closes, capital)
        accounts = books[[f"{variant.name}/{account}" for account in result.accounts]]
        np.testing.assert_allclose(accounts, result.accounts, rtol=1e-9)
        np.testing.assert_allclose(books[variant.name], result.equity, rtol=1e-9)
        assert len(result.cash_flows) or variant.strategy_name == "buy_and_hold"


def test_a_run_with_costs_passes_and_with_changed_interest_fails(settings_of):
    booked_later = {"fill": "close", "stop_loss": 0.02}
    settings = settings_of(period=120, strategies=("kelly",), tearsheets="none", **COSTS, **booked_later)
    quick = "--source sample --period 120 --predictor ridge --lookback 10 --retrain-every 10 --threshold 0"
    folders = ["--cache-dir", str(settings.machine.cache_dir), "--out", str(settings.report.out), "--workers", "1"]
    costs = [f"--{name.replace('_', '-')}={value}" for name, value in (COSTS | booked_later).items()]
    rest = "--strategies kelly --hybrids 30 --tearsheets none --null-models 0 --quiet"
    assert main([*quick.split(), *folders, *costs, *rest.split()]) == 0
    report = make_audit_report(settings)
    assert not [finding for finding in report.findings if finding.failure]
    flows = pd.read_csv(report.folder / "costs.csv")
    flows.assign(amount=2 * flows["amount"]).to_csv(report.folder / "costs.csv", index=False)
    faults = [finding for finding in make_audit_report(settings).findings if finding.failure]
    assert {finding.stage for finding in faults} == {"run files"}
