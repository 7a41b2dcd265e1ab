"""The paper ledger: what every session knew, decided and traded, in an SQLite file that only grows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.live.paper.account_tables import AccountTables
from backtrader_walkforward.live.paper.record import LedgerHeader, Record
from backtrader_walkforward.live.paper.sqlite_tables import count_sessions, read_record, write_session
from backtrader_walkforward.system.sqlite_file import LOCK_SECONDS, is_damage

UNFIT = (sqlite3.Error, ValueError)
"""What SQLite raises of a locked file or one that is none, and `read_record` of rows that are not those written."""


class LedgerError(UserError):
    """A ledger that cannot be read or written, or that does not go with what it is asked for."""


class Ledger:
    """The paper account of one ticker.

    An session is written in one transaction or not at all, however the process ends, and nothing that was written is
    ever changed or deleted. A damaged file is refused and left alone: what it holds cannot be made anew.

    Parameters
    ----------
    folder : Path
        Of what cannot be made anew; `paper/TICKER.sqlite` in it is made by the first session.
    ticker : str
    """

    def __init__(self, folder: Path, ticker: str) -> None:
        self.path = folder / "paper" / f"{ticker}.sqlite"

    def read(self) -> Record | None:
        """Return all that is recorded, None where no session was.

        Raises
        ------
        LedgerError
            If the file cannot be read, is damaged, or was changed by other hands.
        """
        if not self.path.exists():
            return None
        with self._connection() as connection:
            return read_record(connection)

    def append(
        self, header: LedgerHeader, new: AccountTables, *, adjustment_factor: float, recorded: str, after: int
    ) -> bool:
        """Write one session; the first one with what the ledger is opened with.

        Returns False, and writes nothing, unless `after` sessions are there: another process was faster.
        """
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if count_sessions(connection) != after:
                return False
            write_session(connection, after, header, new, adjustment_factor, recorded)
            connection.commit()
            return True

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that closes with the block, and all that was not committed with it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS)) as connection:
                yield connection
        except OSError as error:
            raise LedgerError(f"the ledger {self.path} cannot be opened: {error.strerror}") from error
        except UNFIT as error:
            raise LedgerError(f"the ledger {self.path} {fault_of(error)}") from error


def fault_of(error: Exception) -> str:
    """Return what is wrong with a ledger, and what to do."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is being written by another run: try again when that has ended"
    if isinstance(error, sqlite3.Error) and not is_damage(error):
        return f"cannot be read or written: {error}"
    return f"is damaged, and was left as it is: {error} - put a copy of it back, or move it away to begin another"
