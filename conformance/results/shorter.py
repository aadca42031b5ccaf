"""The body of `report.html` in fewer octets, for the same page once it is open.

Half of a report is what stands elsewhere in it, too: the lines that open each session, what a kind
of line is, the names of cases. And HTML allows to leave out much of what `markup` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.results.markup import Html

_SHORT = 24
"""Characters that are no more than a reference to them, with the id that it needs, would be."""
_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<fold>details|summary)\b[^<>]*>"
    r"|<(?P<name>a|code|dd|samp|small|span)(?P<attributes>(?:\s[^<>]*)?)>"
    r"(?P<text>(?:[^<]|</?[bi]>)+)</(?P=name)>"
)
_QUOTED = re.compile(r'="([\w#.:-]+)"')
_IMPLIED = re.compile(r"</(?:dd|dt|li|td|th|tr)>")


def told_once(body: str) -> Html:
    """Return the body with each text that is folded away and stands elsewhere as a reference.

    `<code data-n="7"></code>` has the text of the element with the id `n7`, which `report.js`
    writes there when the page opens. What is not folded away is written out wherever it stands.
    """
    body = str(body)
    leaves = list(_leaves(body))
    first: dict[str, int] = {}
    for leaf, _ in sorted(leaves, key=lambda each: each[1]):  # what is not folded away, before
        first.setdefault(leaf["text"], leaf.start())
    again = [
        leaf["text"] for leaf, folded in leaves if folded and first[leaf["text"]] != leaf.start()
    ]
    numbers = {words: number for number, words in enumerate(dict.fromkeys(again))}
    made, at = [], 0
    for leaf, folded in leaves:
        number = numbers.get(leaf["text"])
        if number is None:
            continue
        begin = body[at : leaf.end("attributes")]
        if first[leaf["text"]] == leaf.start():
            made.append(f'{begin} id="n{number}"')
            at = leaf.end("attributes")
        elif folded:
            made.append(f'{begin} data-n="{number}"></{leaf["name"]}>')
            at = leaf.end()
    return Html("".join(made) + body[at:])


def _leaves(body: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Yield the elements that hold nothing but text worth a reference, and whether it is folded."""
    deep, heading = 0, False
    for token in _TOKEN.finditer(body):
        match token["fold"]:
            case "details":
                deep += -1 if token["close"] else 1
            case "summary":
                heading = not token["close"]
            case _ if len(token["text"]) >= _SHORT and " id=" not in token["attributes"]:
                yield token, deep > 0 and not heading


def compact(body: str) -> Html:
    """Return the body without end tags and quotes that HTML implies; what is read is the same."""
    parts = re.split(r"(<[^<>]*>)", _IMPLIED.sub("", body))
    return Html("".join(_unquoted(part) if part[:1] == "<" else _plain(part) for part in parts))


def _unquoted(tag: str) -> str:
    return _QUOTED.sub(r"=\1", tag)


def _plain(words: str) -> str:
    """Return text with its quotes as they are: only within tags they have to be spelled out."""
    return words.replace("&quot;", '"').replace("&#x27;", "'").replace("&#39;", "'")
