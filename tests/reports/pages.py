"""What a browser would read in a page."""

import re
from html.parser import HTMLParser

HOSTILE = [
    "<script>document.title='pwned'</script>",
    "{{title}} {{returns}} $title ${body}",
    "\"><img src='http://hostile.invalid/a.png' onerror=\"document.title='pwned'\">",
    "</title></style><svg onload=alert(1)>&amp;'",
]


class Page(HTMLParser):
    """Tags, the addresses they load or link, and the text between them."""

    LOADING = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "manifest"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.handlers, self.loads, self.links, self.text = [], [], [], [], []
        self.figures = {}
        self._class = None
        self.feed(text)
        self.loads += re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        found = dict(attributes)
        self.handlers += [name for name in found if name.startswith("on")]
        self.loads += [value for name, value in attributes if name in self.LOADING]
        self.loads += [found["href"]] if tag in ("link", "image", "base") and "href" in found else []
        self.links += [found["href"]] if tag == "a" and "href" in found else []
        if tag == "data" and self._class and self._class not in self.figures:
            self.figures[self._class] = found["value"]
        self._class = found.get("class", self._class) if tag != "data" else self._class

    def handle_data(self, data):
        self.text.append(data)

    def outside(self):
        """Return every address that is not inside the page or beside it."""
        flat = [part for load in self.loads for part in (load if isinstance(load, tuple) else (load,)) if part]
        inside = ("#", "data:", '"#', "'#")
        beside = [link for link in self.links if ":" in link or link.startswith("/")]
        return [address for address in flat if not address.startswith(inside)] + beside
