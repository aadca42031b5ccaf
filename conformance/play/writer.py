"""What client lines write: values put into their placeholders, counts of literals, other spellings.

Sending it, and awaiting what comes of it, is the business of `player`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.casefile.bindings import Bound, verbatim
from conformance.casefile.given import BARE
from conformance.casefile.placeholders import Placeholder
from conformance.casefile.script import ClientLine
from conformance.play.spelling import Style, spell
from conformance.play.tracker import Unmet
from conformance.play.values import Given
from conformance.wire.sasl import BadChallenge


@dataclass(frozen=True, slots=True)
class Prompted:
    """What is left of a line, each part to be sent when the server has asked for it."""

    parts: tuple[bytes, ...]


class ClientWriter:
    """Turns client lines into what is done on the connection."""

    def __init__(
        self,
        given: Given,
        names: dict[str, Bound],
        literals: dict[int, list[ClientLine]],
        hide: Callable[[bytes], object],
        style: Style = "page",
    ) -> None:
        self._hide = hide
        self._style = style
        self._given = given
        self._names = names
        self._literals = literals

    def batches(self, sends: tuple[ClientLine, ...]) -> list[bytes | ClientLine | Prompted]:
        """Join neighbouring writes into one; what is not a write stands alone."""
        batches: list[bytes | ClientLine | Prompted] = []
        together = len(sends) > 1
        for send in sends:
            if send.kind in ("close", "reset", "tls", "pause"):
                batches.append(send)
                continue
            first, *rest = self._parts(send, together=together)
            if batches and isinstance(batches[-1], bytes):
                batches[-1] += first
            else:
                batches.append(first)
            if rest:
                batches.append(Prompted(tuple(rest)))
        return batches

    def octets(self, send: ClientLine) -> bytes:
        """Return what a client line writes."""
        return b"".join(self._parts(send))

    def _parts(self, send: ClientLine, *, together: bool = False) -> list[bytes]:
        """Return what a client line writes, cut where the server has to ask for the rest.

        What is sent `together` with other lines is not cut: it would not be together any more.
        """
        style: Style = "quoted" if together and self._style == "literal" else self._style
        parts = [b""]
        for index, piece in enumerate(send.pieces):
            if isinstance(piece, bytes):
                parts[-1] += piece
                continue
            first, *rest = self._placeholder(piece, send, index, style)
            parts[-1] += first
            parts += rest
        if send.kind != "raw":
            parts[-1] += b"\r\n"
        return parts

    def _placeholder(
        self, placeholder: Placeholder, send: ClientLine, index: int, style: Style
    ) -> list[bytes]:
        plus = b"+" if placeholder.plus else b""
        if placeholder.kind == "answer":
            return [self._answer(placeholder, send)]
        if placeholder.kind == "count":
            return [b"{" + placeholder.text.encode() + b"}"]
        if placeholder.kind == "own-count":
            size = sum(len(self.octets(line)) for line in self._literals.get(send.line, ()))
            return [b"{%d%s}" % (size, plus)]
        bound = self._bound(placeholder.name)
        if placeholder.kind == "wait":
            return [b"{%d%s}" % (len(bound.octets), plus)]
        return spell(bound, index, send, style)

    def _bound(self, name: str) -> Bound:
        kept = self._names.get(name.removeprefix(BARE))
        if kept is None:
            return self._given[name]
        return kept if name in self._names else verbatim(kept.octets)

    def _answer(self, placeholder: Placeholder, send: ClientLine) -> bytes:
        challenge = self._names[placeholder.text].octets.decode("latin-1")
        try:
            answer = self._given[f"{placeholder.name}:{challenge}"].spelling
        except BadChallenge as error:
            expected = f"a challenge for {{{placeholder.name}}}"
            raise Unmet("mismatch", send.line, expected, challenge, str(error)) from None
        if not placeholder.name.endswith(".wrong"):
            self._hide(answer)  # a password can be guessed from it
        return answer
