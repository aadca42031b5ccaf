"""Commands on messages, as programs use them: what is sent, what may come, what is so then.

Each operation takes a `Conduct`, the session, and numbers that were drawn; numbers choose among
what is there, so that every program can be had (see `chosen`). Where nothing can be chosen the
operation does nothing. Commands that only ask are in `asking`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Protocol

from conformance.casefile.compose import Payload, Piece
from conformance.fuzz.chosen import name_some
from conformance.fuzz.conduct import Conduct
from conformance.model.store import DELETED, Flags, Message, spelt
from conformance.model.view import Disagreement, View

FLAGS = (b"\\Seen", b"\\Flagged", b"\\Deleted", b"\\Answered", b"\\Draft", b"$Kept")


class _Change(Protocol):
    def __call__(self, old: Flags, /, *, given: Flags) -> Flags: ...


def _replace(_old: Flags, /, *, given: Flags) -> Flags:
    return given


def _add(old: Flags, /, *, given: Flags) -> Flags:
    return old | given


def _remove(old: Flags, /, *, given: Flags) -> Flags:
    return old - given


MODES: dict[str, _Change] = {"FLAGS": _replace, "+FLAGS": _add, "-FLAGS": _remove}
_STORE_RULES = {"FLAGS": "replace", "+FLAGS": "add", "-FLAGS": "remove"}
TEXTS = (
    b"Subject: one\r\n\r\n1\r\n",
    b"Subject: two\r\nFrom: two@example.com\r\n\r\nSecond.\r\n",
    b"Subject: three\r\nTo: x@example.com\r\n\r\n" + b"A longer text in its third form.\r\n" * 3,
)
DATES = ("", "17-Jul-1996 02:44:25 -0700", " 1-Jan-2001 00:00:00 +0000")


def _flags(conduct: Conduct, picks: Iterable[int]) -> list[bytes]:
    usable = [flag for flag in FLAGS if flag.startswith(b"\\") or conduct.keywords]
    return list(dict.fromkeys(usable[pick % len(usable)] for pick in picks))


def _upper(flags: Iterable[bytes]) -> Flags:
    return frozenset(flag.upper() for flag in flags)


# -- APPEND, COPY, MOVE ------------------------------------------------------------------


def append(
    conduct: Conduct, who: str, path: str, text: int, flags: Sequence[int], date: int
) -> None:
    """APPEND (RFC 3501 section 6.3.11) to a mailbox that may not exist."""
    given = [flag for flag in _flags(conduct, flags) if flag.startswith(b"\\")]
    when = DATES[date % len(DATES)]
    octets = TEXTS[text % len(TEXTS)]
    head = b"(" + b" ".join(given) + b") " if given else b""
    head += b'"' + when.encode() + b'" ' if when else b""
    mailbox = conduct.mailbox(path)
    if mailbox is None:
        said = conduct.say(who, b"APPEND ", conduct.name(path), b" " + head, Payload(octets))
        conduct.await_status(said, {"NO"}, "3501-6.3.11-no-create", "there is no such mailbox")
        return
    said = conduct.say(
        who, b"APPEND ", conduct.name(path), b" " + head, Payload(octets), applies=False
    )
    conduct.await_status(said, {"OK"}, "3501-6.3.11-appended")
    # What came may already speak of the new message.
    mailbox.add(conduct.store.message(octets, _upper(given), when))
    conduct.take(who, said)


def copy(conduct: Conduct, who: str, picks: Sequence[int], path: str, *, by_uid: bool) -> None:
    """COPY and UID COPY (RFC 3501 section 6.4.7)."""
    _copy(conduct, who, picks, path, by_uid=by_uid, move=False)


def move(conduct: Conduct, who: str, picks: Sequence[int], path: str, *, by_uid: bool) -> None:
    """MOVE and UID MOVE (RFC 6851), where they are announced."""
    if conduct.lab.features.has("MOVE"):
        _copy(conduct, who, picks, path, by_uid=by_uid, move=True)


def _copy(
    conduct: Conduct, who: str, picks: Sequence[int], path: str, *, by_uid: bool, move: bool
) -> None:
    view = conduct.views[who]
    source = view.mailbox
    chosen, names = name_some(conduct, who, picks, by_uid=by_uid)
    if source is None or not names or (move and view.read_only):
        return
    verb = (b"UID " if by_uid else b"") + (b"MOVE " if move else b"COPY ")
    target = conduct.mailbox(path)
    there = [message for message in chosen if not message.gone]
    copies = [conduct.store.copy(message, view.possible(message)) for message in there]
    said = conduct.say(
        who,
        verb,
        *names,
        b" ",
        conduct.name(path),
        removable=(lambda message: message in there) if move and target else None,
        applies=False,
    )
    if target is None:
        refused = {"NO"} if there else {"NO", "OK"}
        conduct.take(who, said)
        conduct.await_status(said, refused, "3501-6.4.7-no-create", "there is no such mailbox")
        return
    may_fail = move and target is source
    for message in copies:
        target.add(message)
    conduct.take(who, said, (lambda message: message in there) if move else None)
    allowed = {"OK"} | ({"NO"} if may_fail else set())
    if not conduct.await_status(said, allowed, "3501-6.4.7-copies"):
        for message in copies:
            target.remove(message)
        return
    if move:
        for message in there:
            source.remove(message)


# -- STORE ------------------------------------------------------------------------------


def store(
    conduct: Conduct,
    who: str,
    picks: Sequence[int],
    mode: str,
    flags: Sequence[int],
    *,
    silent: bool,
    by_uid: bool,
) -> None:
    """STORE and UID STORE (RFC 3501 section 6.4.6)."""
    view = conduct.views[who]
    chosen, names = name_some(conduct, who, picks, by_uid=by_uid)
    if not names:
        return
    given = _flags(conduct, flags)
    item = mode.encode() + (b".SILENT" if silent else b"") + b" (" + b" ".join(given) + b")"
    verb = b"UID STORE " if by_uid else b"STORE "
    there = [message for message in chosen if not message.gone]
    changed: list[Message] = []
    if not view.read_only:
        how = partial(MODES[mode], given=_upper(given))
        # Flags that are as they were need not be shown: "normally" returns what is new.
        changed = [message for message in there if view.change(message, how)]
    said = conduct.say(who, verb, *names, b" " + item)
    if view.read_only:
        conduct.await_status(said, {"OK", "NO", "BAD"}, "3501-6.4.6-read-only")
        return
    conduct.await_status(said, {"OK"}, f"3501-6.4.6-{_STORE_RULES[mode]}")
    if silent:
        return
    shown = {seen.message for seen in said.fetched if seen.arrival.response.flags() is not None}
    for message in changed:
        if message not in shown and message in view.slots:
            number = view.number(message)
            raise Disagreement(
                "3501-6.4.6-returns",
                f"the new flags of message {number} did not come",
                expected=[_line(view, message), ": TAG OK"],
                received=str(said.reply),
            )


def _line(view: View, message: Message) -> str:
    """What a FETCH response says of a message's flags."""
    number = view.number(message)
    return f": * {number} FETCH (FLAGS {spelt(view.possible(message)[-1])} ...)"


