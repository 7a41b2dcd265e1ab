"""The paper ledger of one ticker, in an append-only SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.live.paper.ledger_tables import OldVersionError, count_sessions, read_record, write_session
from backtrader_walkforward.live.paper.record import AccountTables, LedgerHeader, Record
from backtrader_walkforward.system.sqlite_file import LOCK_SECONDS, is_damage


class LedgerError(UserError):
    """A ledger that cannot be read or written, or that does not match the settings or the prices."""


class PaperLedger:
    """The recorded sessions of one ticker.

    A session is written in one transaction or not at all, however the process ends. No row is ever changed or deleted.
    A damaged file is refused and not changed, because its content cannot be computed again.

    Parameters
    ----------
    folder : Path
        Folder of the user's data. The first session makes `paper/TICKER.sqlite` in it.
    ticker : str
    """

    def __init__(self, folder: Path, ticker: str) -> None:
        self.path = folder / "paper" / f"{ticker}.sqlite"

    def read(self) -> Record | None:
        """Return the whole content, None before the first session.

        Raises
        ------
        LedgerError
            If the file cannot be read, is of version 0.1.0, is damaged, or was changed by another program.
        """
        if not self.path.exists():
            return None
        with self._connection() as connection:
            return read_record(connection)

    def append(
        self, header: LedgerHeader, new: AccountTables, *, adjustment_factor: float, recorded: str, after: int
    ) -> bool:
        """Write a session; the first one writes the header, too.

        Returns False, and writes nothing, unless the ledger has `after` sessions: another process was faster.
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
        """Yield a connection. It is closed with the block, and what was not committed is dropped."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS)) as connection:
                yield connection
        except OSError as error:
            raise LedgerError(f"the ledger {self.path} cannot be opened: {error.strerror}") from error
        except (sqlite3.Error, ValueError) as error:  # a ValueError means rows that were changed, or old ones
            raise LedgerError(f"the ledger {self.path} {fault_of(error)}") from error


def fault_of(error: Exception) -> str:
    """Return the fault of a ledger, and the remedy."""
    if isinstance(error, OldVersionError):
        return "is of version 0.1.0 and cannot be continued - move the file away to keep it, and start a new ledger"
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is in use by another run - try again when that has ended"
    if isinstance(error, sqlite3.Error) and not is_damage(error):
        return f"cannot be read or written: {error}"
    return f"is damaged and was not changed: {error} - restore a copy, or move the file away to start another ledger"
