r"""Typed responses, read forgivingly.

The strict grammar judges each response; this reader only says what the server meant, and never
fails, so that one syntax fault does not blind every check behind it. It knows the shape of each
response of RFC 3501 section 7 (which lists are sets, which words are names) and reads any other
as a sequence of values.

Body structures and their case-insensitive places are in `bodies`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Literal, TypeAlias

from conformance.syntax.bodies import read_body
from conformance.syntax.fetched import read_fetched
from conformance.syntax.values import Group, Leaf, Mapping, Octets, Unread, Value, ValueRole

ResponseKind: TypeAlias = Literal["tagged", "status", "data", "continuation"]

STATUS_NAMES = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH"})
NUMBERED_NAMES = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "UIDFETCH"})
OF_MESSAGES = frozenset({"FETCH", "UIDFETCH"})
"""Responses with items of one message, by its number or (RFC 9586) by its unique identifier."""

MAX_NUMBER = 0xFFFFFFFF
"""The greatest `number` (RFC 3501 section 9)."""

_NOT_LOOKED = -1
_QUOTED = rb'"(?:[^"\\\r\n]++|\\.)*+"'
# A word may hold bracketed sections, in which spaces and parentheses belong to the word; a bracket
# that nothing closes is an ATOM-CHAR like others, as in the name of a mailbox.
_TOKEN = re.compile(
    rb"(?P<sp>[ \t\r\n]+)|(?P<open>\()|(?P<close>\))"
    rb"|(?P<literal>~?\{\d+\+?\}\r\n)|(?P<quoted>" + _QUOTED + rb")"
    rb"|(?P<word>(?:[^\s()\"\[{]++|\[(?:[^\]\"{\r\n]|\{\d+\+?\}\r\n|" + _QUOTED + rb")*\]|\[)+)"
    rb"|(?P<stray>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_STATUS = re.compile(rb"([^ \r\n]*) ?", re.DOTALL)
# A code ends with the first bracket that is not in a quoted value: INPROGRESS ("a]1" NIL NIL).
_CODE = re.compile(
    rb'\[(?:[^\]"]++|(?<=[ (])' + _QUOTED + rb'(?=[ )\]])|")*+\]',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Code:
    """A response code (RFC 3501 section 7.1): its name in capitals and what follows it."""

    name: str
    values: tuple[Value, ...] = ()


@dataclass(slots=True)
class Response:
    """One server response as it was meant (RFC 3501 section 7). Nobody changes one.

    `name` is in capitals: a condition (OK, NO, BAD, BYE, PREAUTH), a data response (EXISTS, FETCH,
    LIST, ...) or `+`. `values` by name: CAPABILITY, ENABLED, FLAGS, SEARCH: one unordered group;
    LIST and LSUB: flags, delimiter, mailbox, and a mapping where LIST has extended data items;
    STATUS and METADATA: mailbox, mapping; FETCH: mapping; others: as they come.
    """

    kind: ResponseKind
    name: str
    tag: bytes = b""
    number: Leaf | None = None
    code: Code | None = None
    text: bytes = b""
    values: tuple[Value, ...] = ()
    names: tuple[bytes, ...] | None = field(default=None, compare=False, repr=False)
    """The names of the items of a FETCH response that is written as servers write it."""
    _flags: frozenset[bytes] | None = field(default=None, init=False, repr=False, compare=False)
    _uid: int | None = field(default=_NOT_LOOKED, init=False, repr=False, compare=False)

    @property
    def count(self) -> int | None:
        """The number before EXISTS, RECENT, EXPUNGE or FETCH."""
        return self.number.number if self.number else None

    @property
    def items(self) -> Mapping:
        """The items of a FETCH, STATUS or METADATA response; empty for others."""
        last = self.values[-1] if self.values else None
        return last if isinstance(last, Mapping) else Mapping(())

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves of the first group: flags, capabilities or search numbers."""
        first = self.values[0] if self.values else None
        if not isinstance(first, Group):
            return ()
        return tuple(item for item in first.items if isinstance(item, Leaf))

    @property
    def mailbox(self) -> bytes | None:
        """The mailbox that LIST, LSUB or STATUS names, INBOX in capitals."""
        for value in self.values:
            if isinstance(value, Leaf) and value.role == "mailbox":
                return value.name
        return None

    def item(self, key: bytes) -> Leaf | None:
        """Return a FETCH or STATUS item that is a leaf, such as UID or a body section."""
        value = self.items.get(key)
        return value if isinstance(value, Leaf) else None

    @property
    def uid(self) -> int | None:
        """The UID item of a FETCH response, None where there is none, or no number of 32 bits."""
        if self._uid == _NOT_LOOKED:  # several ask
            value = self.items.get(b"UID")
            number = value.number if isinstance(value, Leaf) else None
            self._uid = number if number is not None and number <= MAX_NUMBER else None
        return self._uid

    def flags(self) -> frozenset[bytes] | None:
        """Return the FLAGS item of a FETCH response in capitals, None when it has none."""
        if self._flags is None:  # several ask
            value = self.items.get(b"FLAGS")
            if not isinstance(value, Group):
                return None
            flags = _plain_flags(value.raw) if isinstance(value, Unread) else None
            if flags is None:
                words = (item.octets for item in value.items if isinstance(item, Leaf))
                flags = frozenset(bytes(octets).upper() for octets in words)
            self._flags = flags
        return self._flags


