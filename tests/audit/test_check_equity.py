"""The run's folder is found, and its files are checked."""

import json
import os

import pandas as pd
import pytest

from backtrader_walkforward.audit.check_equity import check_files, find_run
from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.settings.settings import Settings


def make_run(settings, name, /, **label):
    folder = settings.report.out / "runs" / name
    folder.mkdir(parents=True)
    same = {"settings": settings.result_settings(), "data_sha256": load_prices(settings).sha256}
    (folder / "results.json").write_text(json.dumps(same | label))
    return folder


def test_the_newest_folder_of_the_same_run_is_found(tmp_path):
    settings = Settings.of(source="sample", out=tmp_path)
    assert find_run(settings, load_prices(settings)) is None
    old, new = (make_run(settings, f"SPY_20240101_00000{second}") for second in (1, 2))
    os.utime(old, (1, 1))
    make_run(settings, "SPY_20240101_000003", data_sha256="of other prices")
    make_run(settings, "SPY_20240101_000004", settings={})
    for name, text in (("SPY_20240101_000005", "{"), ("SPY_20240101_000006", "[]")):
        (make_run(settings, name) / "results.json").write_text(text)
    assert find_run(settings, load_prices(settings)) == new


@pytest.fixture
def real(settings_of):
    """The settings of a run that the command has made."""
    settings = settings_of(period=120, strategies=("kelly",), tearsheets="none")
    quick = "--source sample --period 120 --predictor ridge --lookback 10 --retrain-every 10 --threshold 0"
    folders = ["--cache-dir", str(settings.machine.cache_dir), "--out", str(settings.report.out), "--workers", "1"]
    rest = "--strategies kelly --hybrids 30 --tearsheets none --null-models 0 --quiet"
    assert main([*quick.split(), *folders, *rest.split()]) == 0
    return settings


def files_checked(settings):
    report = make_audit_report(settings)
    return report.folder, [finding for finding in report.findings if finding.stage == "run files"]


def test_the_files_of_a_run_add_up_and_a_missing_fill_is_found(real):
    folder, findings = files_checked(real)
    assert folder.parent == real.report.out / "runs"
    assert [finding.name for finding in findings][:4] == [
        "kelly/active",
        "kelly",
        "kelly_hybrid_70_30/active",
        "kelly_hybrid_70_30/passive",
    ]
    assert findings[-1].name == "buy_and_hold"
    assert not any(finding.failure for finding in findings)

    fills = pd.read_csv(folder / "fills.csv")
    fills[fills["strategy"] != "kelly"].to_csv(folder / "fills.csv", index=False)
    _, findings = files_checked(real)
    found = {finding.name: finding.failure for finding in findings if finding.failure}
    assert set(found) == {"kelly/active", "kelly"}
    assert "but fills.csv and the closes give 100,000.00" in found["kelly"]


def test_missing_files_are_inconclusive(run, tmp_path):
    [finding] = check_files(run, tmp_path)
    assert finding.compared == 0
    assert "they cannot be read" in finding.reason
