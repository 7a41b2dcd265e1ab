"""Runs on the bundled sample give what they gave when their files in `golden/` were written.

A run that comes out otherwise has changed what every user sees. Where that is meant, say in CHANGELOG.md what changed
and why, and write the files anew: python -m tests.test_golden_run --renew

Processors add in different orders, so the test rounds. On one machine every bit stays the same, and these show it, for
all jobs or for those that are named:

    python -m tests.test_golden_run --write FILE      run, and write the digests of all values to the last bit
    python -m tests.test_golden_run --compare FILE    run, and show those digests beside the ones in a file
    python -m tests.test_golden_run --exact           the same with golden/exact.json, of the machine that wrote it
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.golden_jobs import JOBS, LEDGER_TABLES, TABLES, Columns, outcome

GOLDEN = Path(__file__).parent / "golden"
EXACT = GOLDEN / "exact.json"

TRAINED = ("default",)
"""Jobs with the network, whose forecasts differ between types of processor in the sixth digit already."""

DIGITS, DIGITS_OF = 7, {"size": 4, "shares": 4}
"""Digits that count in a table, and in some of its columns.

Other processors change the 13th digit of a forecast. Of ten thousand values that seldom makes one cross to another 7th
digit; an order is the small difference of two positions, in which that can be the 7th. The figures hold to 1e-9.
"""


def digest(values: Iterable[Any]) -> str:
    return sha256("\n".join(map(str, values)).encode()).hexdigest()[:16]


def exact(found: Columns) -> dict[str, str]:
    """Return the digest of each column to the last bit."""
    return {name: digest(map(repr, values)) for name, values in found.items()}


def golden(found: Columns, *, trained: bool) -> dict[str, Any]:
    """Return what a golden file holds: numbers as they are, of the tables a digest of each rounded column.

    Of the network's tables it has the forecasts alone: what was traded on them stands in the figures.
    """
    tables = {name: values for name, values in found.items() if name.split(".")[0] in (*TABLES, *LEDGER_TABLES)}
    if trained:
        return {name: values for name, values in found.items() if name not in tables or name.startswith("forecasts.")}
    return found | {name: rounded(name, values) for name, values in tables.items()}


def rounded(name: str, values: Iterable[Any]) -> str:
    digits = DIGITS_OF.get(name.split(".")[1], DIGITS)
    return digest(f"{value:.{digits}g}" if isinstance(value, float) else value for value in values)


def nearly(name: str, value: Any, *, trained: bool) -> Any:
    """Let numbers differ by rounding, and nothing else; what a search has found, by what ends the search."""
    if isinstance(value, list):
        return [nearly(name, item, trained=trained) for item in value]
    if isinstance(value, float) or (trained and type(value) is int):
        share = 1e-3 if trained else 1e-6 if "break_even" in name else 1e-9
        return pytest.approx(value, rel=share, abs=1e-6 if trained else 1e-12, nan_ok=True)
    return value


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("job", JOBS)
def test_a_run_comes_out_as_it_did(job, tmp_path):
    expected = json.loads((GOLDEN / f"{job}.json").read_text())
    found = golden(outcome(job, tmp_path), trained=job in TRAINED)
    changed = [name for name in expected if found.get(name) != nearly(name, expected[name], trained=job in TRAINED)]
    assert not changed, f"{', '.join(changed)} changed.\n{__doc__}"


def outcomes(jobs: Iterable[str]) -> Iterator[tuple[str, Columns]]:
    for job in jobs:
        with tempfile.TemporaryDirectory() as folder:
            yield job, outcome(job, Path(folder))


def write(path: Path, entries: dict[str, Any]) -> None:
    """Write JSON, an entry a line."""
    lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in entries.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def compare(path: Path, jobs: Iterable[str]) -> int:
    """Show old and new digests and say which are equal; return how many differ, those that are gone among them."""
    old, verdicts = json.loads(path.read_text()), []
    for job, found in outcomes(jobs):
        before = {name: value for name, value in old.items() if name.startswith(f"{job}.")}
        now = {f"{job}.{name}": value for name, value in exact(found).items()}
        for name in before | now:
            was, is_now = before.get(name, "-"), now.get(name, "-")
            verdicts.append(
                "equal" if was == is_now else "new" if was == "-" else "gone" if is_now == "-" else "DIFFERS"
            )
            print(f"{verdicts[-1]:8} {was:16}  {is_now:16}  {name}", flush=True)
    print(", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("equal", "DIFFERS", "gone", "new")))
    return verdicts.count("DIFFERS") + verdicts.count("gone")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--renew", action="store_true")
    what.add_argument("--exact", dest="compare", action="store_const", const=EXACT)
    what.add_argument("--write", type=Path, default=EXACT)
    what.add_argument("--compare", type=Path)
    parser.add_argument("jobs", nargs="*", metavar="JOB")
    asked = parser.parse_args(arguments)
    jobs = asked.jobs or list(JOBS)
    if asked.compare:
        return min(1, compare(asked.compare, jobs))
    digests = json.loads(EXACT.read_text()) if asked.renew and asked.jobs else {}
    for job, found in outcomes(jobs):
        digests = {name: value for name, value in digests.items() if not name.startswith(f"{job}.")}
        digests |= {f"{job}.{name}": value for name, value in exact(found).items()}
        if asked.renew:
            write(GOLDEN / f"{job}.json", golden(found, trained=job in TRAINED))
    write(asked.write, digests)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
