"""Parameters from outside in a whole run: variants, trials and forecasts."""

import json

import numpy as np
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.forecasting import ensemble_members
from backtrader_walkforward.significance.trials import TrialRegistry
from backtrader_walkforward.study.stages import Stages
from tests.study.conftest import QUICK

SMALL = QUICK | dict(strategies=("fixed",), threshold=0.0, hybrids=None, null_models=1, tearsheets="none")
SHARES = {"fixed.share": [0.25, 0.5, 1.0]}


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def swept(cache_dir) -> wf.Result:
    return wf.run("SPY", param=SHARES, cache_dir=cache_dir, **SMALL)


def trials_in(folder):
    return {trial.account.name for trial in TrialRegistry(folder).trials("SPY")}


def test_each_value_is_a_variant_and_a_trial(swept, cache_dir):
    names = {"fixed(share=0.25)", "fixed(share=0.5)", "fixed(share=1)"}
    assert {result.name for result in swept.comparison.ranked} == names
    skill = swept.significance.skill
    assert (skill.accounts, skill.earlier) == (3, 0)
    assert trials_in(cache_dir) >= names


def test_values_that_change_nothing_are_told(swept, tmp_path):
    assert not any("traded the same" in note for note in swept.notes)
    sweep = {"kelly.cap": [0.5, 0.9, 0.0001]}
    result = wf.run("SPY", param=sweep, cache_dir=tmp_path, **SMALL | {"strategies": ("kelly",), "hybrids": (50,)})
    told = "Kelly(cap=0.5) and Kelly(cap=0.9) traded the same: what their parameters change never came to bear"
    assert [note for note in result.notes if "traded the same" in note] == [told]


def test_the_default_is_the_plain_strategy_to_the_bit_and_no_other_trial(swept, cache_dir):
    plain = wf.run("SPY", cache_dir=cache_dir, **SMALL)
    assert plain["fixed"].equity.equals(swept["fixed(share=0.5)"].equity)
    assert plain["fixed"].metrics.sharpe == swept["fixed(share=0.5)"].metrics.sharpe
    skill = plain.significance.skill
    assert (skill.accounts, skill.earlier) == (1, 2)


def test_the_command_gives_the_same_files(swept, cache_dir, tmp_path, monkeypatch):
    swept.save(tmp_path / "python")
    monkeypatch.chdir(tmp_path)
    options = "--ticker SPY --source sample --predictor ridge --period 365 --lookback 20 --threshold 0 --null-models 1"
    sweep = "--strategies fixed --hybrids none --param fixed.share=.25,.5,1 --tearsheets none"
    assert main([*options.split(), *sweep.split(), "--workers", "1", "--cache-dir", str(cache_dir)]) == 0
    [python, command] = [next(tmp_path.rglob(f"{folder}/**/equity.csv")) for folder in ("python", "runs")]
    assert python.read_bytes() == command.read_bytes()
    found = json.loads((command.parent / "results.json").read_text())["settings"]
    assert (found["param"], found["hybrids"]) == ({"fixed.share": [0.25, 0.5, 1]}, None)


def test_a_parameter_of_a_predictor_changes_the_forecast_and_the_trial(swept, tmp_path):
    settings = swept.settings.replace(param="ridge.alpha=3", cache_dir=tmp_path)
    [ridge] = ensemble_members(settings)
    assert ridge.alpha == 3.0
    other = wf.run(settings=settings)
    assert np.abs(other.forecasts["predicted_return"] - swept.forecasts["predicted_return"]).max() > 1e-6
    assert {trial.settings["param"]["ridge.alpha"][0] for trial in TrialRegistry(tmp_path).trials("SPY")} == {3}
    assert "param" not in swept.settings.trial_settings()


@pytest.mark.parametrize(
    ("param", "message"),
    [
        (
            "ridge.alpha=1,10",
            "--param ridge.alpha must have one value: each of several makes another forecast, and a run has one - run"
            " with --param ridge.alpha=1, again with --param ridge.alpha=10, and give the folders of both runs to the"
            " command compare",
        ),
        ("ridge.alfa=1", "--param ridge.alfa: ridge has no parameter 'alfa' - choose from alpha"),
        ("ridge.alpha=x", "--param ridge.alpha must be a number, or none: 'x' - for example ridge.alpha=0.1"),
        ("ridge.seed=3", "--param ridge.seed: the run sets it - write --seed"),
        ("lstm.dense=3", "--param lstm.dense: no strategy or predictor 'lstm' runs - choose from fixed, ridge"),
        ("fixd.share=1", "--param fixd.share: no strategy or predictor 'fixd' runs - did you mean 'fixed'?"),
    ],
)
def test_a_mistake_is_one_line_before_any_work(param, message, tmp_path):
    with pytest.raises(wf.ArgumentError) as error:
        wf.run("SPY", param=param, cache_dir=tmp_path, **SMALL)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("name", ["learning_rates", "initial_weights"])
def test_what_fits_take_over_is_no_setting(name):
    settings = wf.Settings.of(predictor="lstm", param=f"lstm.{name}=0.1")
    with pytest.raises(wf.ArgumentError, match=rf"^--param lstm\.{name}: the run sets it - leave it out"):
        ensemble_members(settings)


def test_a_value_of_a_predictor_is_one_trial_however_it_is_written(swept):
    written = [
        Stages.of(swept.settings.replace(param=f"ridge.alpha={text}")).settings for text in ("10", "10.0", "1e1")
    ]
    assert {json.dumps(settings.trial_settings()["param"]) for settings in written} == {'{"ridge.alpha": [10]}'}
