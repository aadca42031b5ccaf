"""What single commands return, held against what is known: LIST, SEARCH and FETCH.

Which completion is right is in `commands`; these look at the data that came with an OK.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping

from conformance.casefile.compose import ComposedPiece, Payload
from conformance.fuzz.deviation import of_search, of_value
from conformance.fuzz.judged import CommandResult, GeneratedResult
from conformance.message.criteria import read_criteria
from conformance.message.fetching import expected, read_items
from conformance.message.search import KeptMessage, found
from conformance.model.store import RECENT, Flags, spelt
from conformance.model.view import Disagreement
from conformance.syntax.arguments import STAR, ReadCommand
from conformance.syntax.flags import own
from conformance.wire.dialogue import Arrival

_SYSTEM = frozenset((b"\\ANSWERED", b"\\FLAGGED", b"\\DELETED", b"\\SEEN", b"\\DRAFT"))
_CHANGES: Mapping[bytes, tuple[str, Callable[[Flags, Flags], Flags]]] = {
    b"": ("3501-6.4.6-replace", lambda old, given: given | (old & {RECENT})),
    b"+": ("3501-6.4.6-add", lambda old, given: old | given),
    b"-": ("3501-6.4.6-remove", lambda old, given: old - given),
}
"""What stands before FLAGS in a STORE -> the rule, and what becomes of the flags of a message."""
_RULES = {
    b"ENVELOPE": "3501-7.4.2-envelope-order",
    b"BODY": "3501-7.4.2-body-fields",
    b"BODYSTRUCTURE": "3501-7.4.2-body-fields",
    b"RFC822.SIZE": "3501-2.3.4-size",
    b"RFC822": "3501-6.4.5-rfc822",
    b"RFC822.HEADER": "3501-6.4.5-rfc822",
    b"RFC822.TEXT": "3501-6.4.5-rfc822",
}

_ALL_KEYS = "3501-6.4.4-and"
RULE_OF_KEY: Mapping[str, str] = {
    name: f"3501-6.4.4-{rule}"
    for rule, names in {
        "all": "ALL",
        "address-keys": "FROM TO CC BCC",
        "body": "BODY",
        "flag-keys": "ANSWERED DELETED DRAFT FLAGGED SEEN "
        "UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNSEEN",
        "header": "HEADER",
        "internal-date": "BEFORE ON SINCE",
        "keyword": "KEYWORD UNKEYWORD",
        "list": "AND",
        "not": "NOT",
        "or": "OR",
        "recent": "NEW OLD RECENT",
        "sent-date": "SENTBEFORE SENTON SENTSINCE",
        "set": "SET",
        "size": "LARGER SMALLER",
        "subject": "SUBJECT",
        "text": "TEXT",
        "uid": "UID",
    }.items()
    for name in names.split()
}
"""Search key -> the rule that says what it matches."""


def command_of(pieces: tuple[ComposedPiece, ...]) -> bytes:
    """Write a command as it went over the wire, under the tag `t`."""
    written = b"t "
    for piece in pieces:
        if isinstance(piece, Payload):
            written += b"{%d}\r\n" % len(piece.octets)
        written += piece if isinstance(piece, bytes) else piece.octets
    return written + b"\r\n"


def listed(came: GeneratedResult, existing: tuple[bytes, ...]) -> None:
    """See that all names that LIST or LSUB returns match the pattern, and no mailbox is missing.

    Only for an empty reference: what others mean is up to the server (RFC 3501 section 6.3.8).
    """
    [command] = came.read.parts("list", "lsub")
    reference, pattern = command.part("mailbox"), command.part("list-mailbox")
    if reference is None or reference.string or pattern is None or not pattern.string:
        return
    verb, hierarchy = command.rule.upper(), came.executor.environment.workspace.hierarchy
    shape = _pattern(pattern.string, hierarchy.delimiter or b"")
    names = []
    for arrival in came.said.of(verb):
        name = arrival.response.mailbox or b""
        names.append(name)
        if not shape.fullmatch(name) and not (name == b"INBOX" and shape.fullmatch(b"inbox")):
            raise Disagreement(
                "3501-6.3.8-match" if verb == "LIST" else "3501-6.3.9-wildcards",
                f"{verb} returns a name that does not match the pattern",
                received=arrival.frame.text.decode("latin-1"),
                deviation="a name that does not match",
            )
    for name in existing if verb == "LIST" else ():
        if shape.fullmatch(name) and name not in names:
            raise Disagreement(
                "3501-6.3.8-names",
                "LIST does not return a mailbox that matches the pattern",
                received=str(came.said.reply),
                deviation="a name is missing",
            )


def _pattern(pattern: bytes, delimiter: bytes) -> re.Pattern[bytes]:
    level = b"[^" + re.escape(delimiter) + b"]*" if delimiter else b".*"
    words = [
        b".*" if octet == b"*" else level if octet == b"%" else re.escape(octet)
        for octet in (pattern[i : i + 1] for i in range(len(pattern)))
    ]
    flags = re.DOTALL | (re.IGNORECASE if pattern.upper() == b"INBOX" else 0)
    return re.compile(b"".join(words), flags)


def searched(came: CommandResult) -> None:
    """See that SEARCH finds what the messages hold, as far as the RFC leaves no choice."""
    try:
        criteria = read_criteria(came.command, came.grammar)
        right = found(criteria, list(came.kept.values()))
    except ValueError:
        return  # what is not known can not be judged
    answers = came.said.of("SEARCH")
    wrong = right.differs(answers[-1].response.values[0], "SEARCH") if answers else "nothing came"
    if wrong:
        # A search for several things is shortened to the one that is not found as it should.
        keys = criteria.key.keys
        rule = RULE_OF_KEY.get(keys[0].name, _ALL_KEYS) if len(keys) == 1 else _ALL_KEYS
        raise Disagreement(
            rule,
            f"SEARCH does not find what it should: {wrong}",
            expected=[": * SEARCH {found}", ": TAG OK"],
            received=answers[-1].frame.text.decode("latin-1") if answers else "",
            group=_ALL_KEYS,
            deviation=of_search(rule) if answers else "no untagged SEARCH",
        )


def fetched(came: CommandResult) -> None:
    """See that FETCH answers for each message of its set, with what the message holds.

    Several responses for one message count as one: flags that a text has changed may come alone.
    """
    answers: defaultdict[int, list[Arrival]] = defaultdict(list)
    said, kept, by_uid = came.said, came.kept, came.read.by_uid
    for arrival in said.of("FETCH"):
        answers[arrival.response.count or 0].append(arrival)
    asked = named_in(came.read, kept)
    items = read_items(came.command, came.grammar)
    for number in asked:
        if number not in answers:
            raise Disagreement(
                "3501-6.4.8-set" if by_uid else "3501-6.4.5-each",
                f"nothing came of message {number}",
                expected=[f": * {number} FETCH {{fetched}}", ": TAG OK"],
                received=str(said.reply),
                deviation="no untagged FETCH",
            )
        if by_uid and not any(each.response.item(b"UID") for each in answers[number]):
            raise Disagreement(
                "3501-6.4.8-uid-item",
                f"the UID of message {number} did not come",
                expected=[f": * {number} FETCH (UID {kept[number].uid})", ": TAG OK"],
                received=str(said.reply),
                deviation="nothing UID",
            )
    for number, arrivals in answers.items():
        for item in items if number in kept else ():
            try:
                right = expected(kept[number].message, item)
            except ValueError:
                continue  # a section that the message has not
            name = item.key.decode("latin-1")
            # Of other messages anything may be told, unasked; and a list of fields that names one
            # twice may come back as the set that it is.
            due = number in asked and not _repeats(item.spec or b"")
            wrong: str | None = f"{name} did not come" if due else None
            for arrival in arrivals:
                value = arrival.response.items.get(item.key)
                if value is not None:
                    wrong = right.differs(value, name)
                    if wrong:
                        break
            if wrong:
                shown = b"".join(arrival.frame.text for arrival in arrivals)
                raise Disagreement(
                    _RULES.get(item.name, "3501-6.4.5-forms"),
                    f"FETCH of message {number}: {wrong}",
                    expected=[f": * {number} FETCH {{fetched}}", ": TAG OK"],
                    received=shown.decode("latin-1")[:200],
                    deviation=of_value(wrong),
                )


def stored(came: CommandResult) -> None:
    """See that STORE of system flags tells the new flags of each message that it has changed."""
    [written] = came.read.parts("store-att-flags")
    given = frozenset(flag.octets.upper() for flag in written.parts("flag"))
    if given - _SYSTEM:
        return  # not every server takes every keyword
    said, kept = came.said, came.kept
    mark = next((word for word in written.words if word in (b"+", b"-")), b"")
    rule, change = _CHANGES[mark]
    for number in named_in(came.read, kept):
        old = kept[number].flags or frozenset()
        new = change(old, given)
        shown = [a.response.flags() for a in said.of("FETCH") if a.response.count == number]
        flags = [each for each in shown if each is not None]
        if not flags and new != old and b".SILENT" not in written.words:
            rule, wrong = "3501-6.4.6-returns", f"the new flags of message {number} did not come"
            deviation = "no untagged FETCH"
        elif flags and own(flags[-1] ^ new, ()) == {RECENT}:
            rule, wrong = "3501-6.4.6-recent", f"\\Recent of message {number} is changed"
            deviation = "\\Recent is changed"
        elif flags and own(flags[-1], ()) != own(new, ()):
            wrong = f"the flags of message {number} are not what they should be"
            deviation = "other flags than were given"
        else:
            continue
        raise Disagreement(
            rule,
            wrong,
            expected=[f": * {number} FETCH (FLAGS {spelt(new)})", ": TAG OK"],
            received=str(said.reply),
            deviation=deviation,
        )


def told(came: CommandResult, mailbox: str, count: int | None) -> None:
    """See that STATUS tells what it was asked for.

    `mailbox` is how a case file names it, and `count` how many messages it has, if that is known.
    """
    said = came.said
    answers = said.of("STATUS")
    rule = "3501-6.3.10-response" if not answers else "3501-6.3.10-items"
    for asked in came.read.parts("status-att"):
        item = asked.octets.decode("ascii").upper()
        leaf = answers[-1].response.item(item.encode()) if answers else None
        right = count if item == "MESSAGES" else None
        if leaf is None or right not in (None, leaf.number):
            value = "{:number}" if right is None else right
            raise Disagreement(
                rule if leaf is None else "3501-6.3.10-messages",
                f"STATUS does not tell {item}" + ("" if right is None else f", which is {right}"),
                expected=[f": * STATUS {mailbox} ({item} {value})", ": TAG OK"],
                received=str(said.reply),
                deviation=f"nothing {item}" if leaf is None else f"another {item}",
            )


def _repeats(spec: bytes) -> bool:
    """Whether a section names a header field twice."""
    names = spec.upper().partition(b"(")[2].rstrip(b")").replace(b'"', b"").split()
    return len(set(names)) < len(names)


def named_in(read: ReadCommand, kept: Mapping[int, KeptMessage]) -> list[int]:
    """Return the numbers of the messages that the set of a command names.

    None, where it names what was found before (RFC 5182): nobody but the server knows it.
    """
    [messages] = read.parts("sequence-set")
    if messages.part("seq-last-command"):
        return []
    names = {n: each.uid if read.by_uid else n for n, each in kept.items()}
    known = [name for name in names.values() if name is not None]
    largest = max(known, default=0)
    inside: set[int] = set()
    for piece in messages.ranges:
        ends = [largest if end == STAR else end for end in piece]
        inside |= {name for name in known if min(ends) <= name <= max(ends)}
    return [number for number, name in names.items() if name in inside]
