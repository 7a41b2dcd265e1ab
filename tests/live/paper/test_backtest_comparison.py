"""The paper report: equal if nothing changed, and the differences if something did."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from backtrader_walkforward.data import load_prices
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.live.paper.backtest_comparison import compare
from backtrader_walkforward.live.paper.command import run_paper_report
from backtrader_walkforward.live.paper.paper_ledger import LedgerError, PaperLedger
from backtrader_walkforward.live.paper.trading import ForecastResources
from backtrader_walkforward.reports.live_comparison import live_section
from tests.live.sessions import NOW, SESSIONS, hold, write_quoted

AGREE = (
    "Live and backtest agree to the cent on 8 days: the backtest used nothing that was unknown in the live sessions."
)


def test_live_and_backtest_agree(settings, ledger):
    hold(settings, ledger, *SESSIONS[:8])
    report = compare(settings, ledger, ForecastResources(), NOW)
    assert report.record.is_equal
    assert report.record.largest_forecast_gap == 0.0
    assert {variant.largest_gap for variant in report.record.variants.values()} == {0.0}
    assert live_section(report.record).sentences[0] == AGREE
    assert report.record.late == 8


def test_a_price_that_was_corrected_later_is_a_difference(settings, ledger, tmp_path):
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-30"]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, rebalance_band=0)
    history.to_csv(csv.data.csv)
    hold(csv, ledger, *SESSIONS[:8])
    corrected = history.copy()
    corrected.loc["2016-06-06", ["High", "Close"]] *= 1.002
    corrected.to_csv(csv.data.csv)
    report = compare(csv, ledger, ForecastResources(), NOW)
    assert (
        "recorded days with other prices now: 1, the first 2016-06-06; the ledger keeps what it recorded"
        in report.notes
    )
    assert not report.record.is_equal
    assert report.record.forecasts_that_differ >= 1
    assert (report.forecasts["live"] - report.forecasts["backtest"]).abs().iloc[:3].max() == 0.0
    said = live_section(report.record).sentences
    assert said[0].startswith("Live and backtest differ in 5 of 5 accounts, most in ")
    assert f"{report.record.forecasts_that_differ} of 8 forecasts differ, by up to " in said[1]


def test_a_later_split_is_no_difference(settings, ledger, tmp_path):
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-30"]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240)
    split = (str(SESSIONS[8]), 4, 0.0)
    write_quoted(csv.data.csv, history, [split], until=SESSIONS[7])
    hold(csv, ledger, *SESSIONS[:8])
    write_quoted(csv.data.csv, history, [split])
    assert load_prices(csv, now=NOW).frame["Close"]["2016-06-01"] == pytest.approx(2099.33 / 4, abs=0.01)
    report = compare(csv, ledger, ForecastResources(), NOW)
    assert report.record.is_equal
    assert report.record.variants["binary"].fills_that_differ == 0


def test_prices_of_another_scale_are_not_compared(settings, ledger, tmp_path):
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-30"]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240)
    history.to_csv(csv.data.csv)
    hold(csv, ledger, *SESSIONS[:8])
    (history * [0.25, 0.25, 0.25, 0.25, 4.0]).to_csv(csv.data.csv)
    with pytest.raises(LedgerError, match=r"recorded days are now 0.25 times as high: a split of 4 for 1\?"):
        compare(csv, ledger, ForecastResources(), NOW)


def test_forecasts_recorded_after_the_fact_are_late(settings, ledger):
    def session_of(day):
        return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=22)

    for place in (0, 1, 5):
        hold(settings, ledger, SESSIONS[place], now=session_of(SESSIONS[place]))
    hold(settings, ledger, SESSIONS[6], now=session_of(SESSIONS[6]) + timedelta(days=8))
    late = ledger.read().late.loc[str(SESSIONS[0]) :]
    assert late.tolist() == [False, False, True, True, True, False, True]


def test_files_and_output(settings, ledger, tmp_path, capsys):
    hold(settings, ledger, SESSIONS[0], SESSIONS[60])
    for _ in range(2):
        run_paper_report(settings.replace(tearsheets="best", end=SESSIONS[60]), now=NOW)
    first, second = sorted((tmp_path / "out" / "runs").iterdir())
    assert second.name == f"{first.name}_2"
    names = sorted(path.relative_to(first).as_posix() for path in first.rglob("*.*"))
    told = json.loads((first / "paper.json").read_text())
    [sheet] = [name for name in names if name.startswith("tearsheets/")]
    assert names == ["equity.csv", "forecasts.csv", "index.html", "paper.json", "report.html", sheet]
    assert {path.name: path.read_bytes() for path in first.glob("*.*")} == {
        path.name: path.read_bytes() for path in second.glob("*.*")
    }
    assert (told["equal"], told["days"], told["late"]) == (True, 61, 61)
    assert told["variants"][-1]["name"] == "buy_and_hold"
    equity = pd.read_csv(first / "equity.csv", index_col="date")
    pd.testing.assert_series_equal(equity["binary/live"], equity["binary/backtest"], check_names=False)
    page, drawn = (first / "index.html").read_text(), (first / sheet).read_text()
    assert f'href="{sheet}"' in page
    assert "Live and backtest agree to the cent on 61 days" in page
    assert "against backtest. Data: paper account, bundled sample" in drawn
    assert "Backtest" in drawn
    assert "buy &amp; hold" not in drawn
    printed = capsys.readouterr().out
    assert " ".join(printed.splitlines()[2].split()) == "Strategy Live Backtest Difference Largest gap Fills Differ"
    assert "61 of 61 forecasts were recorded late" in printed


def test_the_first_day_has_a_report_too(settings, ledger, capsys):
    hold(settings, ledger, SESSIONS[0])
    run_paper_report(settings, now=NOW)
    assert "Live and backtest agree to the cent on 1 day:" in capsys.readouterr().out


def test_no_ledger_is_an_error_that_says_how_to_begin(settings, tmp_path):
    with pytest.raises(LedgerError, match=r"there is no ledger of SPY in .*paper - start one with the command paper"):
        run_paper_report(settings, now=NOW)
    assert not PaperLedger(tmp_path, "SPY").path.exists()
    assert not (tmp_path / "out").exists()


def test_live_and_backtest_train_with_the_same_tickers(settings, ledger):
    pooled = settings.replace(train_with=("^IXIC",))
    hold(pooled, ledger, *SESSIONS[:8])
    report = compare(pooled, ledger, ForecastResources(), NOW)
    assert report.record.largest_forecast_gap == 0.0
    assert report.record.is_equal
