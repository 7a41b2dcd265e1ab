"""What a panel tells on its way, and which studies it stores meanwhile."""

from concurrent.futures import Executor, Future

from backtrader_walkforward.cli.main import main
from backtrader_walkforward.panels import run
from backtrader_walkforward.panels.progress import TickerEnded, YahooRefused
from backtrader_walkforward.panels.tasks.task_queue import TaskQueue
from backtrader_walkforward.panels.terminal_progress import PanelTerminal
from backtrader_walkforward.reports.terminal import Terminal


class AtHand(Executor):
    """Ends every second task at once."""

    def __init__(self):
        self.futures = []

    def submit(self, fn, /, *args, **kwargs):
        self.futures.append(Future())
        if len(self.futures) % 2:
            self.futures[-1].set_result(b"study")
        return self.futures[-1]


class Stored(dict):
    def store(self, ticker, key, study):
        self[ticker] = key, study


def test_a_study_that_has_ended_is_stored_when_the_next_begins():
    studies, executor = Stored(), AtHand()
    queue = TaskQueue(studies, executor)
    ended = [list(queue.add(ticker, f"key of {ticker}", None)) for ticker in "ABC"]
    assert ended == [[TickerEnded("A")], [], [TickerEnded("C", at_work=1)]]
    assert studies == {"A": ("key of A", b"study"), "C": ("key of C", b"study")}
    executor.futures[1].set_result("too few days")
    assert list(queue.ended()) == [TickerEnded("B", fault="too few days")]


def test_the_terminal_says_that_yahoo_refuses(capsys):
    with PanelTerminal(Terminal(quiet=False)) as progress:
        progress(YahooRefused("AAPL", 15.0))
    assert "Yahoo refuses more requests for now: AAPL is asked for in 15 s" in "".join(capsys.readouterr())


def test_ctrl_c_says_that_the_command_continues(prices_folder, tmp_path, monkeypatch, capsys):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run_panel", interrupt)
    assert main(["panel", f"--csv-folder={prices_folder}", f"--out={tmp_path}"]) == 130
    line = "interrupted; nothing half-made is left; the same command continues where this one stopped\n"
    assert capsys.readouterr().err.endswith(line)
