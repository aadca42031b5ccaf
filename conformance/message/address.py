"""Lists of addresses (RFC 5322 section 3.4) as an envelope shows them (RFC 3501 section 7.4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.message.expected import NIL, Expected, Listed, Text
from conformance.message.lexical import ADDRESS_SPECIALS, LexicalToken, Malformed, tokens


@dataclass(frozen=True, slots=True)
class Address:
    """One address structure; each part holds its allowed readings, None is NIL."""

    names: tuple[bytes | None, ...]
    routes: tuple[bytes | None, ...]
    mailboxes: tuple[bytes | None, ...]
    host: bytes | None

    def expected(self) -> Expected:
        """Return the address as a value of an envelope."""
        host = NIL if self.host is None else Text((self.host,), folded=True)
        return Listed(
            (
                ("name", Text(self.names)),
                ("route", Text(self.routes)),
                ("mailbox", Text(self.mailboxes)),
                ("host", host),
            )
        )


GROUP_END = Address((None,), (None,), (None,), None)


def read_addresses(body: bytes) -> tuple[Address, ...]:
    """Read the body of an address field; an empty one has no addresses.

    Raises:
        Malformed: it is no address-list. RFC 3501 does not say what a server makes of one.
    """
    found, comments = tokens(body, ADDRESS_SPECIALS)
    return tuple(_AddressReader(found, comments).addresses())


class _AddressReader:
    def __init__(self, found: list[LexicalToken], comments: list[bytes]) -> None:
        self._tokens = found
        self._comments = comments
        self._at = 0

    def addresses(self) -> list[Address]:
        result: list[Address] = []
        while self._at < len(self._tokens):
            result += self._address()
            if self._at < len(self._tokens):
                self._take(b",")
                if self._at == len(self._tokens):
                    raise Malformed("nothing behind a comma")
        return result

    def _peek(self) -> bytes:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token.octets if token and token.kind == "special" else b""

    def _take(self, special: bytes) -> None:
        if self._peek() != special:
            raise Malformed(f"no {special.decode()} where one belongs")
        self._at += 1

    def _words(self) -> list[LexicalToken]:
        """Take words and the dots between them."""
        start = self._at
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "domain" or (token.kind == "special" and token.octets != b"."):
                break
            self._at += 1
        return self._tokens[start : self._at]

    def _address(self) -> list[Address]:
        words = self._words()
        if self._peek() == b":" and words:
            return self._group(words)
        return [self._mailbox(words)]

    def _group(self, words: list[LexicalToken]) -> list[Address]:
        self._take(b":")
        members: list[Address] = []
        while self._peek() != b";":
            members.append(self._mailbox(self._words()))
            if self._peek() != b";":
                self._take(b",")
        self._take(b";")
        start = Address((None,), (None,), _phrase(words), None)
        return [start, *members, GROUP_END]

    def _mailbox(self, words: list[LexicalToken]) -> Address:
        if self._peek() != b"<":
            local, host = self._spec(words)
            # "user@host (Full Name)" is older than phrases; RFC 3501 does not speak of it.
            names = (None, *(comment.strip() for comment in self._comments))
            return Address(names, (None,), (local,), host)
        self._take(b"<")
        routes = self._route()
        local, host = self._spec(self._words())
        self._take(b">")
        names = _phrase(words) if words else (None, *(c.strip() for c in self._comments))
        return Address(names, routes, (local,), host)

    def _route(self) -> tuple[bytes | None, ...]:
        if self._peek() != b"@":
            return (None,)
        hosts = []
        while self._peek() != b":":
            self._take(b"@")
            hosts.append(b"@" + self._domain())
            if self._peek() == b",":
                self._take(b",")
        self._take(b":")
        # RFC 2822 section 4.4 would have routes ignored, so a server may drop them.
        return tuple(dict.fromkeys((b",".join(hosts), b", ".join(hosts), None)))

    def _spec(self, words: list[LexicalToken]) -> tuple[bytes, bytes]:
        local = b"".join(word.octets for word in words)
        shape = [word.octets == b"." and word.kind == "special" for word in words]
        if not words or shape != [bool(index % 2) for index in range(len(words))] or shape[-1]:
            raise Malformed("not a local-part")
        self._take(b"@")
        return local, self._domain()

    def _domain(self) -> bytes:
        if self._at < len(self._tokens) and self._tokens[self._at].kind == "domain":
            self._at += 1
            return self._tokens[self._at - 1].octets
        words = self._words()
        if not words or any(word.kind == "quoted" for word in words):
            raise Malformed("not a domain")
        return b"".join(word.octets for word in words)


def _phrase(words: list[LexicalToken]) -> tuple[bytes | None, ...]:
    """Join the words of a phrase without their quoting.

    White space between two words is one space by its meaning (RFC 5322 section 3.2.2), and what
    was written by its octets; a comment in it is not part of the phrase.
    """
    single = written = b""
    for index, word in enumerate(words):
        gap = word.gap or (b" " if word.commented else b"")
        single += (b" " if index and gap else b"") + word.octets
        written += (gap if index else b"") + word.octets
    # "" is a phrase that says nothing.
    empty: tuple[None, ...] = () if single else (None,)
    return (*dict.fromkeys((single, written)), *empty)
