"""The site of the documentation: it builds without a warning, and its pages need nothing from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from docs.tools.pages import ROOT

pytestmark = pytest.mark.slow

LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
"""Attributes by tag whose address a browser asks as soon as it opens a page."""


class Addresses(HTMLParser):
    """Collects what a page loads, what it links to, and the anchors that it has."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loaded, self.links, self.anchors = [], [], set()
        self.feed(page.read_text())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag in LOADED and found.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(found.get(LOADED[tag]))
        if tag == "a":
            self.links.append(found.get("href"))


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Addresses]:
    return {page: Addresses(page) for page in site.rglob("*.html")}


def test_every_page_is_built(site, pages):
    built = {page.relative_to(site).as_posix() for page in pages}
    sources = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    assert built == (sources - {"README.html"}) | {"index.html", "404.html"} | {
        f"{name}.html" for name in ("contributing", "security", "changelog")
    }


def test_no_page_loads_from_another_host(pages):
    asked = {
        (page.name, address) for page, found in pages.items() for address in found.loaded if urlsplit(address).netloc
    }
    assert asked == set()


def test_no_style_sheet_loads_from_another_host(site):
    rule = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")
    assert {path.name for path in site.rglob("*.css") if rule.search(path.read_text())} == set()


def test_no_link_is_dead(site, pages):
    """Links of 404.html are those of a server's root."""
    dead = []
    for page, found in pages.items():
        for link in filter(None, [*found.links, *found.loaded]):
            address = urlsplit(link)
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            if page.name == "404.html" or address.scheme:
                continue
            if not target.is_file() or (address.fragment and unquote(address.fragment) not in pages[target].anchors):
                dead.append((page.relative_to(site).as_posix(), link))
    assert dead == []


def test_the_api_is_made_from_the_docstrings(site):
    text = (site / "reference" / "api-plugins.html").read_text()
    assert "Return the share of the active account to hold" in text
    assert "backtrader_walkforward.SizingStrategy.target_weight" in text
