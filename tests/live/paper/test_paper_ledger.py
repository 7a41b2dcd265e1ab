"""A ledger only grows; a damaged ledger is refused and not changed."""

import sqlite3
from contextlib import closing

import pytest

from backtrader_walkforward.cli.main import main
from backtrader_walkforward.live.paper.paper_ledger import LedgerError, PaperLedger
from tests.damages import DAMAGES
from tests.live.sessions import SESSIONS, dump, hold, quick_settings


@pytest.fixture(scope="module")
def two_sessions(tmp_path_factory):
    """The file of a ledger of two sessions."""
    folder = tmp_path_factory.mktemp("two sessions")
    ledger = PaperLedger(folder, "SPY")
    hold(quick_settings(folder), ledger, *SESSIONS[:2])
    return ledger.path.read_bytes()


@pytest.fixture
def begun(two_sessions, ledger):
    """A ledger of two sessions, one for each test."""
    ledger.path.parent.mkdir()
    ledger.path.write_bytes(two_sessions)
    return ledger


def test_no_ledger_is_no_record(ledger, tmp_path):
    assert ledger.read() is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_record(settings, ledger):
    ledger.path.parent.mkdir()
    ledger.path.touch()
    assert ledger.read() is None
    assert len(hold(settings, ledger, SESSIONS[0]).new.signals) > 1
    assert len(ledger.read().sessions) == 1


@pytest.mark.parametrize("table", ["header", "signals", "positions", "orders", "fills", "sessions"])
def test_rows_stay(begun, table):
    with closing(sqlite3.connect(begun.path)) as connection:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET session = 5"):
            with pytest.raises(sqlite3.IntegrityError, match=f"the rows of {table} stay"):
                connection.execute(statement)


def test_the_tables_can_be_queried(begun):
    with closing(sqlite3.connect(begun.path)) as connection:
        rows = connection.execute("SELECT equity FROM equity WHERE variant = 'binary' ORDER BY day").fetchall()
        [close] = connection.execute("SELECT lines ->> 'Close' FROM signals WHERE day = '2016-06-01'").fetchone()
    assert rows[0] == (100_000.0,)
    assert close == 2099.330078


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE signals SET lines = replace(lines, '\"Volume\"', '\"Volum\"') WHERE session = 0",
        "UPDATE positions SET equity = equity + 1 WHERE day = '2016-06-02'",
        "DELETE FROM fills WHERE number = 0 AND variant = 'binary'",
        "INSERT INTO orders VALUES (1, '2016-06-02', 'binary', 'active', 5.0)",
        "UPDATE sessions SET recorded = '2016-06-02 21:00:00+00:00'",
        "UPDATE header SET settings = '{}'",
    ],
)
def test_a_changed_row_is_found(begun, statement):
    with closing(sqlite3.connect(begun.path)) as connection:
        for [trigger] in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
        connection.commit()
    with pytest.raises(
        LedgerError, match=r"SPY.sqlite is damaged and was not changed: the rows of 2016-06-0.* were changed"
    ):
        begun.read()


OWN_DAMAGES = DAMAGES | {
    "another database": lambda content: another_database(),
}


def another_database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE trials (key)")
        connection.commit()
        return connection.serialize()


@pytest.mark.parametrize("damage", OWN_DAMAGES)
def test_a_damaged_ledger_is_refused_and_not_changed(begun, settings, damage):
    begun.path.write_bytes(OWN_DAMAGES[damage](begun.path.read_bytes()))
    before = begun.path.read_bytes()
    with pytest.raises(
        LedgerError, match=r"is damaged and was not changed: .* - restore a copy, or move the file away"
    ):
        hold(settings, begun, SESSIONS[2])
    assert begun.path.read_bytes() == before
    assert [path.name for path in begun.path.parent.iterdir()] == ["SPY.sqlite"]


VERSION_0_1_0 = """
CREATE TABLE opening (evening, ticker, source, settings, strategies);
CREATE TABLE market (evening, day, lines);
CREATE TABLE positions (evening, day, variant, account, shares, equity, weight);
CREATE TABLE evenings (evening INTEGER PRIMARY KEY, day UNIQUE, recorded, scale, digest);
INSERT INTO evenings VALUES (0, '2016-06-01', '2016-06-01 22:00:00+00:00', 1.0, 'a digest');
"""


WITHOUT_ACTIONS = """
CREATE TABLE header (session, ticker, source, settings, strategies);
CREATE TABLE sessions (session INTEGER PRIMARY KEY, day UNIQUE, recorded, adjustment_factor, digest);
"""


@pytest.mark.parametrize(
    ("command", "tables"), [("paper", VERSION_0_1_0), ("paper-report", VERSION_0_1_0), ("paper", WITHOUT_ACTIONS)]
)
def test_a_ledger_of_an_older_version_is_refused_and_kept(ledger, tmp_path, command, tables, capsys, monkeypatch):
    ledger.path.parent.mkdir()
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.executescript(tables)
    before = ledger.path.read_bytes()
    monkeypatch.chdir(tmp_path)
    assert main([command, "--source", "sample", "--predictor", "ridge", "--cache-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"runner.py: the ledger {ledger.path} is of an earlier version and cannot be continued - move the file away to"
        " keep it, and start a new ledger\n"
    )
    assert ledger.path.read_bytes() == before


def test_a_ledger_that_another_process_writes_is_refused_after_a_wait(begun, settings, monkeypatch):
    monkeypatch.setattr("backtrader_walkforward.live.paper.paper_ledger.LOCK_SECONDS", 0.2)
    before = dump(begun)
    with closing(sqlite3.connect(begun.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="is in use by another run - try again when that has ended"):
            hold(settings, begun, SESSIONS[2])
    assert dump(begun) == before


def test_a_folder_that_cannot_be_made(settings, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match=r"the ledger .*SPY.sqlite cannot be opened: "):
        hold(settings.replace(cache_dir=None), PaperLedger(tmp_path / "file", "SPY"), SESSIONS[0])


def test_tickers_have_ledgers_of_their_own(tmp_path):
    paths = {PaperLedger(tmp_path, ticker).path for ticker in ("SPY", "^GSPC", "BRK-B", "EURUSD=X")}
    assert len(paths) == 4
    assert {path.parent for path in paths} == {tmp_path / "paper"}
