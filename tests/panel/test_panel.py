"""A panel: what it keeps of each ticker, and the laws that it obeys."""

import json

import numpy as np
import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.panels.book.apart import books_apart, books_of
from backtrader_walkforward.panels.progress import PooledFoldFitted, TickerEnded
from backtrader_walkforward.panels.run import run_panel
from backtrader_walkforward.panels.tasks.ticker_study import TickerStudy
from backtrader_walkforward.panels.universe import with_universe
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.settings_file import read_settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.study.progress import StageStarted
from tests.panel.conftest import QUICK, write_prices


def files_of(panel, folder):
    """The files that a panel leaves, by name."""
    run = panel.save(folder / "runs", timestamp="now").run_folder
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}


def test_a_panel_of_one_ticker_is_the_single_run(panel, prices_folder, tmp_path):
    single = wf.run(
        **QUICK | {"strategies": "binary,kelly"}, csv=prices_folder / "AAA.csv", cache_dir=tmp_path, null_models=0
    )
    study = panel["AAA"]
    assert set(study.equity) == set(single.variants)
    for name, variant in single.variants.items():
        assert study.equity[name].to_numpy().tobytes() == variant.equity.to_numpy().tobytes()
    assert [one["sharpe"] for one in study.measures] == [one.metrics.sharpe for one in single.comparison.results]
    assert study.forecasts.to_numpy().tobytes() == single.forecasts["predicted_return"].to_numpy().tobytes()


def test_a_pooled_panel_of_one_ticker_is_the_single_run(panel_of, prices_folder, tmp_path):
    single = wf.run(
        **QUICK | {"strategies": "binary,kelly"}, csv=prices_folder / "AAA.csv", cache_dir=tmp_path, null_models=0
    )
    study = panel_of(tickers="AAA", model="pooled")["AAA"]
    assert study.forecasts.to_numpy().tobytes() == single.forecasts["predicted_return"].to_numpy().tobytes()
    assert study.equity["kelly"].to_numpy().tobytes() == single["kelly"].equity.to_numpy().tobytes()


@pytest.mark.parametrize("model", ["own", "pooled"])
def test_the_order_of_the_tickers_changes_nothing(panel_of, tmp_path, model):
    one, other = panel_of(tickers="CCC,AAA,BBB", model=model), panel_of(tickers="BBB,CCC,AAA", model=model)
    assert files_of(one, tmp_path / "one") == files_of(other, tmp_path / "other")


def test_a_ticker_more_leaves_the_own_models_of_the_others_as_they_are(panel, panel_of):
    fewer = panel_of(tickers="AAA,BBB")
    for ticker in ("AAA", "BBB"):
        assert fewer[ticker].to_bytes() == panel[ticker].to_bytes()
    assert list(panel.tickers.index) == ["AAA", "BBB", "CCC"]
    assert list(panel.forecasts) == ["AAA", "BBB", "CCC"]


def test_a_study_is_read_back_to_the_bit(panel):
    study = panel["BBB"]
    again = TickerStudy.from_bytes(study.to_bytes())
    assert again.to_bytes() == study.to_bytes()
    for name in ("bars", "equity", "accounts", "next_return", "table"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(study, name), check_exact=True)
    with pytest.raises(wf.ArgumentError, match="the panel has no ticker 'BBC' - choose from AAA, BBB, CCC"):
        panel["BBC"]


def test_the_portfolios_are_the_means_of_the_tickers(panel):
    returns = [panel[ticker].equity["binary"].pct_change().iloc[1:] for ticker in panel.tickers.index]
    np.testing.assert_allclose(panel.portfolios["binary"].returns, np.mean(returns, axis=0), rtol=0, atol=1e-12)
    assert list(panel.portfolios)[-1] == "buy_and_hold"


def test_all_figures_of_a_panel_are_of_the_same_days(panel_of, prices_folder, tmp_path):
    """One of three tickers begins a year before the others, and its portfolio had figures of its own days."""
    for ticker in ("AAA", "BBB"):
        (tmp_path / f"{ticker}.csv").write_bytes((prices_folder / f"{ticker}.csv").read_bytes())
    write_prices(tmp_path, "OLD", days=520, seed=9, first="2018-01-03")
    found = panel_of(csv_folder=tmp_path, period=800)
    assert found.tickers.loc["OLD", "first_day"] < found.tickers.loc["AAA", "first_day"]
    start = found.tickers.loc["AAA", "first_day"]
    for one in (*found.portfolios.values(), *found.books):
        assert one.equity.index[0] == start
        assert one.equity.index.equals(found.books[-1].equity.index)
    assert found.notes[-1].startswith(f"The panel begins on {start:%Y-%m-%d}, when half of its tickers have")
    run = found.save(tmp_path / "runs", timestamp="now").run_folder
    tested = json.loads((run / "results.json").read_text())["test"]
    assert tested["first_date"] == f"{start:%Y-%m-%d}"
    best = accounts_of(found).best
    said = (
        f"the {best.kind.partition(',')[0].lower()} {name_text(best.name)}, returned {best.metrics.total_return:z.2%} "
    )
    assert said in found.verdict
    assert f"is {best.metrics.sharpe:z.2f} (equally" in found.verdict


