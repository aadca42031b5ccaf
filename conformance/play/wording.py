r"""What is said of a window that did not go as a case describes it, for a server's author.

What is called received is what came: the response that comes nearest to the line that is missing,
or else all that came in its place. A reason holds no tag and no name of a single run, so that
equal reasons are equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from conformance.casefile.pattern import Pattern
from conformance.casefile.plan import Expectation
from conformance.play.ownership import STEM
from conformance.play.received import Received
from conformance.syntax.responses import Response
from conformance.syntax.shown import clip

_FEW = 3
"""Responses that are shown where none comes near."""
_ALIKE = 0.7
"""Share of two words that is equal where one is taken for the other misspelt."""
_MOST = 300
_STATUS = frozenset({"OK", "NO", "BAD"})
_OWN = re.compile(
    STEM + r"[0-9a-f]{4}-[0-9a-f]+-[0-9a-f]{8}-[0-9a-f]{10}-[0-9a-f]{4}-\d+(?:-([a-z0-9-]+))?",
    re.IGNORECASE,
)


def without_names(text: str) -> str:
    """Write the names of a run's mailboxes as case files do."""
    return _OWN.sub(lambda name: "{mailbox" + (f".{name[1]}" if name[1] else "") + "}", text)


def line_of(received: Received) -> str:
    """Return a response as it came, without its line end."""
    return received.text.decode("latin-1").removesuffix("\r\n")


def said(arrived: Sequence[Received], *, closed: bool = False) -> str:
    """Say what came, the first few, and whether the connection ended then."""
    lines = [line_of(received) for received in arrived[:_FEW]]
    if len(arrived) > _FEW:
        lines.append(f"{len(arrived) - _FEW} more")
    if closed:
        lines.append("the end of the connection")
    return clip(", then ".join(lines), _MOST) if lines else "nothing"


def kind_of(expectation: Expectation) -> str:
    """Say what kind of answer a line awaits, all alternatives of it."""
    return " or ".join(dict.fromkeys(_kind(pattern) for pattern in expectation.patterns))


def _kind(pattern: Pattern) -> str:
    response = pattern.response
    if pattern.closes:
        return "end of the connection"
    if response is None:
        return f"line {pattern.text}"
    if response.kind == "continuation":
        return "continuation request (+)"
    if response.kind == "tagged":
        return f"tagged {_words(response)}"
    number = response.number
    if response.name == "FETCH" and number is not None and number.octets.isdigit():
        return f"FETCH of message {number.octets.decode('ascii')}"
    return f"untagged {_words(response)}"


def _words(response: Response) -> str:
    names = " or ".join(response.name.split("|"))
    return f"{names} [{' or '.join(response.code.name.split('|'))}]" if response.code else names


def absent(expectation: Expectation, *, polled: bool = False) -> str:
    """Say that a line was not answered though the window has ended."""
    asked = ", though the client asked again and again" if polled else ""
    return f"no {kind_of(expectation)} came{asked}"


def wrong_status(expectation: Expectation, response: Response) -> str:
    """Say how a command was completed otherwise than a line awaits."""
    if response.name in _STATUS:
        wanted = kind_of(expectation).removeprefix("tagged ")
        coded = any(p.response and p.response.code for p in expectation.patterns)
        code = f" [{response.code.name}]" if response.code else " without a code"
        return f"answered {response.name}{code if coded else ''}, not {wanted}"
    if response.name:
        word = clip(without_names(response.name), 40)
        return f"a tagged line with {word} where OK, NO or BAD belongs"
    return "a tagged line without OK, NO or BAD"


def inapplicable(expectation: Expectation, received: Received | None) -> str:
    """Say why a case does not apply, for a condition that is not met."""
    tagged = received if received and received.response.kind == "tagged" else None
    but = f"; it answered {brief(tagged)}" if tagged else ""
    if expectation.tagged:
        return f"only where the server answers {kind_of(expectation).removeprefix('tagged ')}{but}"
    return f"only where the server sends {expectation.text}{but}"


def brief(received: Received) -> str:
    """Say in a word what a response is: what a reason can hold."""
    response = received.response
    code = f" [{response.code.name}]" if response.code else ""
    if response.kind == "continuation":
        return "+"
    untagged = "" if response.kind == "tagged" else "untagged "
    return f"{untagged}{response.name}{code}".strip() or "a line without a word"


def misspelt(expectation: Expectation, arrived: Sequence[Received]) -> tuple[Received, str] | None:
    """Find what may have been meant for a line, and say which word differs; None if nothing."""
    for pattern in expectation.patterns:
        for received in reversed(arrived):
            if difference := _one_word(pattern, received):
                return received, difference
    return None


def _one_word(pattern: Pattern, received: Received) -> str | None:
    got = received.response
    if pattern.exact is not None:
        return _exact(pattern, line_of(received))
    wanted = pattern.response
    if wanted is None:
        return None
    if wanted.kind == "tagged":
        if got.kind == "tagged" and got.tag != wanted.tag:
            return f"{_article(got.name or 'tagged line')} with another tag than the command's"
        likely = got.name == "BAD" or (got.name in wanted.name.split("|") and not got.code)
        if got.kind == "status" and got.name in _STATUS and likely:
            return f"an untagged {got.name}, and no completion"
        return None
    if wanted.kind == "continuation" or got.kind == "continuation":
        return None
    words = line_of(received).split(" ")[1:3]
    for name in wanted.name.split("|"):
        for word in words:
            if word.upper() != name and _near(word.upper(), name):
                return f"{word} where {name} belongs"
            spoken = got.kind in ("tagged", "status")  # behind OK, NO or BAD stands text
            if word.upper() == name and got.name != name and not spoken:
                return f"{name} stands in another place"
    return None


def _article(word: str) -> str:
    return f"{'an' if word[:1].upper() in 'AEIO' else 'a'} {word}"


def _exact(pattern: Pattern, line: str) -> str | None:
    first = line.split(" ", maxsplit=1)[0]
    if first and first == pattern.text.split(" ")[0]:
        return f"not exactly {pattern.text!r}"
    return None


def _near(one: str, other: str) -> bool:
    if one.isdigit() or not one:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
