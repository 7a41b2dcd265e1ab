"""Digests that chain the sessions of a ledger, so that a changed row is found."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

Row = tuple[Any, ...]


def digest_of(before: str, *rows: Any) -> str:
    """Return the digest of the rows of a session and of the digest before, which stands for all earlier rows."""
    return sha256(repr((before, *rows)).encode()).hexdigest()


def require_digests(sessions: Iterable[Row], tables: list[list[Row]]) -> None:
    """Raise ValueError unless every session has the digest of its rows, which begin with its number."""
    by_session: list[dict[int, list[Row]]] = [defaultdict(list) for _ in tables]
    for table, rows in zip(by_session, tables, strict=True):
        for row in rows:
            table[row[0]].append(row)
    before = ""
    for *session, digest in sessions:
        if digest != digest_of(before, tuple(session), *(table[session[0]] for table in by_session)):
            raise ValueError(f"the rows of {session[1]} were changed")
        before = digest