def test_the_books_trade_what_was_forecast(panel):
    assert [book.name for book in panel.books][-1] == "equal_weight"
    book = next(one for one in panel.books if one.name == "long_short")
    day = book.weights.index[3]
    ranked = panel.forecasts.loc[day].sort_values()
    assert book.weights.loc[day].to_dict() == {ranked.index[0]: -0.5, ranked.index[1]: 0.0, ranked.index[2]: 0.5}


def test_books_apart_are_those_of_one_process(panel):
    """They run in two processes, a strategy each."""
    settings = panel.settings.replace(workers=2)
    for strategies in (None, ["equal_weight"]):
        here, apart = (run(panel.studies, settings, strategies) for run in (books_of, books_apart))
        assert [book.name for book in apart] == [book.name for book in here]
        for one, other in zip(apart, here, strict=True):
            assert list(one.analyses) == list(other.analyses)
            for name in ("equity", "weights", "fills", "trades"):
                assert getattr(one, name).equals(getattr(other, name))


def test_faults_stop_nobody(panel_of, prices_folder, tmp_path, panel):
    for ticker in ("AAA", "BBB", "CCC"):
        (tmp_path / f"{ticker}.csv").write_bytes((prices_folder / f"{ticker}.csv").read_bytes())
    write_prices(tmp_path, "SHORT", days=40)
    (tmp_path / "BROKEN.csv").write_text("Date,Close\n2019-01-02,ten\n")
    (tmp_path / "two words.csv").write_text("Date,Close\n")
    events = []
    found = panel_of(csv_folder=tmp_path, progress=events.append)
    assert list(found.failed) == ["BROKEN", "SHORT", "TWO-WORDS"]
    assert "line 2" in found.failed["BROKEN"]
    assert "needed" in found.failed["SHORT"]
    ended = [event for event in events if isinstance(event, TickerEnded)]
    assert sorted(event.ticker for event in ended) == ["AAA", "BBB", "BROKEN", "CCC", "SHORT", "TWO-WORDS"]
    assert {event.ticker for event in ended if event.fault} == {"BROKEN", "SHORT", "TWO-WORDS"}
    assert {event.tickers for event in ended} == {6}
    assert found.forecasts.equals(panel.forecasts)
    with pytest.raises(wf.UserError, match=r"no ticker of the panel could be studied; BROKEN: BROKEN.csv: line 2"):
        panel_of(csv_folder=tmp_path, tickers="BROKEN")


@pytest.mark.parametrize("model", ["own", "pooled"])
def test_the_same_panel_again_finds_its_studies(panel_of, tmp_path, model):
    first = panel_of(cache_dir=tmp_path, model=model, tickers="AAA,BBB", practice=True)
    events = []
    again = panel_of(cache_dir=tmp_path, model=model, practice=True, progress=events.append)
    stored = {event.ticker: event.stored for event in events if isinstance(event, TickerEnded)}
    assert stored == {"AAA": model == "own", "BBB": model == "own", "CCC": False}
    events.clear()
    third = panel_of(cache_dir=tmp_path, model=model, practice=True, progress=events.append)
    assert {event.stored for event in events if isinstance(event, TickerEnded)} == {True}
    assert files_of(third, tmp_path / "third") == files_of(again, tmp_path / "again")
    assert first["AAA"].ticker == "AAA"


def test_without_a_cache_nothing_is_stored(panel_of, tmp_path):
    panel = panel_of(tickers="AAA,BBB", use_cache=False, cache_dir=tmp_path, practice=True)
    assert panel["AAA"].ticker == "AAA"
    assert not (tmp_path / "studies.sqlite").exists()


def test_what_is_told_on_the_way(panel_of):
    events = []
    panel_of(model="pooled", progress=events.append)
    assert [event.stage for event in events if isinstance(event, StageStarted)] == ["Panel", "Forecast", "Books"]
    fits = [event.fits for event in events if isinstance(event, PooledFoldFitted)]
    assert fits == [len(fits)] * len(fits)


