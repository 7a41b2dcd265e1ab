"""A run whose every name is an attack."""

import sys

import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.cli.main import main

QUICK = "--predictor naive --period 365 --lookback 20 --workers 1 --tearsheets best --null-models 2 --quiet"

ATTACKS = (
    "<script>document.title='pwned'</script>",
    "\"><img src='http://hostile.invalid/a.png' onerror=\"document.title='pwned'\">",
    "../../../../tmp/x",
    "=cmd|' /c calc'!a0",
    "{{title}} ${body} %s \\",
)
"""Names of strategies, each a class of its own."""

STRATEGIES = f"""
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy

for place, name in enumerate({ATTACKS!r}):
    decide = {{"target_weight": lambda self, weight=place / 10: weight, "__module__": __name__}}
    globals()[name] = type(SizingStrategy)(name, (SizingStrategy,), decide)
"""

SOURCE = "<script>document.title='pwned'<" + "\u2215script> =1+1 [bold] {{x}}.csv"
"""A file name, in which no slash may stand."""

INJECTED = "".join(ATTACKS[:2]) + "<link rel=stylesheet href=http://hostile.invalid/b.css>"


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory, sample):
    """A folder with nothing in it but the output of a run whose every name is an attack."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "strategies").mkdir()
    (folder / "strategies" / "dropped_hostile.py").write_text(STRATEGIES)
    sample.loc["2002":"2003"].rename_axis("Date").to_csv(folder / SOURCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strategies, "__path__", [*strategies.__path__, str(folder / "strategies")])
        patch.setattr(sys, "dont_write_bytecode", True)
        chosen = ["--strategies", ",".join(ATTACKS), "--csv", str(folder / SOURCE)]
        where = ["--out", str(folder / "out" / "here"), "--cache-dir", str(folder / "cache")]
        assert main([*QUICK.split(), *chosen, *where]) == 0
    sys.modules.pop("backtrader_walkforward.strategies.dropped_hostile")
    return folder
