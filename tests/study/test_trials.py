"""The trials of whole runs: what is tried anew counts, and what came out before does not."""

import importlib

import pytest
from backtrader_walkforward.predictors.ridge import Ridge
from backtrader_walkforward.strategies.kelly import Kelly

import backtrader_walkforward as wf
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.features import indicators
from backtrader_walkforward.significance import active_accounts
from backtrader_walkforward.significance.trials import Earlier, TrialRegistry, code_digest, trials_of
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.source_content import first_read

QUICK = dict(
    predictor="ridge", period=300, lookback=20, retrain_every=63, threshold=0.0, null_models=0, strategies=("kelly",)
)


@pytest.fixture
def tried(tmp_path):
    """Run, and return the number of distinct accounts and of last days in the registry after it."""
    (tmp_path / "files").mkdir()

    def tried(**settings):
        run(tmp_path, **settings)
        registry = TrialRegistry(tmp_path / "cache")
        trials = [trial for ticker in registry.tickers() for trial in registry.trials(ticker)]
        return len({trial.row["account"] for trial in trials}), len({trial.row["last_day"] for trial in trials})

    return tried


def run(folder, **settings) -> wf.Result:
    chosen = {"ticker": "SPY", "source": "auto" if "csv" in settings else "sample"} | QUICK | settings
    return wf.run(cache_dir=folder / "cache", **chosen)


def earlier_of(folder, **settings) -> Earlier:
    """Run, and return what the test of the run counts."""
    result = run(folder, **settings)
    plugins = Stages.of(result.settings).plugins
    own = trials_of(active_accounts(result.comparison), result.settings, result.prices, plugins)
    return TrialRegistry(folder / "cache").earlier(own)


@pytest.fixture(scope="module")
def file_of(tmp_path_factory):
    """Write two years of a ticker of the sample into a file of this name."""
    folder = tmp_path_factory.mktemp("files")

    def file_of(name, ticker="^GSPC", until="2018-12-31"):
        path = folder / name
        load_sample(ticker).frame.loc["2017":until].rename_axis("Date").to_csv(path)
        return path

    return file_of


def test_the_same_prices_in_other_files_are_one_trial(tried, file_of):
    """Four files of one ticker, of which three cannot be a symbol."""
    for name in ("aapl.csv", "aapl_2.csv", "aapl_3.csv", "my_aapl.csv"):
        assert tried(csv=file_of(name), ticker=None) == (1, 1)


@pytest.mark.parametrize("settings", [{"capital": 123.0}, {"seed": 8}, {"seeds": 2}, {"workers": 2}], ids=str)
def test_what_changes_nothing_is_no_trial(tried, settings):
    assert tried() == tried(**settings) == (1, 1)


def test_a_comment_is_no_trial(tried, monkeypatch):
    """The same weights from another class, as code of other bytes gives them."""
    assert tried() == (1, 1)
    plant(monkeypatch, type("Kelly", (Kelly,), {"__doc__": "A comment."}))
    assert tried() == (1, 1)


def plant(monkeypatch, strategy):
    monkeypatch.setattr("backtrader_walkforward.study.stages.find_strategies", lambda names: {"kelly": strategy})


def test_every_weight_turned_is_a_trial(tried, monkeypatch):
    class Turned(Kelly):
        def target_weight(self):
            return -super().target_weight()

    assert tried() == (1, 1)
    plant(monkeypatch, Turned)
    assert tried() == (2, 1)


def test_another_split_is_a_trial(tried, monkeypatch):
    assert tried() == (1, 1)
    monkeypatch.setattr("backtrader_walkforward.forecasting.walk_forward.TRAIN_PERCENT", 50)
    assert tried() == (2, 1)


def test_another_length_of_the_rsi_is_a_trial(tried, monkeypatch):
    assert tried() == (1, 1)
    other = indicators.Indicator(indicators.RATIO, lambda bars: indicators.rsi(bars.close, 5))
    monkeypatch.setitem(indicators.INDICATORS, "rsi", other)
    assert tried() == (2, 1)


def test_a_search_over_tickers_counts(tmp_path, file_of):
    for ticker in ("A", "B", "C"):
        run(tmp_path, ticker=ticker, csv=file_of("nasdaq.csv", "^IXIC"), lookback=20 + ord(ticker))
    earlier = earlier_of(tmp_path, ticker="D", csv=file_of("spy.csv"))
    assert sorted(account.name for account in earlier.accounts) == ["kelly of A", "kelly of B", "kelly of C"]
    assert run(tmp_path, ticker="D", csv=file_of("spy.csv")).significance.skill.earlier == 3


def test_sample_and_real_prices_do_not_count_for_each_other(tmp_path, file_of):
    run(tmp_path)
    assert earlier_of(tmp_path, csv=file_of("nasdaq.csv", "^IXIC")).accounts == ()
    assert len(earlier_of(tmp_path, lookback=30).accounts) == 1


def test_a_practice_run_counts_nowhere_and_says_so(tmp_path):
    practice = run(tmp_path, practice=True)
    assert (practice.significance.headline, practice.significance.shows_skill) == ("Practice run: no judgement", False)
    assert "this is a practice run: it decides nothing, and no later test counts it" in practice.notes
    assert earlier_of(tmp_path, lookback=30).accounts == ()
    notes = run(tmp_path, lookback=30).notes
    assert "1 practice trial of these days does not count: choose nothing by it" in notes


def test_later_days_are_looks_and_no_trials(tmp_path):
    for looks, day in enumerate((17, 24, 31)):
        earlier = earlier_of(tmp_path, end=f"2018-12-{day}")
        assert (len(earlier.looks), earlier.accounts) == (looks, ())
    assert run(tmp_path).significance.skill.looks == 3


def test_a_file_that_grows_under_other_names_is_looked_at(tmp_path, file_of):
    run(tmp_path, csv=file_of("one.csv", until="2018-12-24"), ticker=None)
    earlier = earlier_of(tmp_path, csv=file_of("two.csv"), ticker=None, capital=5_000.0)
    assert (len(earlier.looks), earlier.accounts) == (1, ())


def test_a_run_without_its_registry_says_that_it_counts_nothing(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "trials.sqlite").mkdir()
    result = run(tmp_path)
    assert result.significance.skill.earlier == 0
    assert "earlier trials are not known, and the test counts none" in result.notes


def test_the_trials_of_other_seeds_count_in_later_runs(tmp_path, monkeypatch):
    """A forecast that hangs on the seed."""
    monkeypatch.setattr(Ridge, "is_random", True)
    fit = Ridge.fit
    monkeypatch.setattr(Ridge, "fit", lambda self, windows, target: fit(self, windows, target / (1 + self.seed % 3)))
    for _ in range(2):
        assert run(tmp_path, seeds=3, use_cache=False, period=365).significance.skill.earlier == 0
    assert run(tmp_path, use_cache=False, period=365).significance.skill.earlier == 2


def test_comments_and_layout_of_the_code_are_no_code(tmp_path, monkeypatch):
    """Helpers that a plug-in imports are."""
    monkeypatch.syspath_prepend(tmp_path)
    digests = []
    for content in ("x = 1", "x = 2", "x  =  1  # a comment"):
        (tmp_path / "helps_a_trial.py").write_text(content)
        (tmp_path / "of_a_trial.py").write_text("import helps_a_trial\nclass A: ...")
        first_read.cache_clear()  # as in another process
        digests.append(code_digest(importlib.import_module("of_a_trial").A))
    assert digests[0] == digests[2] != digests[1]
