"""Playing the windows of a connection that speaks POP3, beside those that speak IMAP.

Each reply belongs to one command, in their order (RFC 1939 section 3), so a window is a row of
commands and the row of their replies: there is nothing to wait for besides.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from conformance.casefile.bindings import Bound, verbatim
from conformance.casefile.given import BARE
from conformance.casefile.placeholders import Placeholder, TextPiece
from conformance.casefile.plan import Expectation, Step
from conformance.casefile.pop3 import MORE, ReplyPattern
from conformance.casefile.script import ClientLine
from conformance.message.expected import Text
from conformance.play.errors import Skip
from conformance.play.tracker import Cause, Unmet
from conformance.syntax.pop3 import grammar
from conformance.syntax.shown import clip
from conformance.wire.exchange import CLOSED, FLOODED, TIMED_OUT
from conformance.wire.pop3.framing import CRLF, Pop3Reply
from conformance.wire.pop3.session import Pop3Arrival, Pop3Session, shown
from conformance.wire.sasl import BadChallenge

_MOST = 300  # characters of what is shown of a reply
_REST_OF_LINE = rb"[^\r\n]+"
_WORD = rb"[^ \r\n]+"


class ReplyDiffers(Exception):
    """A reply is not what a pattern describes: `received` is what came, as far as it counts."""

    def __init__(self, reason: str, received: str) -> None:
        super().__init__(reason)
        self.received = received


class Pop3Player:
    """Plays the windows of POP3 of one case; `names` are the values that the case has kept."""

    def __init__(self, given: Mapping[str, Bound], names: dict[str, Bound]) -> None:
        self._given, self._names = given, names

    def play(self, session: Pop3Session, step: Step) -> None:
        """Send what a window sends, and hold the replies against it.

        Raises:
            Unmet: the server did otherwise.
            Skip: a condition of the case does not hold.
        """
        together = b""
        for send in step.sends:
            if send.kind in ("line", "raw"):
                together += self._octets(session, send)
                continue
            session.send(together)
            together = b""
            if send.kind == "pause":
                time.sleep(send.pause)
            else:
                session.close(reset=send.kind == "reset")
        if together:
            session.send(together)
        came: Pop3Arrival = TIMED_OUT
        for expectation in step.expects:
            if expectation.kind == "never":  # of the reply that the line above has awaited
                self._refuse(came, expectation)
                continue
            came = session.receive()
            self._hold(came, expectation)

    def _octets(self, session: Pop3Session, send: ClientLine) -> bytes:
        parts = []
        for piece in send.pieces:
            if isinstance(piece, Placeholder) and piece.kind == "answer":
                parts.append(self._answer(session, piece, send))
            else:
                parts.append(piece if isinstance(piece, bytes) else self._value(piece)[0])
        return b"".join(parts) + (b"" if send.kind == "raw" else CRLF)

    def _answer(self, session: Pop3Session, placeholder: Placeholder, send: ClientLine) -> bytes:
        challenge = self._names[placeholder.text].octets.decode("latin-1")
        try:
            answer = self._given[f"{placeholder.name}:{challenge}"].octets
        except BadChallenge as error:
            wanted = f"a challenge for {{{placeholder.name}}}"
            raise Unmet("mismatch", send.line, wanted, challenge, str(error)) from None
        if not placeholder.name.endswith(".wrong"):
            session.transcript.secrets.add(answer)  # a password can be guessed from it
        return answer

    def _value(self, placeholder: Placeholder) -> tuple[bytes, ...]:
        """Return what a placeholder stands for: one text, or several of which each is right."""
        bound = self._names.get(placeholder.name.removeprefix(BARE))
        if bound is None:
            bound = self._given[placeholder.name]
        if isinstance(bound.expected, Text) and not bound.octets:
            return tuple(option or b"" for option in bound.expected.options)
        return (bound.octets,)

    def _refuse(self, came: Pop3Arrival, expectation: Expectation) -> None:
        for pattern in expectation.patterns:
            try:
                self._match(pattern.reply, came) if pattern.reply else _closes(came)
            except ReplyDiffers:
                continue
            reason = "a reply that must not come"
            raise Unmet("unexpected", expectation.line, f"not {pattern.text}", shown(came), reason)

    def _hold(self, came: Pop3Arrival, expectation: Expectation) -> None:
        first: ReplyDiffers | None = None
        for pattern in expectation.patterns:
            try:
                if pattern.reply is None:
                    _closes(came)
                else:
                    self._names |= self._match(pattern.reply, came)
            except ReplyDiffers as differs:
                first = first or differs
                continue
            return
        if first is None:
            raise RuntimeError("an expectation has no pattern")
        if expectation.kind == "given":
            raise Skip(f"{expectation.text} does not hold here: {first.received}")
        cause = _CAUSES.get(came, "mismatch") if not isinstance(came, Pop3Reply) else "mismatch"
        wanted, received = expectation.text, first.received
        raise Unmet(cause, expectation.line, wanted, received, str(first))

    # -- matching ----------------------------------------------------------------------

    def _match(self, pattern: ReplyPattern, came: Pop3Arrival) -> dict[str, Bound]:
        """Hold what came against a pattern; return the values that it keeps.

        Raises:
            ReplyDiffers: it is something else.
        """
        if not isinstance(came, Pop3Reply):
            raise ReplyDiffers(shown(came), shown(came))
        positive = b"+OK" if pattern.positive else b"-ERR"
        indicator = came.status.split(b" ", 1)[0]
        if indicator != positive:
            said = indicator.decode("latin-1") if indicator in (b"+OK", b"-ERR") else "no indicator"
            raise ReplyDiffers(f"{said} instead of {positive.decode()}", shown(came))
        status = self._regex(pattern.status) + (b"" if pattern.whole else b"(?: .*)?")
        kept = self._kept(pattern.status, status, came.status)
        if kept is None:
            raise ReplyDiffers("the status line is another", shown(came))
        if pattern.lines is None:
            return kept
        if came.body is None:
            raise ReplyDiffers("a reply of one line", shown(came))
        found = self._kept(
            [piece for line in pattern.lines for piece in line],
            b"".join(map(self._line, pattern.lines)),
            came.body,
        )
        if found is None:
            raise ReplyDiffers(
                "the lines of the reply are others", self._first_other(pattern, came)
            )
        return kept | found

    def _line(self, pieces: tuple[TextPiece, ...]) -> bytes:
        """Return the regular expression of one line and its end, or of any lines."""
        if pieces == (MORE,):
            return rb"(?:[^\n]*\n)*?"
        open_end = False
        last = pieces[-1] if pieces else b""
        if isinstance(last, bytes) and last.endswith(b" " + MORE):
            open_end = True
            pieces = (*pieces[:-1], last.removesuffix(b" " + MORE))
        end = CRLF
        if isinstance(last, Placeholder) and last.kind == "value":
            # The octets of a message bring their last line end with them.
            end = b"" if all(text.endswith(CRLF) for text in self._value(last)) else CRLF
        return self._regex(pieces) + (rb"(?: [^\r\n]*)?" if open_end else b"") + end

    def _regex(self, pieces: tuple[TextPiece, ...]) -> bytes:
        parts = []
        for piece in pieces:
            if isinstance(piece, bytes):
                parts.append(re.escape(piece))
            elif piece.kind == "value":
                parts.append(b"(?:%s)" % b"|".join(map(re.escape, self._value(piece))))
            else:
                octets = _REST_OF_LINE if piece.rule == "text" else _WORD
                parts.append(b"(%s)" % octets)
        return b"".join(parts)

    @staticmethod
    def _kept(
        pieces: tuple[TextPiece, ...] | list[TextPiece], regex: bytes, octets: bytes
    ) -> dict[str, Bound] | None:
        found = re.fullmatch(regex, octets, re.DOTALL)
        if found is None:
            return None
        taken = (p for p in pieces if isinstance(p, Placeholder) and p.kind in ("capture", "any"))
        kept: dict[str, Bound] = {}
        for placeholder, value in zip(taken, found.groups(), strict=True):
            if placeholder.rule and not grammar().matches(placeholder.rule, value):
                return None
            if placeholder.name:
                kept[placeholder.name] = verbatim(value)
        return kept

    def _first_other(self, pattern: ReplyPattern, came: Pop3Reply) -> str:
        """Show the first line that is not as the page has it, as far as that can be told."""
        wanted = pattern.lines or ()
        regex = b""
        body = came.body or b""
        for pieces in wanted:
            step = self._line(pieces)
            if not re.match(regex + step, body, re.DOTALL):
                break
            regex += step
        found = re.match(regex, body, re.DOTALL)
        rest = body[found.end() if found else 0 :].split(CRLF, 1)[0]
        at = body[: found.end() if found else 0].count(CRLF) + 1
        text = rest.decode("latin-1") if found and found.end() < len(body) else "the end"
        return clip(f"{shown(came)}, and as line {at}: {text}", _MOST)


def _closes(came: Pop3Arrival) -> None:
    if came is not CLOSED:
        raise ReplyDiffers("the connection is not closed", shown(came))


_CAUSES: dict[Pop3Arrival, Cause] = {CLOSED: "closed", TIMED_OUT: "timeout", FLOODED: "flood"}