def test_its_settings_run_it_again(panel, prices_folder, tmp_path):
    file = panel.save(tmp_path / "runs", timestamp="now").run_folder / "settings.toml"
    again = read_settings(file).settings
    assert again.replace(cache_dir=panel.settings.machine.cache_dir) == panel.settings
    (tmp_path / "prices").mkdir()
    for path in prices_folder.iterdir():
        (tmp_path / "prices" / path.name).write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(wf.DataError, match=r"the prices of the panel are others: .* add --prices-sha256 none to run"):
        run_panel(again.replace(csv_folder=tmp_path / "prices", cache_dir=tmp_path))


def test_a_file_of_tickers(panel_of, tmp_path):
    (tmp_path / "universe.txt").write_text("# the first two\nbbb, AAA\n\nAAA  # again\n")
    panel = panel_of(tickers=f"@{tmp_path}/universe.txt", practice=True)
    assert panel.settings.panel.tickers == ("AAA", "BBB")


def test_a_file_without_tickers_is_not_the_whole_folder(prices_folder, tmp_path):
    (tmp_path / "none.txt").write_text("# AAA\n\n")
    with pytest.raises(wf.ArgumentError, match=r"--tickers @.*none.txt: the file has no ticker - write one a line"):
        wf.panel(f"@{tmp_path}/none.txt", csv_folder=prices_folder)


def test_files_of_a_folder(tmp_path):
    """A file may begin with a byte-order mark, as Windows writes it; hidden files are passed over."""
    (tmp_path / "universe.txt").write_bytes(b"\xef\xbb\xbfaaa\r\nBBB\r\n")
    assert with_universe(Settings.of(tickers=f"@{tmp_path}/universe.txt")).panel.tickers == ("AAA", "BBB")
    (tmp_path / "._AAA.csv").touch()
    with pytest.raises(wf.ArgumentError, match=r"needs files such as AAPL.csv: there is none in"):
        with_universe(Settings.of(csv_folder=tmp_path))
    for name in ("aaa_us_d.csv", "bbb.CSV.gz", "two words.csv", "US0378331005.csv"):
        (tmp_path / name).touch()
    found = with_universe(Settings.of(csv_folder=tmp_path)).panel.tickers
    assert found == ("AAA", "BBB", "TWO-WORDS", "US0378331005")
    (tmp_path / "aaa (1).csv").touch()
    with pytest.raises(wf.ArgumentError, match=r"two files of one ticker: aaa \(1\).csv and aaa_us_d.csv - remove one"):
        with_universe(Settings.of(csv_folder=tmp_path))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"tickers": "AAA", "settings": {}}, r"settings must be a wf.Settings: \{\}"),
        ({"tickers": "AAA", "progress": None}, r"progress must be a function of one event: None"),
        ({"tickers": "AAA", "executor": 5}, r"executor must have the method submit: 5"),
        ({}, r"a panel needs tickers - add --tickers AAPL,MSFT,JPM or --csv-folder DIR"),
        ({"tickers": "@missing.txt"}, r"--tickers @missing.txt: .* - name a file with a ticker a line"),
        ({"tickers": "AAA", "csv_folder": ".", "source": "yahoo"}, r"--csv-folder and --source yahoo contradict"),
        ({"csv_folder": "missing"}, r"--csv-folder must be a folder: missing"),
        ({"tickers": "AAA", "seeds": 3}, r"panel has no setting seeds: 3 - leave it out"),
        ({"tickers": "AAA", "ticker": "BBB"}, r"panel has no setting ticker: 'BBB'"),
        ({"tickers": "AAA", "strategies": "kelli"}, r"--strategies knows no 'kelli' - did you mean 'kelly'"),
        ({"tickers": "AAA", "model": "both"}, r"model must be one of own, pooled: 'both'"),
        ({"tickers": "A A"}, r"tickers must be one symbol"),
    ],
)
def test_mistakes_are_named(values, says):
    with pytest.raises(wf.ArgumentError, match=says):
        wf.panel(**values)


def test_a_single_run_has_no_ranking_strategies():
    with pytest.raises(wf.ArgumentError, match="knows no 'top' - it ranks many tickers: use the command panel"):
        wf.run("SPY", strategies="top")


def test_a_single_run_has_no_settings_of_a_panel():
    with pytest.raises(wf.ArgumentError, match="run has no setting model: 'pooled' - leave it out"):
        wf.run("SPY", settings=Settings.of(model="pooled"))