_PLAIN_FLAGS = re.compile(rb"\([^\s()\"\[{]*(?: [^\s()\"\[{]+)*\)")


@lru_cache(maxsize=1024)
def _plain_flags(raw: bytes) -> frozenset[bytes] | None:
    """Return the flags of a list as it stands in a response, None where a word is no plain one.

    A mailbox has few sets of flags, and thousands of messages that have one of them.
    """
    if not _PLAIN_FLAGS.fullmatch(raw):
        return None
    return frozenset(raw[1:-1].upper().split())


def read_response(text: bytes, literals: Sequence[Octets] = ()) -> Response:
    """Read one response from its skeleton and the payloads of its literals. Never raises."""
    fetched = read_fetched(text, literals, _late, _FETCH_ROLES)
    if fetched is not None:
        number, items = fetched
        names = tuple([name for name, _ in items.entries])
        return Response("data", "FETCH", b"*", number, values=(items,), names=names)
    if text.startswith(b"+"):
        return Response("continuation", "+", text=text[1:].strip(b"\r\n").removeprefix(b" "))
    if not text.startswith(b"*"):
        tag, rest = _split(text, 0)
        return _read_status("tagged", tag, text, rest, literals)
    name, _ = _split(text, 2 if text[1:2] == b" " else 1)
    upper = name.upper().decode("latin-1")
    if upper in STATUS_NAMES:
        return _read_status("status", b"*", text, 2, literals)
    return _read_data(text, literals)


def _split(text: bytes, start: int) -> tuple[bytes, int]:
    found = _STATUS.match(text, start)
    return (found.group(1), found.end()) if found else (b"", start)


def _read_status(
    kind: ResponseKind, tag: bytes, text: bytes, start: int, literals: Sequence[Octets]
) -> Response:
    name, after = _split(text, start)
    code: Code | None = None
    bracketed = _CODE.match(text, after)
    if bracketed is not None:
        closing = bracketed.end() - 1
        code = _read_code(text, after + 1, closing, literals)
        after = closing + (2 if text.startswith(b" ", closing + 1) else 1)
    human = text[after:].rstrip(b"\r\n")
    return Response(kind, name.upper().decode("latin-1"), tag=tag, code=code, text=human)


_UNORDERED_CODES = frozenset({"PERMANENTFLAGS", "BADCHARSET"})


_CODE_NAME = re.compile(rb"[^ \]\r\n]*")