# -- EXPUNGE, CLOSE, NOOP, CHECK, IDLE ------------------------------------------------------


def noop(conduct: Conduct, who: str, verb: str = "NOOP") -> None:
    """NOOP and CHECK (RFC 3501 sections 6.1.2 and 6.4.1)."""
    if verb == "CHECK" and conduct.views[who].mailbox is None:
        return
    said = conduct.say(who, verb.encode())
    rule = "3501-6.1.2-ok" if verb == "NOOP" else "3501-6.4.1-ok"
    adrift = conduct.views[who].adrift
    conduct.await_status(said, {"OK", "NO", "BAD"} if adrift else {"OK"}, rule)


def _informed(conduct: Conduct, who: str) -> bool:
    """Whether the session knows all of the Deleted flags, after a NOOP if that is needed."""
    view = conduct.views[who]

    def knows() -> bool:
        return view.settled and all(len(view.truths(m, DELETED)) == 1 for m in view.told)

    if not knows():
        noop(conduct, who)
    return knows()


def expunge(conduct: Conduct, who: str, picks: Sequence[int] | None = None) -> None:
    """EXPUNGE (RFC 3501 section 6.4.3); with `picks` UID EXPUNGE (RFC 4315) where announced."""
    view = conduct.views[who]
    if view.adrift or view.mailbox is None:
        return
    names: list[Piece] = []
    named: list[Message] | None = None
    if picks is not None:
        if not conduct.lab.features.has("UIDPLUS"):
            return
        named, names = name_some(conduct, who, picks, by_uid=True)
        if not names:
            return
    informed = _informed(conduct, who)
    if view.untold:
        return  # what is removed before it was told of is never told
    doomed = [
        message
        for message in view.alive
        if True in view.truths(message, DELETED)
        and not view.read_only
        and (named is None or message in named)
    ]
    verb = b"UID EXPUNGE " if names else b"EXPUNGE"
    said = conduct.say(who, verb, *names, removable=lambda message: message in doomed)
    if view.read_only:
        conduct.await_status(said, {"OK", "NO", "BAD"}, "3501-6.4.3-read-only")
        return
    conduct.await_status(said, {"OK"}, "3501-6.4.3-removes")
    left = [message for message in doomed if not message.gone]
    if left and informed:
        number = view.number(left[0])
        raise Disagreement(
            "3501-6.4.3-untagged",
            f"message {number} has the flag Deleted, and no EXPUNGE response came for it",
            expected=[f": * {number} EXPUNGE", ": TAG OK"],
            received=str(said.reply),
        )


def close(conduct: Conduct, who: str) -> None:
    """CLOSE (RFC 3501 section 6.4.2)."""
    view = conduct.views[who]
    if view.adrift or view.mailbox is None or not (view.read_only or _informed(conduct, who)):
        return
    mailbox = view.mailbox
    doomed = [m for m in mailbox.messages if DELETED in m.flags and not view.read_only]
    said = conduct.say(who, b"CLOSE", applies=False)
    conduct.await_status(said, {"OK"}, "3501-6.4.2-authenticated")
    view.leave()
    for message in doomed:
        mailbox.remove(message)
