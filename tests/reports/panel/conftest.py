"""Two panels, made once."""

import pytest

from backtrader_walkforward.reports.panel import write_panel
from tests.reports.pages import HOSTILE
from tests.reports.panel.panels import make_panel

STAMP = "20260102_030405"


@pytest.fixture(scope="session")
def panel():
    """Twelve tickers over three years; two more failed."""
    failed = {"ZZZZ": "Yahoo knows no ticker 'ZZZZ'", "SHRT": "the history has 40 days, and at least 273 are needed"}
    return make_panel(12, failed=failed)


@pytest.fixture(scope="session")
def written(panel, tmp_path_factory):
    """The files of that panel."""
    return write_panel(panel, tmp_path_factory.mktemp("panel"), STAMP)


@pytest.fixture(scope="session")
def hostile():
    """A panel whose every name, note and reason is an attack."""
    names = [*HOSTILE, "../../x", "=1+1", "aux", "AUX"]
    return make_panel(len(names), 300, names=names, failed={HOSTILE[2]: HOSTILE[0]})
