"""The documents that rules are stated in, and how they are written: RFCs, and what is none.

An RFC is known by its number, `6851`: its folder and files are called `rfc6851`. What a vendor
publishes is known by the capability that announces it, in small letters: `x-gm-ext-1` is the name
of its folder, its grammar and of the modules of its layers, which have `_` for `-`. So names of
vendors begin with X, as RFC 3501 section 6.1.1 has it for capabilities outside of standards. A
draft that became no RFC, and is announced all the same, has its own name without the number of the
version: `draft-ietf-morg-inthread`.

The id of a rule is the document, the section and a slug, joined by hyphens: `6851-3.1-refused`,
`x-gm-ext-1-2-stored`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from conformance import data

_RFC = re.compile(r"rfc(\d+)")
_DRAFT = "draft-"
_OTHER = re.compile(rf"x[a-z0-9-]*|{_DRAFT}[a-z0-9-]+")


class RuleId(NamedTuple):
    """The parts of a rule's id."""

    document: str
    section: str
    slug: str


def document_of(name: str) -> str:
    """Return the document that a folder or file is named after, "" for other names.

    >>> document_of("rfc6851"), document_of("x-gm-ext-1"), document_of("security")
    ('6851', 'x-gm-ext-1', '')
    """
    if rfc := _RFC.fullmatch(name):
        return rfc[1]
    return name if _OTHER.fullmatch(name) else ""


def folder_of(document: str) -> str:
    """Return what the folder and the files of a document are called."""
    return f"rfc{document}" if document.isdecimal() else document


def label_of(document: str) -> str:
    """Return how people call a document: `RFC 6851`, `X-GM-EXT-1`, `draft-ietf-morg-inthread`."""
    if document.isdecimal():
        return f"RFC {document}"
    return document if document.startswith(_DRAFT) else document.upper()


def list_of(documents: Iterable[str]) -> str:
    """Return several as people list them: `RFC 3501, 6851, X-GM-EXT-1`."""
    first, *others = sorted(documents, key=turn_of)
    return ", ".join([label_of(first), *(label_of(each).removeprefix("RFC ") for each in others)])


def place_of(document: str, section: str) -> str:
    """Return a section as it is cited: `RFC 6851 section 3.1`."""
    return f"{label_of(document)} section {section}"


def turn_of(document: str) -> tuple[bool, int, str]:
    """Return what documents are sorted by: RFCs by number, then the others by name."""
    rfc = document.isdecimal()
    return not rfc, int(document) if rfc else 0, document


def parse_id(rule: str) -> RuleId | None:
    """Take the id of a rule apart; None for what is no id."""
    found = _id().fullmatch(rule)
    return RuleId(*found.groups()) if found else None


def document_in(rule: str) -> str:
    """Return the document of a rule by its id, "" for what is no id."""
    found = parse_id(rule)
    return found.document if found else ""


@lru_cache(maxsize=1)
def _id() -> re.Pattern[str]:
    """Return what ids look like.

    A name may end in a number, as a section may begin: the documents that the suite has cases or
    a grammar of tell them apart.
    """
    names = {path.name for path in data.CASES.iterdir() if path.is_dir()}
    names |= {path.stem for path in data.GRAMMAR.glob("*.lark")}
    others = sorted(filter(_OTHER.fullmatch, names), key=len, reverse=True)
    document = "|".join([r"\d+", *map(re.escape, others), "x[a-z0-9-]*?"])
    return re.compile(rf"({document})-([0-9A-Z]+(?:\.\d+)*)-([a-z0-9][a-z0-9-]*)")
