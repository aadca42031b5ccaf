"""Passwords in a conversation that is not ours: found where clients send them, before all else.

What a client sends behind the user's name of LOGIN is a secret, and so is every line of
AUTHENTICATE, however broken the command may be. It is hidden twice: in its place, from the first
octet on, and by its value, for a server may echo it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.checks.finding import Breach
from conformance.passive.exchanges import Refused
from conformance.secrecy.secrets import WORD, Secrets
from conformance.syntax.modules import commands
from conformance.wire.transcript import Transcript

_LONGEST: Final = 64 * 1024  # octets of a command with a password that are looked at
_LOGIN = re.compile(rb"\s*(?:[^\s{]+[ \t]+)?LOGIN(?:[ \t]+|\Z)", re.IGNORECASE)
_AUTHENTICATE = re.compile(
    rb"\s*(?:\S+[ \t]+)?AUTHENTICATE[ \t]+(\S+)(?:[ \t]+([^\r\n]*))?", re.IGNORECASE
)
_USER = re.compile(rb'"((?:[^"\\\n]|\\[^\n])*)"|\{(\d{1,9})\+?\}\r?\n|([^\s]+)')
_MARKER = re.compile(rb"\{(\d{1,9})\+?\}\r?\n\Z")
_PART = re.compile(rb'[^\x00-\x20\x7f(){}%*"\\]+')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_SEPARATED = re.compile(rb"[\x00\x01, ]+")
_TOKEN: Final = 8  # octets from which a part of a SASL message may be a secret of its own


class Overheard:
    """Follows what one client sends, and hides in its transcript and in `secrets` what is secret.

    It is told of octets before anybody judges them, so that what is found in them shows nothing.
    """

    def __init__(self, secrets: Secrets, transcript: Transcript) -> None:
        self._secrets = secrets
        self._transcript = transcript
        self._offset = 0  # octets of the client so far
        self._begin = 0  # where the command begins
        self._command = bytearray()  # as far as it is looked at
        self._left = 0  # octets of a literal still to come
        self._of_other = False  # a command that has no password goes on behind a literal
        self._mechanism = b""  # of the AUTHENTICATE that is going on
        self._messages = 0

    def client(self, data: bytes) -> None:
        """Take what the client sends next."""
        at = 0
        while at < len(data):
            if self._left:
                end = min(len(data), at + self._left)
                self._left -= end - at
            else:
                end = data.find(b"\n", at) + 1 or len(data)
            self._take(data[at:end])
            at = end

    def interrupted(self) -> None:
        """Know that the server speaks, perhaps in the middle of a password: learn what is there."""
        if self._command and not self._of_other:
            mechanism, messages = self._mechanism, self._messages
            self._learn(bytes(self._command))
            self._mechanism, self._messages = mechanism, messages

    def answered(self) -> None:
        """Know that the server has answered the last command: what was to follow does not."""
        self._mechanism = b""
        if self._left or self._command:
            self._finish()

    def ended(self) -> None:
        """Know that nothing more comes: what is there of a password is all of it."""
        self._finish()

    def _take(self, piece: bytes) -> None:
        self._offset += len(piece)
        if len(self._command) < _LONGEST and not (self._of_other and self._left):
            self._command += piece
        self._conceal()
        if self._left or not piece.endswith(b"\n"):
            return
        marker = _MARKER.search(self._command)
        if marker is not None and not self._mechanism:
            self._left = int(marker[1])
            self._of_other = _LOGIN.match(self._command) is None
            if self._of_other:
                self._command.clear()
            return
        self._finish()

    def _conceal(self) -> None:
        """Hide what is secret of the command in its place."""
        if self._of_other:
            return
        first = self._secret_from(bytes(self._command))
        if first is not None:
            self._transcript.conceal(self._begin + first, self._offset)

    def _secret_from(self, command: bytes) -> int | None:
        """Return where in a command its secret begins."""
        if self._mechanism:
            return None if _is_command(command) else 0
        return secret_from(command)

    def _finish(self) -> None:
        """Learn the secret of a command that is over."""
        command = bytes(self._command)
        if not self._of_other and command:
            self._learn(command)
        self._begin = self._offset
        self._command.clear()
        self._left, self._of_other = 0, False

    def _learn(self, command: bytes) -> None:
        if self._mechanism and not _is_command(command):
            self._message(command.strip())
        elif login := _LOGIN.match(command):
            self._mechanism = b""
            rest = _behind_user(command, login.end())
            user = _value(command[login.end() : rest].strip())
            for secret in _of_login(command[rest:]):
                self._secrets.add(secret, user)
        elif begun := _AUTHENTICATE.match(command):
            self._mechanism, self._messages = begun[1].upper(), 0
            if begun[2]:
                self._message(begun[2].strip())
        else:
            self._mechanism = b""

    def _message(self, line: bytes) -> None:
        """Learn a message of an exchange, and what is in it."""
        self._messages += 1
        first_of_login = self._mechanism == b"LOGIN" and self._messages == 1  # the user's name
        if len(line) < WORD or first_of_login:
            return
        self._secrets.add(line)
        user, *secrets = _in_message(line, self._mechanism)
        for secret in secrets:
            self._secrets.add(secret, user)


def secret_from(command: bytes) -> int | None:
    """Return where in a command, payloads included, its secret begins; None where it has none."""
    if login := _LOGIN.match(command):
        rest = _behind_user(command, login.end())
        return rest if rest < len(command) else None
    if (initial := _AUTHENTICATE.match(command)) and initial[2] is not None:
        return initial.start(2)
    return None


def mask(secrets: Secrets, finding: Breach) -> Breach:
    """Return the finding without the secrets."""
    if not secrets:
        return finding
    offending = secrets.mask_octets(finding.offending)
    hide = secrets.mask if offending == finding.offending else secrets.mask_pieces
    return replace(
        finding,
        message=hide(finding.message),
        expected=secrets.mask(finding.expected),
        received=secrets.mask(finding.received),
        shape=hide(finding.shape),
        deviation=hide(finding.deviation),
        offending=offending,
        excerpt=tuple(replace(line, text=secrets.mask(line.text)) for line in finding.excerpt),
    )


def masked(secrets: Secrets, refused: Refused) -> Refused:
    """Return the same of a refusal."""
    return replace(refused, why=secrets.mask_pieces(refused.why), tag=secrets.mask(refused.tag))


def _is_command(line: bytes) -> bool:
    """Whether a line within an exchange is a command all the same: `*` and base64 are not."""
    words = line.split(None, 2)
    return len(words) > 1 and words[1].upper().decode("latin-1") in commands()


def _behind_user(command: bytes, at: int) -> int:
    """Return where in a LOGIN that what stands behind the user's name begins."""
    user = _USER.match(command, at)
    if user is None:
        return len(command)
    end = user.end() + int(user[2] or 0)
    while command[end : end + 1] in (b" ", b"\t"):
        end += 1
    return end


