"""A run says which tickers its fits learned from, and which they did not."""

from dataclasses import replace

import backtrader_walkforward as wf
from backtrader_walkforward.study.chain import study_prices
from backtrader_walkforward.study.forecasts import prices_of
from backtrader_walkforward.study.progress import StageStarted
from backtrader_walkforward.study.stages import Stages
from tests.study.conftest import QUICK


def studied(tmp_path, *, rows_of_peer=None, **values):
    """Return the result of a run with one peer, of which only the last rows are known, and what it was said to do."""
    given = QUICK | {"ticker": "^GSPC", "train_with": ("^IXIC",), "null_models": 0, "cache_dir": tmp_path} | values
    settings = wf.Settings.of(**given)
    prices, events = prices_of(settings), []
    if rows_of_peer:
        [peer] = prices.peers
        prices = replace(prices, peers=(replace(peer, frame=peer.frame[-rows_of_peer:]),))
    result = study_prices(prices, Stages.of(settings), progress=events.append)
    [stage] = (event.text for event in events if isinstance(event, StageStarted) and event.stage == "Forecast")
    return result, stage


def test_the_windows_of_peers_count(tmp_path):
    alone, _ = studied(tmp_path, train_with=())
    pooled, stage = studied(tmp_path)
    count, *shape = alone.forecast_summary.train_sequences
    assert pooled.forecast_summary.train_sequences == (2 * count, *shape)
    assert "trained with ^IXIC" in stage


def test_a_predictor_of_raw_inputs_is_not_said_to_learn_from_others(tmp_path):
    result, stage = studied(tmp_path, predictor="naive")
    assert "trained with" not in stage
    assert "naive takes the indicators as they are, and learns nothing from ^IXIC" in result.notes


def test_a_peer_of_a_few_days_is_told(tmp_path):
    result, _ = studied(tmp_path, rows_of_peer=60)
    [note] = (note for note in result.notes if "did without it" in note)
    fits = len(result.forecast_summary.by_fold)
    assert note == f"^IXIC: {fits} of {fits} fits did without it, as there were fewer than 20 training windows of it"
