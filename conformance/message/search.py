"""Which messages a search finds (RFC 3501 section 6.4.4): yes, no, or not said by the RFC."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from conformance.message.criteria import Criteria, SearchKey
from conformance.message.decoding import charset_known, decoded_body, decoded_words
from conformance.message.envelope import addresses_of
from conformance.message.expected import Numbers
from conformance.message.header import Field
from conformance.message.parts import Part
from conformance.message.substring import Contained, Texts, all_of, any_of, none_of
from conformance.syntax.arguments import STAR, Ranges
from conformance.syntax.values import instant

_FLAGS = ("ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN", "RECENT")
_ADDRESSES = ("FROM", "TO", "CC", "BCC")
_TAGS = re.compile(r"<[^>]*>")
_DAYS = {
    "BEFORE": date.__lt__,
    "ON": date.__eq__,
    "SINCE": date.__ge__,
}
_SENT = re.compile(
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),)? *(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) "
    rb"\d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|[A-Z]+)(?: *\([^()]*\))?"
)


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message in a mailbox, with what the server keeps beside it; None is not known.

    `flags` are in capitals. `date` is the internal date as the server shows it.
    """

    message: Part
    number: int
    uid: int | None = None
    flags: frozenset[bytes] | None = None
    date: bytes | None = None


def found(criteria: Criteria, mailbox: Sequence[KeptMessage]) -> Numbers:
    """Return the numbers (of UID SEARCH, the unique identifiers) that the search finds.

    Raises:
        ValueError: the charset, or a unique identifier that the answer needs, is not known.
    """
    if not charset_known(criteria.charset):
        raise ValueError(f"the suite does not know the charset {criteria.charset}")
    must: set[int] = set()
    may: set[int] = set()
    for kept in mailbox:
        answer = _Evaluation(kept, mailbox, criteria.charset).answer(criteria.key)
        number = kept.uid if criteria.uids else kept.number
        if number is None:
            raise ValueError("the unique identifiers have not been fetched")
        if answer is not False:
            (must if answer else may).add(number)
    return Numbers(frozenset(must), frozenset(may))