def _read_code(text: bytes, start: int, end: int, literals: Sequence[Octets]) -> Code:
    found = _CODE_NAME.match(text, start, end)
    name = found.group() if found else b""
    upper = name.upper().decode("latin-1")
    values = _ValuesReader(text, literals).read(start + len(name), end)
    if upper == "CAPABILITY":
        values = (Group(values, ordered=False),)
    elif upper in _UNORDERED_CODES:
        values = tuple(_unordered(value) for value in values)
    return Code(upper, values)


def _read_data(text: bytes, literals: Sequence[Octets]) -> Response:
    values = _ValuesReader(text, literals).read(1)
    # Only the second word tells whether the first one is a number, so that a case's pattern
    # may have a placeholder in the place of the number.
    number: Leaf | None = None
    name = ""
    rest: tuple[Value, ...] = values
    if len(values) > 1 and isinstance(values[0], Leaf) and isinstance(values[1], Leaf):
        second = values[1].octets.upper().decode("latin-1")
        # Extensions have numbered responses too, as UIDFETCH.
        numbered = second in NUMBERED_NAMES or values[0].octets.isdigit()
        if numbered and values[1].form == "atom":
            number, name, rest = values[0]._replace(role="number"), second, values[2:]
    if not name and values and isinstance(values[0], Leaf):
        name, rest = values[0].octets.upper().decode("latin-1"), values[1:]
    return Response("data", name, tag=b"*", number=number, values=_shape(name, rest))


