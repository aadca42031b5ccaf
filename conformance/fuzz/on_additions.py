"""Commands that add messages to a mailbox, as programs use them: APPEND, COPY, and those like COPY.

As in `on_messages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.casefile.compose import Payload
from conformance.fuzz.executor import Executor
from conformance.fuzz.sets import generated_flags, sequence, upper

TEXTS = (
    b"Subject: one\r\n\r\n1\r\n",
    b"Subject: two\r\nFrom: two@example.com\r\n\r\nSecond.\r\n",
    b"Subject: three\r\nTo: x@example.com\r\n\r\n" + b"A longer text in its third form.\r\n" * 3,
)
DATES = ("", "17-Jul-1996 02:44:25 -0700", " 1-Jan-2001 00:00:00 +0000")


def append(
    executor: Executor, who: str, path: str, text: int, flags: Sequence[int], date: int
) -> None:
    """APPEND (RFC 3501 section 6.3.11) to a mailbox that may not exist."""
    given = [flag for flag in generated_flags(executor, flags) if flag.startswith(b"\\")]
    when = DATES[date % len(DATES)]
    octets = TEXTS[text % len(TEXTS)]
    head = b"(" + b" ".join(given) + b") " if given else b""
    head += b'"' + when.encode() + b'" ' if when else b""
    mailbox = executor.mailbox(path)
    if mailbox is None:
        said = executor.say(who, b"APPEND ", executor.name(path), b" " + head, Payload(octets))
        executor.await_status(said, {"NO"}, "3501-6.3.11-no-create", "there is no such mailbox")
        return
    said = executor.say(
        who, b"APPEND ", executor.name(path), b" " + head, Payload(octets), applies=False
    )
    # Where the selected mailbox was deleted, much of the session may fail (RFC 2180 section 3).
    may_fail = executor.views[who].adrift or executor.closed_to(who, mailbox)
    if not executor.await_status(
        said, {"OK", "NO"} if may_fail else {"OK"}, "3501-6.3.11-appended"
    ):
        executor.take(who, said)
        return
    # What came may already speak of the new message.
    mailbox.add(executor.store.appended(octets, upper(given), when))
    executor.take(who, said)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A command that puts messages of its set into another mailbox, and the rules about it."""

    verb: bytes
    put: str
    no_create: str
    removes: bool = False
    """It takes them out of the selected mailbox."""


COPY = Transfer(b"COPY", "3501-6.4.7-copies", "3501-6.4.7-no-create")


def copy(executor: Executor, who: str, picks: Sequence[int], path: str, *, by_uid: bool) -> None:
    """COPY and UID COPY (RFC 3501 section 6.4.7)."""
    transfer(executor, who, picks, path, by_uid=by_uid, how=COPY)


def transfer(
    executor: Executor, who: str, picks: Sequence[int], path: str, *, by_uid: bool, how: Transfer
) -> None:
    """Have messages put into another mailbox, in whatever way."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None or (how.removes and view.read_only):
        return
    # A message that is gone may be copied all the same (RFC 2180 section 4.4.2): none is named.
    there, names = sequence(executor, who, picks, by_uid=by_uid, gone=False)
    if not names:
        return
    target = executor.mailbox(path)
    source = view.mailbox
    copies = [executor.store.copy(message, view.possible(message)) for message in there]
    removable = (lambda message: message in there) if how.removes and target else None
    said = executor.say(
        who,
        (b"UID " if by_uid else b"") + how.verb + b" ",
        *names,
        b" ",
        executor.name(path),
        removable=removable,
        applies=False,
    )
    if target is None:
        executor.take(who, said)
        executor.await_status(said, {"NO"}, how.no_create, "there is no such mailbox")
        return
    # RFC 2180 sections 4.4.1 and 4.1.4: a mailbox with messages that are gone, or with others in
    # it, where something is to be removed.
    may_fail = (
        len(view.alive) < len(view.told)
        or executor.closed_to(who, target)
        or (how.removes and (target is source or executor.shared(who)))
    )
    for message in copies:
        target.add(message)
    executor.take(who, said, removable)
    allowed = {"OK"} | ({"NO"} if may_fail else set())
    if not executor.await_status(said, allowed, how.put):
        for message in copies:
            target.remove(message)
        return
    if how.removes:
        for message in there:
            source.remove(message)
