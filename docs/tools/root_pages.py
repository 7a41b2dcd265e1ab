"""Hook of MkDocs: pages at the root of the project, such as CONTRIBUTING.md, are pages of the site, too."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
ROOT_PAGES = {"CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md", "CHANGELOG.md": "changelog.md"}
"""Each such page, and its name in the site."""

LINK = re.compile(r"\]\((?P<path>[\w./-]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root, with links as they are from the folder of the documentation."""
    for name, page in ROOT_PAGES.items():
        text = LINK.sub(_from_docs, (ROOT / name).read_text())
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return the text with links to pages of the root as links to pages of the site."""
    for name, target in ROOT_PAGES.items():
        markdown = markdown.replace(f"](../{name}", f"]({target}")
    return markdown


def _from_docs(link: re.Match[str]) -> str:
    """Return a link of a page of the root as it is from the folder of the documentation."""
    path = link["path"]
    return f"]({ROOT_PAGES.get(path, path.removeprefix('docs/'))}"