def _shape(name: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
    shaper = _SHAPES.get(name)
    return shaper(values) if shaper else values


def _unordered(value: Value) -> Value:
    return value._replace(ordered=False) if isinstance(value, Group) else value


def _shape_bare(values: tuple[Value, ...]) -> tuple[Value, ...]:
    return (Group(values, ordered=False),)


def _shape_flags(values: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(_unordered(value) for value in values)


def _shape_list(values: tuple[Value, ...]) -> tuple[Value, ...]:
    flags, delimiter, mailbox, extended = values[:1], values[1:2], values[2:3], values[3:]
    return (
        *(_unordered(value) for value in flags),
        *(with_role(value, "string") for value in delimiter),
        *(with_role(value, "mailbox") for value in mailbox),
        *(pairs(value, _extended_item) for value in extended),
    )


def _extended_item(tag: bytes, value: Value) -> Value:
    """Read an extended data item of LIST (RFC 5258 section 6): options are strings of the ABNF."""
    if tag == b"CHILDINFO":
        return _unordered(with_role(value, "folded"))
    return with_role(value, "mailbox" if tag == b"OLDNAME" else "string")


def _shape_status(values: tuple[Value, ...]) -> tuple[Value, ...]:
    return (
        *(with_role(value, "mailbox") for value in values[:1]),
        *(pairs(value, lambda _key, item: with_role(item, "number")) for value in values[1:]),
    )


def _shape_named(values: tuple[Value, ...]) -> tuple[Value, ...]:
    return (*(with_role(value, "mailbox") for value in values[:1]), *values[1:])


def _shape_metadata(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Entries have no letter case (RFC 5464 section 3.2), so they are kept in capitals."""
    return (
        *(with_role(value, "mailbox") for value in values[:1]),
        *(pairs(value, lambda _key, item: with_role(item, "string")) for value in values[1:]),
    )


def _shape_fetch(values: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(pairs(value, _fetch_item) for value in values)


_SHAPES: dict[str, Callable[[tuple[Value, ...]], tuple[Value, ...]]] = {
    "CAPABILITY": _shape_bare,
    "ENABLED": _shape_bare,
    "SEARCH": _shape_bare,
    "FLAGS": _shape_flags,
    "LIST": _shape_list,
    "LSUB": _shape_list,
    "STATUS": _shape_status,
    "METADATA": _shape_metadata,
    "MYRIGHTS": _shape_named,
    "FETCH": _shape_fetch,
    "UIDFETCH": _shape_fetch,
}

_FETCH_ROLES: dict[bytes, ValueRole | None] = {
    b"FLAGS": None,
    b"BODY": None,
    b"BODYSTRUCTURE": None,
    b"UID": "number",
    b"RFC822.SIZE": "number",
    b"INTERNALDATE": "date-time",
}


def _fetch_item(key: bytes, value: Value) -> Value:
    if key == b"FLAGS":
        return _unordered(value)
    if key in (b"BODY", b"BODYSTRUCTURE"):
        return read_body(value)
    return with_role(value, _FETCH_ROLES.get(key) or "string")


def _late(key: bytes, text: bytes, start: int, end: int) -> Unread:
    """Return the list that is an item of FETCH; it is read when somebody asks what it holds."""
    read = partial(_read_item, key, text, start, end)
    return Unread(text[start:end], read, start, end, ordered=key != b"FLAGS")


def _read_item(key: bytes, text: bytes, start: int, end: int) -> Group:
    (group,) = _ValuesReader(text, ()).read(start, end)
    shaped = _fetch_item(key, group)
    return shaped if isinstance(shaped, Group) else Group((), start=start, end=end)


def with_role(value: Value, role: ValueRole) -> Value:
    """Return the value with every leaf in it given this role."""
    if isinstance(value, Leaf):
        return value._replace(role=role)
    if isinstance(value, Group):
        return value._replace(items=tuple(with_role(item, role) for item in value.items))
    return value


def pairs(value: Value, item: Callable[[bytes, Value], Value]) -> Value:
    """Read a group of alternating keys and values as a mapping."""
    if not isinstance(value, Group):
        return value
    keys, held = value.items[::2], value.items[1::2]
    entries = tuple(
        (name, item(name, content))
        for key, content in zip(keys, held, strict=False)
        for name in (_section_key(key),)
    )
    if len(keys) > len(held):  # a key with nothing behind it: kept, so that it is seen
        entries += ((_section_key(keys[-1]), Leaf(b"")),)
    return Mapping(entries, value.start, value.end)


_HEADER_NAME = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def _section_key(key: Value) -> bytes:
    if not isinstance(key, Leaf):
        return b""
    return _HEADER_NAME.sub(rb"\1", bytes(key.octets)).upper()


_DEEPEST = 100  # parentheses in parentheses; deeper ones, which no message needs, are passed over


class _ValuesReader:
    """Reads words, strings and groups from a skeleton, taking payloads from the literals."""

    def __init__(self, text: bytes, literals: Sequence[Octets]) -> None:
        self._text = text
        self._literals = iter(literals)

    def read(self, start: int, end: int | None = None) -> tuple[Value, ...]:
        """Return the values."""
        outer: list[tuple[int, list[Value]]] = []
        current: list[Value] = []
        opened = start
        stop = len(self._text) if end is None else end
        for token in _TOKEN.finditer(self._text, start, stop):
            kind = token.lastgroup
            if kind == "word":
                current.append(self._word(token))
            elif kind == "open" and len(outer) < _DEEPEST:
                outer.append((opened, current))
                opened, current = token.start(), []
            elif kind == "close":
                group = Group(tuple(current), start=opened, end=token.end())
                # A parenthesis that closes nothing is dropped: the grammar reports it.
                opened, current = outer.pop() if outer else (opened, [])
                current.append(group)
            elif kind == "quoted":
                inner = token.group()[1:-1]
                octets = _ESCAPE.sub(rb"\1", inner) if b"\\" in inner else inner
                current.append(Leaf(octets, "quoted", "string", token.start(), token.end()))
            elif kind == "literal":
                payload = next(self._literals, b"")
                current.append(Leaf(payload, "literal", "string", token.start(), token.end()))
        while outer:
            group = Group(tuple(current), start=opened, end=stop)
            opened, current = outer.pop()
            current.append(group)
        return tuple(current)

    def _word(self, token: re.Match[bytes]) -> Leaf:
        octets = token.group()
        if b"}\r\n" in octets:  # a header name of a section, written as a literal
            octets = re.sub(rb"\{\d+\+?\}\r\n", lambda _: bytes(next(self._literals, b"")), octets)
        return Leaf(octets, "atom", "keyword", token.start(), token.end())