class _Evaluation:
    """The keys of one search, held against one message."""

    def __init__(self, kept: KeptMessage, mailbox: Sequence[KeptMessage], charset: str) -> None:
        self._kept = kept
        self._mailbox = mailbox
        self._charset = charset
        # In US-ASCII a server may compare what is written, or what it means.
        self._as_written = charset in ("US-ASCII", "ASCII")

    def answer(self, key: SearchKey) -> Contained:
        name = key.name
        if name.removeprefix("UN") in _FLAGS:
            return self._flag(name)
        if name in _ADDRESSES:
            return self._addresses(name.encode(), key)
        if name in _DAYS:
            return self._internal(name, key.day)
        if name.startswith("SENT"):
            return self._sent(name.removeprefix("SENT"), key.day)
        if name not in _KEYS:
            raise ValueError(f"the suite does not know what {name} finds")
        return _KEYS[name](self, key)

    # ------------------------------------------------------------------ flags, numbers, dates

    def _flag(self, name: str) -> Contained:
        if self._kept.flags is None:
            return None
        has = b"\\" + name.removeprefix("UN").encode() in self._kept.flags
        return has != name.startswith("UN")

    def _keyword(self, key: SearchKey) -> Contained:
        if self._kept.flags is None:
            return None
        return (key.strings[0].upper() in self._kept.flags) == (key.name == "KEYWORD")

    def _old(self, _key: SearchKey) -> Contained:
        return none_of(self._flag("RECENT"))

    def _new(self, _key: SearchKey) -> Contained:
        return all_of((self._flag("RECENT"), self._flag("UNSEEN")))

    def _set(self, key: SearchKey) -> Contained:
        return _within(self._kept.number, key.ranges, len(self._mailbox))

    def _uid(self, key: SearchKey) -> Contained:
        uids = [kept.uid for kept in self._mailbox if kept.uid is not None]
        if self._kept.uid is None or len(uids) < len(self._mailbox):
            return None
        return _within(self._kept.uid, key.ranges, max(uids))

    def _size(self, key: SearchKey) -> Contained:
        size = len(self._kept.message.octets)
        return size > key.number if key.name == "LARGER" else size < key.number

    def _internal(self, name: str, day: date) -> Contained:
        moment = instant(self._kept.date or b"")
        if moment is None:
            return None
        # The day as it is shown; and in case the server shows another zone than it searches in,
        # that of UTC: what differs is left open.
        answers = {_DAYS[name](d.date(), day) for d in (moment, moment.astimezone(UTC))}
        return answers.pop() if len(answers) == 1 else None

    def _sent(self, name: str, day: date) -> Contained:
        fields = self._kept.message.header.all(b"DATE")
        days = {_day_of(field) for field in fields}
        if len(days) != 1 or (sent := days.pop()) is None:
            return None
        return _DAYS[name](sent, day)

    # ------------------------------------------------------------------ strings

    def _string(self, key: SearchKey) -> str:
        return key.strings[-1].decode(self._charset)

    def _of_field(self, field: Field) -> Texts:
        written = [text.decode("ascii", "replace") for text in field.texts]
        decoded = [text for text in map(decoded_words, field.texts) if text is not None]
        unknown = not field.seven_bit or len(decoded) < len(field.texts)
        strict = [*written, *decoded] if self._as_written else decoded
        return Texts(tuple(strict), (*written, *decoded), unknown)

    def _subject(self, key: SearchKey) -> Contained:
        return self._in_fields(b"SUBJECT", key)

    def _header(self, key: SearchKey) -> Contained:
        name = key.strings[0].upper()
        # Of headers of parts nothing is said: a server may look at them too.
        parts = [part for part in self._kept.message.walk() if part is not self._kept.message]
        inner = None if any(part.header.all(name) for part in parts) else False
        if not key.strings[1]:
            own = bool(self._kept.message.header.all(name)) or self._unsound()
        else:
            own = self._in_fields(name, key)
        return any_of((own, inner))

    def _in_fields(self, name: bytes, key: SearchKey) -> Contained:
        fields = self._kept.message.header.all(name)
        answers = [self._of_field(field).contain(self._string(key)) for field in fields]
        return any_of([*answers, self._unsound()])

    def _unsound(self) -> Contained:
        return False if self._kept.message.header.sound else None

    def _addresses(self, name: bytes, key: SearchKey) -> Contained:
        """Look into the address structures, each part by itself.

        "In the envelope structure's FROM field" does not say whether the parts are one text and
        how they would be joined, so a string over several of them may be found or not.
        """
        header = self._kept.message.header
        wanted = self._string(key)
        if not wanted:
            return None if header.all(name) else False
        found = addresses_of(header, name)
        as_written = [self._of_field(field) for field in header.all(name)]
        loose = list(as_written)
        parts: list[Texts] = []
        for address in found or ():
            words = (address.names, address.mailboxes, (address.host,))
            parts += [self._of_words(options) for options in words]
            joined = b"%s@%s" % (address.mailboxes[0] or b"", address.host or b"")
            routes = tuple((route or b"").decode("latin-1") for route in address.routes)
            loose.append(Texts((), (joined.decode("latin-1"), *routes)))
        everything = tuple(text for texts in loose for text in (*texts.strict, *texts.loose))
        unknown = found is None or any(texts.unknown for texts in loose)
        in_parts = any_of(part.contain(wanted) for part in parts)
        if in_parts and any_of(texts.contain(wanted) for texts in as_written) is False:
            return None  # only without the quoting: some search what is written
        return any_of((in_parts, Texts((), everything, unknown).contain(wanted)))

    def _of_words(self, options: Sequence[bytes | None]) -> Texts:
        """Read a part of an address; a name that may or may not be there is sure of nothing."""
        octets = [option or b"" for option in options]
        written = [option.decode("ascii", "replace") for option in octets]
        decoded = [text for text in map(decoded_words, octets) if text is not None]
        unknown = len(decoded) < len(octets)
        strict = [*written, *decoded] if self._as_written else decoded
        return Texts(() if unknown else tuple(strict), (*written, *decoded), unknown)

    def _body(self, key: SearchKey) -> Contained:
        message = self._kept.message
        wanted = self._string(key)
        written = message.body.decode("latin-1")
        answers: list[Contained] = []
        for part in message.walk():
            if part.media.type == b"TEXT" and part.sure:
                answers.append(self._of_text(part, written).contain(wanted))
            elif not part.is_multipart and part.message is None:
                # "MAY exclude body parts ... other than TEXT and MESSAGE".
                answers.append(None if not part.sure else self._of_other(part).contain(wanted))
        # Headers of parts, boundaries and what surrounds them: in the body, and not said to be.
        unknown = not all(part.sure for part in message.walk())
        everything = Texts((), (written, *_headers_within(message)), unknown)
        return any_of([*answers, everything.contain(wanted)])

    def _of_text(self, part: Part, written: str) -> Texts:
        charset = (part.media.parameter(b"CHARSET") or b"us-ascii").decode("latin-1")
        decoded = decoded_body(part.body, part.encoding, charset)
        if decoded is None:
            return Texts((), (), unknown=True)
        strict = [decoded, *([written] if self._as_written else [])]
        if part.media.subtype != b"PLAIN":
            strict.append(_TAGS.sub("", decoded))  # some search what a reader would see
        return Texts(tuple(strict), (decoded,))

    def _of_other(self, part: Part) -> Texts:
        decoded = decoded_body(part.body, part.encoding, "latin-1")
        return Texts((), (decoded or "",), decoded is None)

    def _text(self, key: SearchKey) -> Contained:
        fields = self._kept.message.header.fields
        answers = [self._of_field(field).contain(self._string(key)) for field in fields]
        header = self._kept.message.header
        # The names of the fields are header too, with what is between them.
        whole = Texts((), (header.octets.decode("latin-1"),), not header.sound)
        return any_of([*answers, whole.contain(self._string(key)), self._body(key)])

    # ------------------------------------------------------------------ keys of keys

    def _and(self, key: SearchKey) -> Contained:
        return all_of([self.answer(inner) for inner in key.keys])

    def _or(self, key: SearchKey) -> Contained:
        return any_of([self.answer(inner) for inner in key.keys])

    def _not(self, key: SearchKey) -> Contained:
        return none_of(self.answer(key.keys[0]))

    def _all(self, _key: SearchKey) -> Contained:
        return True


