"""Writes the output that pages show anew: `python -m docs.tools.shown_output [PAGE]...`, such as `README.md`.

Parts of an output stand between lines of `...`; each is replaced by as many lines of the new output, those that are
most like it. An empty block gets the whole output.
"""

import re
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.tools.pages import PAGES, ROOT, plugins_used, shown, text
from docs.tools.running import checkout, private_folders, run_shown

ELLIPSIS = "..."
BETWEEN = "```\n\n```text\n"


def refreshed(old: str, output: str) -> str:
    """Return the parts of `output` that are in the places of the parts of `old`, or all of it."""
    if not old:
        return output
    lines, begin, parts = [line.rstrip() for line in output.splitlines()], 0, []
    for part in re.split(rf"^{re.escape(ELLIPSIS)}\n", old, flags=re.MULTILINE):
        wanted = part.splitlines()
        place = most_like(wanted, lines, begin)
        begin = place + len(wanted)
        parts.append("".join(f"{line}\n" for line in lines[place:begin]))
    return f"{ELLIPSIS}\n".join(parts)


def most_like(wanted: Sequence[str], lines: Sequence[str], begin: int) -> int:
    """Return the place, from `begin` on, of those consecutive lines that are most like the wanted ones."""
    places = range(begin, max(begin, len(lines) - len(wanted)) + 1)
    return max(places, key=lambda place: _likeness(wanted, lines[place : place + len(wanted)]))


def _likeness(wanted: Sequence[str], found: Sequence[str]) -> float:
    return SequenceMatcher(None, "\n".join(wanted), "\n".join(found), autojunk=False).ratio()


def refresh(page: str, folder: Path) -> None:
    """Run what a page shows, in order, and write what came of it into the page."""
    body, files = text(page), plugins_used(page)
    plain = checkout(folder / "plain", files)
    private_folders(folder)
    for number, part in enumerate(shown(page)):
        place = checkout(folder / f"changed_{number}", files) if part.changes_files else plain
        output = refreshed(part.output, run_shown(part, place))
        body = body.replace(f"{part.code}{BETWEEN}{part.output}", f"{part.code}{BETWEEN}{output}", 1)
    (ROOT / page).write_text(body)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or [page for page in PAGES if shown(page)]:
        with TemporaryDirectory() as temporary:
            refresh(chosen, Path(temporary))
        print(chosen)
