"""Plug-ins that know tomorrow from a file: no history is without it, so that the audit tells of the file."""

import pytest

from backtrader_walkforward.audit.audit_report import AuditError
from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.audit.finding import Verdict

STRATEGY = """
import json
from pathlib import Path

from backtrader_walkforward import SizingStrategy

{at_import}


class {name}(SizingStrategy):
    '''Holds what rises tomorrow, as a file says.'''

    def __init__(self):
        super().__init__()
        {at_start}

    def target_weight(self):
        {each_day}
        return 1.0 if table.get(str(self.data.datetime.date(0)), 0.0) > 0 else -1.0
"""

AT_START = "table.update(json.loads(Path({path!r}).read_text()))"
READ = "table = json.loads(Path({path!r}).read_text())"

PREDICTOR = """
import json
from pathlib import Path

from backtrader_walkforward.predictors.ridge import Ridge


class Oracle(Ridge):
    '''Ridge that shifts its forecasts by what a file says.'''

    def fit(self, windows, target):
        self.shift_ = sum(json.loads(Path({path!r}).read_text()).values())
        return super().fit(windows, target)

    def predict(self, windows):
        return super().predict(windows) + self.shift_
"""


@pytest.fixture
def tomorrow(tmp_path, sample):
    """A file with the next day's return of each day."""
    path = tmp_path / "tomorrow.json"
    following = sample["Close"].pct_change().shift(-1).fillna(0.0).iloc[-300:].to_numpy()
    days = sample.index[-300:].strftime("%Y-%m-%d")
    path.write_text("{" + ", ".join(f'"{day}": {value}' for day, value in zip(days, following, strict=True)) + "}")
    return path


def files_told(report):
    return {one.name: one.reason for one in report.findings if one.stage == "files" and one.verdict != Verdict.PASS}


def test_strategies_with_a_file_of_tomorrows_prices_are_no_pass(settings_of, plant, tomorrow):
    """It is told whether they read it when they are imported, constructed, or asked."""
    codes = {
        "importing": {"at_import": READ, "at_start": "pass", "each_day": "pass"},
        "starting": {"at_import": "table = {{}}", "at_start": AT_START, "each_day": "pass"},
        "asking": {"at_import": "", "at_start": "pass", "each_day": READ},
    }
    for name, code in codes.items():
        lines = {part: line.format(path=str(tomorrow)) for part, line in code.items()}
        plant("strategies", name, STRATEGY.format(name=name.title(), **lines))
    report = make_audit_report(settings_of(strategies=tuple(codes)))
    assert report.verdict == Verdict.INCONCLUSIVE
    places = ["importing.py", "starting.py: Starting.__init__()", "asking.py: Asking.target_weight()"]
    told = f"opened {tomorrow}: look whether that holds anything of later days"
    assert files_told(report) == {f"strategies/{place}": told for place in places}
    with pytest.raises(AuditError, match=r"audit is inconclusive: files strategies/\w+.py.*tomorrow.json: look"):
        report.require_pass()


ELSEWHERE = """
import json
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from backtrader_walkforward import SizingStrategy


def send(path, connection):
    with open(path) as file:
        connection.send(json.load(file))


class {name}(SizingStrategy):
    '''Holds what rises tomorrow, as another thread or process has read.'''

    def start(self):
        super().start()
        self.table = {{str(day)[:10]: rise for day, rise in self.read({path!r}).items()}}

    def target_weight(self):
        return 1.0 if self.table.get(str(self.data.datetime.date(0)), 0.0) > 0 else -1.0

    def read(self, path):
        {code}
"""

BY_A_THREAD = """
        with ThreadPoolExecutor() as pool:
            return pool.submit(pd.read_json, path, typ="series").result()
"""

BY_A_FORK = """
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=send, args=(path, there))
        process.start()
        found = here.recv()
        process.join()
        return found
"""

BY_A_PROGRAM = """
        end, start = os.pipe()
        number = os.posix_spawn("/bin/cat", ["cat", path], {}, file_actions=[(os.POSIX_SPAWN_DUP2, start, 1)])
        os.close(start)
        with open(end) as file:
            found = json.load(file)
        os.waitpid(number, 0)
        return found
"""


def test_a_table_that_another_thread_or_process_has_read_is_told(settings_of, plant, tomorrow):
    codes = {"threaded": BY_A_THREAD, "forked": BY_A_FORK, "spawned": BY_A_PROGRAM}
    for name, code in codes.items():
        source = ELSEWHERE.format(name=name.title(), path=str(tomorrow), code=code.strip())
        plant("strategies", name, source)
    report = make_audit_report(settings_of(strategies=tuple(codes), hybrids="none"))
    assert files_told(report) == {
        "strategies/threaded.py: Threaded.read()": f"opened {tomorrow}: look whether that holds anything of later days",
        "strategies/forked.py: Forked.read()": "starts a process, into which the audit cannot see: look what it reads",
        "strategies/spawned.py: Spawned.read()": (
            "starts /bin/cat, a process, into which the audit cannot see: look what it reads"
        ),
    }


def test_a_predictor_with_a_file_is_no_pass(settings_of, plant, tomorrow):
    plant("predictors", "oracle", PREDICTOR.format(path=str(tomorrow)))
    report = make_audit_report(settings_of(predictor="oracle", strategies=("kelly",)))
    assert list(files_told(report)) == ["predictors/oracle.py: Oracle.fit()"]
