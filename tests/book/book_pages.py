"""Reads the pages of a book as a browser would: ids, links, elements, texts."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> \x1b[2J \u202egnp &amp;"


class Page(HTMLParser):
    """What one page holds."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.name = path.name
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "input", "br", "hr", "img"):
            self._open.append(tag)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "action", "src"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{self.name}: </{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["script"], ["style"]):
            self.text += data


def read_pages(folder: Path) -> dict[str, Page]:
    return {path.name: Page(path) for path in sorted(folder.glob("*.html"))}


def broken_links(pages: dict[str, Page]) -> list[str]:
    """The links that lead nowhere in the book; what leads out of it is left alone."""
    ids = {name: {"", *page.ids} for name, page in pages.items()}
    return [
        f"{name}: {link}"
        for name, page in pages.items()
        for link in page.links
        if "://" not in link
        for file, _, anchor in [link.partition("#")]
        if anchor not in ids.get(file or name, ())
    ]
