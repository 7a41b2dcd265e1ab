"""A small study on the bundled sample, shared by the tests."""

import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.study.progress import Event

QUICK = dict(
    source="sample",
    predictor="ridge",
    period=365,
    lookback=20,
    strategies=("binary", "kelly"),
    null_models=2,
    tearsheets="best",
)


@pytest.fixture(scope="session")
def events() -> list[Event]:
    """Events of the study, in their order."""
    return []


@pytest.fixture(scope="session")
def result(events, tmp_path_factory) -> wf.Result:
    """Result of the study."""
    return wf.run("spy", progress=events.append, cache_dir=tmp_path_factory.mktemp("cache"), **QUICK)
