"""Damages to the content of a SQLite file."""

import random

DAMAGES = {
    "noise": lambda content: random.Random(7).randbytes(len(content)),
    "half": lambda content: content[: len(content) // 2],
    "pages": lambda content: content[:4096] + b"\xff" * (len(content) - 4096),
    "text": lambda content: b"not a database",
}
