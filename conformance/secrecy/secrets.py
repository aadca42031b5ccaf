r"""The one layer under everything that shows or writes: what is secret, and texts without it.

A server may send a password back, in the text of a refusal or quoted in a log line, so what it
sends needs this as much as what a client sends. How much is hidden goes by length: a long secret
wherever it stands; one of a few octets where it stands as a word, for else it would be found in
every other word; one or two octets only behind the name of the user whose password it is, where
nothing else can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from conformance.secrecy import encoded
from conformance.secrecy.spellings import pattern, readings

MASK: Final = "[hidden]"
"""What stands where a secret was."""

ANYWHERE: Final = 6
"""Octets from which a secret is hidden also inside of words."""
WORD: Final = 3
"""Octets from which one is hidden as a word, whatever stands before it."""

_WINDOW: Final = 4096  # characters at a cut in which pieces of secrets are looked for
_MOST = 1000  # secrets; the oldest are forgotten
_MOST_LINES = 20  # of one secret
_LINE_END = re.compile(rb"[\r\n]+")
_BEHIND_USER = r"""["')\]]*[\s,:;/|]+(?:\\x0[da]|\\[rn]|\{\d+\+?\}|[\s"'(\[])*"""
_QUOTED = re.compile(rf'"([^"]{{{WORD},}})"')
_BEFORE = re.compile(r"(?:^|[^A-Za-z0-9]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[nrt]|%[0-9A-Fa-f]{2})\Z")
_CUT = re.compile(
    r" \.\.\.\d+ octets\.\.\. | \[\d+ more\]|\[\.\.\. \d+ octets (?:not kept )?\.\.\.\]"
)
"""Where a text was shortened, as every place that shortens says it."""


class _Secret(NamedTuple):
    octets: bytes
    pattern: re.Pattern[str]
    alone: bool  # only as a word


class Secrets:
    """What is secret; more may be added at any time."""

    def __init__(self, secrets: Iterable[tuple[str | bytes, str | bytes]] = ()) -> None:
        """Begin with these; each with the user whose password it is, or "" ."""
        self._known: dict[tuple[bytes, bytes], _Secret] = {}
        self._long: tuple[bytes, ...] = ()
        self._short: tuple[bytes, ...] = ()
        for secret, user in secrets:
            self.add(secret, user)

    def __bool__(self) -> bool:
        return bool(self._known)

    def add(self, secret: str | bytes, user: str | bytes = b"") -> bool:
        """Hide this from now on; say whether it is new. Nothing at all can not be hidden."""
        octets, name = _octets(secret), _octets(user)
        key = (octets, name if len(octets) < WORD else b"")
        if not octets or key in self._known:
            return False
        for line in _LINE_END.split(octets)[:_MOST_LINES]:  # who reads lines meets them alone
            if WORD <= len(line) < len(octets):
                self.add(line, user)
        found = pattern(octets)
        if len(octets) < WORD:
            if not name:
                return False
            found = re.compile(f"(?P<user>{pattern(name).pattern}{_BEHIND_USER})({found.pattern})")
        if len(octets) >= ANYWHERE and octets.upper() != octets:
            self.add(octets.upper(), user)  # what is taken for a name is shown in capitals
        alone = len(octets) < ANYWHERE and (octets.isalnum() or len(octets) < WORD)
        self._known[key] = _Secret(octets, found, alone)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        held = dict.fromkeys(octets for octets, _ in self._known)
        self._long = tuple(octets for octets in held if len(octets) >= WORD)
        self._short = tuple(octets for octets in held if len(octets) < WORD)
        return True

    def forget(self) -> None:
        """Begin anew, with nothing that is secret."""
        self._known.clear()
        self._long = self._short = ()

    def mask(self, text: str) -> str:
        """Return `text` without the secrets."""
        return self._replaced(text, lambda _: MASK) if self._known else text

    __call__ = mask

    def mask_pieces(self, text: str) -> str:
        """Return `text` without the secrets, and without words in quotes that are part of one.

        For what is said of a line that has a secret in it: a fault may quote the half of one.
        """
        return _QUOTED.sub(lambda found: self._piece(found[1]) or found[0], self.mask(text))

    def _piece(self, word: str) -> str:
        part = any(word in form for secret in self._long for form in _forms(secret))
        return f'"{MASK}"' if part else ""

    def mask_octets(self, octets: bytes) -> bytes:
        """Return octets without the secrets."""
        return self.mask(octets.decode("latin-1")).encode("latin-1") if self._known else octets

    def blank(self, octets: bytes | bytearray | memoryview) -> bytes:
        """Write asterisks over the secrets in octets, which stay as long as they are."""
        text = str(octets, "latin-1")
        return self._replaced(text, lambda size: "*" * size).encode("latin-1")

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where secrets stand in `text`, from left to right, without overlap."""
        found: list[tuple[int, int]] = []
        for secret in self._known.values():
            for match in secret.pattern.finditer(text):
                begin = match.end("user") if "user" in match.groupdict() else match.start()
                if not secret.alone or _is_word(text, begin, match.end()):
                    found.append((_behind_escapes(text, begin), match.end()))
        found += encoded.tokens(text, self._long, self._short)
        for cut in _CUT.finditer(text):
            found += self.begun(text, cut.start())
            found += self.ended(text, cut.end())
        return joined(found)

    def begun(self, text: str, end: int) -> list[tuple[int, int]]:
        """Return where the beginning of a secret stands before `end`, where text was cut off."""
        if not self._long:
            return []
        first = max(0, end - _WINDOW)
        part = text[first:end]
        found: list[tuple[int, int]] = []
        for plain in readings(part):
            for secret in self._long:
                for form in _forms(secret):
                    size = _overlap(form, plain.text)
                    if size:
                        found.append((_behind_escapes(text, first + plain.begins[-size]), end))
        begin = encoded.begun(part, self._long)
        return found if begin is None else [*found, (first + begin, end)]

    def ended(self, text: str, begin: int) -> list[tuple[int, int]]:
        """Return where the end of a secret stands behind `begin`, where text was cut off."""
        if not self._long:
            return []
        part = text[begin : begin + _WINDOW]
        found: list[tuple[int, int]] = []
        for plain in readings(part):
            for secret in self._long:
                for form in _forms(secret):
                    size = _overlap(form[::-1], plain.text[: len(form)][::-1])
                    if size:
                        found.append((begin, begin + plain.ends[size - 1]))
        end = encoded.ended(part, self._long)
        return found if end is None else [*found, (begin, begin + end)]

    def _replaced(self, text: str, mark: Callable[[int], str]) -> str:
        pieces: list[str] = []
        at = 0
        for begin, end in self.spans(text):
            pieces += (text[at:begin], mark(end - begin))
            at = end
        return "".join((*pieces, text[at:])) if pieces else text


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans, and join those that overlap."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _octets(secret: str | bytes) -> bytes:
    return secret.encode("utf-8", "surrogateescape") if isinstance(secret, str) else bytes(secret)


def _is_word(text: str, begin: int, end: int) -> bool:
    """Whether no letter or digit stands on either side; what is left of an escape is none."""
    if text[end : end + 1].isalnum():
        return False
    return _BEFORE.search(text[max(0, begin - 6) : begin]) is not None


def _behind_escapes(text: str, begin: int) -> int:
    """Take in the backslashes that escape what begins here."""
    first = max(0, begin - 3)
    while begin > first and text[begin - 1] == "\\":
        begin -= 1
    return begin


@lru_cache(maxsize=256)
def _forms(secret: bytes) -> tuple[str, ...]:
    """Return a secret as octets are read, and as text is."""
    return tuple(dict.fromkeys((secret.decode("latin-1"), secret.decode("utf-8", "replace"))))


def _overlap(secret: str, text: str) -> int:
    """Return how many characters of a secret's beginning, but not all, end `text`."""
    tail = text[-len(secret) + 1 :] if len(secret) > 1 else ""
    for at in range(len(tail)):
        if secret.startswith(tail[at:]):
            return len(tail) - at
    return 0