_KEYS: dict[str, Callable[[_Evaluation, SearchKey], Contained]] = {
    "ALL": _Evaluation._all,
    "AND": _Evaluation._and,
    "BODY": _Evaluation._body,
    "HEADER": _Evaluation._header,
    "KEYWORD": _Evaluation._keyword,
    "LARGER": _Evaluation._size,
    "NEW": _Evaluation._new,
    "NOT": _Evaluation._not,
    "OLD": _Evaluation._old,
    "OR": _Evaluation._or,
    "SET": _Evaluation._set,
    "SMALLER": _Evaluation._size,
    "SUBJECT": _Evaluation._subject,
    "TEXT": _Evaluation._text,
    "UID": _Evaluation._uid,
    "UNKEYWORD": _Evaluation._keyword,
}


def _within(number: int, ranges: Ranges, largest: int) -> bool:
    """Whether a number is in a sequence set; ends may stand in either order (section 9)."""
    for first, last in ranges:
        ends = sorted(largest if end == STAR else end for end in (first, last))
        if ends[0] <= number <= ends[1]:
            return True
    return False


def _day_of(field: Field) -> date | None:
    """Return the day of a Date field as it is written; None where it is not a usual one."""
    match = _SENT.fullmatch(field.texts[0])
    if not match:
        return None
    try:
        return datetime.strptime(b" ".join(match.groups()).decode(), "%d %b %Y").date()
    except ValueError:
        return None


def _headers_within(message: Part) -> list[str]:
    """Return the header texts within a message's body, encoded-words undone."""
    parts = (part for part in message.walk() if part is not message)
    fields = (field for part in parts for field in part.header.fields)
    texts = (decoded_words(text) for field in fields for text in field.texts)
    return [text for text in texts if text is not None]
