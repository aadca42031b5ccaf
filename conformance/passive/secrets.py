"""Passwords in a conversation that is not ours: found where clients send them, hidden everywhere.

What a client sends behind the user's name of LOGIN is a secret, and so is every line of
AUTHENTICATE, however broken the command may be.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace

from conformance.checks.finding import Finding
from conformance.passive.exchanges import Refused
from conformance.results.text import MASK, Mask
from conformance.wire.commands import first_string
from conformance.wire.dialogue import Dialogue
from conformance.wire.transcript import Line

_LOGIN = re.compile(
    rb'\S+ +LOGIN +(?:"(?:[^"\\]|\\.)*+"|\{\d+\+?\}\r\n|[^ \r\n]+)?', re.IGNORECASE | re.DOTALL
)
_INITIAL = re.compile(rb"\S+ +AUTHENTICATE +\S+ +(\S+)", re.IGNORECASE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+=*")
_PART = re.compile(rb'[^\x00-\x20\x7f(){}%*"\\]+')
_SHORTEST = 3  # octets; anything shorter hides more than it protects
_MOST = 1000


class Secrets:
    """The passwords that were seen go by."""

    def __init__(self) -> None:
        self._known: dict[bytes, None] = {}
        self._mask = Mask()

    def learn(self, dialogue: Dialogue, piece: bytes) -> list[bytes]:
        """Take what a client has just sent; return the secrets in it."""
        found: list[bytes] = []
        for command in dialogue.in_flight[-1:]:
            if command.name == "LOGIN" and not command.sending:
                found += self.in_command(command.text)
                # The user's name is the first string, be it a literal or not.
                words = _LOGIN.match(command.text)
                user_is_literal = words is not None and words[0].endswith(b"}\r\n")
                found += map(bytes, command.literals[user_is_literal:])
            elif command.name == "AUTHENTICATE":
                found += self.in_command(command.text)
                found += _of_line(piece.strip(b"\r\n"))
        return self._keep(found)

    def in_command(self, text: bytes) -> list[bytes]:
        """Return what is secret in a command's skeleton."""
        login = _LOGIN.match(text)
        if login is not None:
            rest = text[login.end() :].strip(b" \r\n")
            if rest.endswith(b"}"):
                return []  # a literal: it is not in the skeleton
            parts = [] if rest.startswith(b'"') else _PART.findall(rest)  # of a broken command
            return self._keep([rest, first_string(rest, ()) or b"", *parts])
        initial = _INITIAL.match(text)
        if initial is not None:
            return self._keep(list(_of_line(initial[1])))
        return []

    def _keep(self, found: list[bytes]) -> list[bytes]:
        secrets = [each for each in found if len(each) >= _SHORTEST]
        new = [each for each in secrets if each not in self._known]
        if new and len(self._known) < _MOST:
            self._known.update(dict.fromkeys(new))
            self._mask = Mask(self._known)
        return secrets

    def mask(self, finding: Finding) -> Finding:
        """Return the finding without the secrets."""
        if not self._known:
            return finding
        offending = finding.offending
        for secret in self._known:
            offending = offending.replace(secret, MASK.encode())
        return replace(
            finding,
            message=self._mask(finding.message),
            expected=self._mask(finding.expected),
            received=self._mask(finding.received),
            offending=offending,
            excerpt=tuple(self._masked(line) for line in finding.excerpt),
        )

    def masked(self, refused: Refused) -> Refused:
        """Return the same of a refusal."""
        return replace(refused, why=self._mask(refused.why)) if self._known else refused

    def _masked(self, line: Line) -> Line:
        return replace(line, text=self._mask(line.text))


def _of_line(line: bytes) -> Iterator[bytes]:
    """Return a line of an exchange, and the password of PLAIN in it."""
    if _BASE64_LINE.fullmatch(line) is None:
        return
    yield line
    try:
        parts = base64.b64decode(line).split(b"\0")
    except binascii.Error:
        return
    if len(parts) == 3:
        yield parts[2]