def _value(argument: bytes) -> bytes:
    """Return what an argument means, however it is spelt."""
    spelt = _USER.match(argument)
    if spelt is None:
        return b""
    if spelt[2] is not None:
        return argument[spelt.end() :][: int(spelt[2])]
    return _ESCAPED.sub(rb"\1", spelt[1]) if spelt[1] is not None else spelt[0]


def _of_login(rest: bytes) -> Iterator[bytes]:
    """Yield what may be the password in what stands behind the user's name."""
    spelt = rest.strip(b"\r\n")
    value = _value(rest)
    yield value
    marked = _USER.match(rest)
    if marked is not None and marked[2] is not None:
        return
    yield spelt
    if not spelt.startswith(b'"'):  # it may be a broken command
        yield from (part for part in _PART.findall(spelt) if len(part) >= WORD)


def _in_message(line: bytes, mechanism: bytes) -> Iterator[bytes]:
    """Yield the user of a message, or b"", then what is secret in it; strays are left out."""
    body = _NOT_BASE64.sub(b"", line)
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        message = base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        message = b""
    parts = message.split(b"\0")
    if mechanism == b"PLAIN" or len(parts) == 3:
        yield parts[-2] if len(parts) > 1 else b""
        yield parts[-1]
        return
    yield b""
    yield message
    yield from (part for part in _SEPARATED.split(message) if len(part) >= _TOKEN)
