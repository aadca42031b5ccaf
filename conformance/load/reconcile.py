"""What all machines were told beside what is there in the end: nothing may be lost.

A message has to be there unless somebody has marked it with Deleted or moved it away, or has
tried to: then it may be gone, whoever expunged it. Without UIDPLUS (RFC 4315) a server does not say
under which UID it has put a message; where none was read of it either, what may be gone is counted.
A copy may have been a copy of a mark as well (RFC 3501 section 6.4.7). So a server is accused of no
loss that a client may have asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from conformance.load.ledger import Append, BoxKey, LoadBox, LoadLedger, MessageFacts
from conformance.load.reading import MessageRead
from conformance.wire.transcript import Line, escape

APPENDED: Final = "3501-6.3.11-appended"
ATOMIC: Final = "3501-6.3.11-atomic"
COPIES: Final = "3501-6.4.7-copies"
IMMUTABLE: Final = "3501-2.3.1.1-immutable"
NEVER_REUSED: Final = "3501-2.3.1.1-never-reused"
REMOVES: Final = "3501-6.4.3-removes"
ADD: Final = "3501-6.4.6-add"
RULES: Final = (APPENDED, ATOMIC, COPIES, REMOVES, ADD, IMMUTABLE, NEVER_REUSED)
"""Requirements that are judged here."""

_KEPT_AT_MOST = 5
"""Generations of copies that are followed back."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that is not as it was said to be."""

    requirement: str
    shape: str
    message: str
    expected: str
    received: str
    excerpt: tuple[Line, ...] = ()


@dataclass(slots=True)
class Reckoning:
    """What came of it: what is wrong, and how many of what."""

    wrong: list[Discrepancy] = field(default_factory=list)
    acknowledged: int = 0
    """Messages whose APPEND was answered with OK, in mailboxes that could be read."""
    there: int = 0
    """How many of them were found in the end."""
    removed: int = 0
    """How many are gone and may be."""
    lost: list[str] = field(default_factory=list)
    """Those that are gone and may not be: where each was, and how it had come there."""
    unanswered: int = 0
    """Messages that are there though nobody was told that they are."""
    unread: dict[bytes, str] = field(default_factory=dict)
    """Mailboxes that could not be read in the end, and why."""


def reconcile(ledger: LoadLedger, final: Mapping[bytes, MessageRead]) -> Reckoning:
    """Compare what was told during the run with what is there."""
    account = Reckoning()
    for name, read in final.items():
        if read.failed:
            account.unread[name] = read.failed
            continue
        key = (name, read.uidvalidity)
        for uid, facts in read.messages.items():
            ledger.learn(key, uid, facts)
        appends = {t: a for t, a in ledger.appends.items() if a.mailbox == name}
        _appends(account, ledger, name, read, appends)
        box = ledger.boxes.get(key, LoadBox())
        _copies(account, ledger, key, read, box)
        _expunged(account, key, read, box)
        _flags(account, key, read, box)
    _conflicts(account, ledger)
    return account


def _appends(
    account: Reckoning,
    ledger: LoadLedger,
    name: bytes,
    read: MessageRead,
    appends: Mapping[str, Append],
) -> None:
    found = Counter(facts.token for facts in read.messages.values() if facts.token)
    account.unanswered += sum(token not in ledger.appends for token in found)
    octets = {facts.token: facts for facts in read.messages.values()}
    missing: list[tuple[str, Append]] = []
    for token, append in appends.items():
        there = found[token]
        if not append.ok:
            if there and name not in ledger.copied:
                account.wrong.append(_refused(name, append))
            continue
        account.acknowledged += 1
        if there:
            account.there += 1
            account.wrong += _stored(ledger, name, append, there, octets[token])
        elif name in ledger.gone or _may_be_gone(ledger, append):
            account.removed += 1
        else:
            missing.append((token, append))
    _missing(account, ledger, (name, read.uidvalidity), read, missing)


def _missing(
    account: Reckoning,
    ledger: LoadLedger,
    key: BoxKey,
    read: MessageRead,
    missing: list[tuple[str, Append]],
) -> None:
    """Judge the messages that are not there and that nobody is known to have removed."""
    box = ledger.boxes.get(key, LoadBox())
    by_token = {facts.token: uid for uid, facts in box.facts.items() if facts.token}
    certain: list[Append] = []
    unknown: list[Append] = []
    for token, append in missing:
        uid = append.uid or by_token.get(token, 0)
        if append.uid and append.uidvalidity != key[1]:
            unknown.append(append)
        elif uid and _may_vanish(ledger, key, uid):
            account.removed += 1
        else:
            (certain if uid else unknown).append(append)
    # Of the others it is not known which UID they had: so many that were removed excuse so many.
    nameless = sum(
        uid not in read.messages and not box.facts.get(uid, MessageFacts()).token
        for uid in box.deleted | box.moved
    )
    excused = len(unknown) if box.any_deleted else min(len(unknown), nameless)
    account.removed += excused
    lost = certain + unknown[excused:]
    account.lost += [f"{_place(key[0], each)}, {each.session}: {each.answer}" for each in lost]
    account.wrong += [_lost(key[0], append) for append in lost]


def _may_be_gone(ledger: LoadLedger, append: Append) -> bool:
    if not append.uid:
        return False
    return _may_vanish(ledger, (append.mailbox, append.uidvalidity), append.uid)


def _may_vanish(ledger: LoadLedger, key: BoxKey, uid: int) -> bool:
    """Whether somebody may have removed a message, or it came with a mark."""
    for generation in range(_KEPT_AT_MOST):
        box = ledger.boxes.get(key)
        if box is None:
            return generation > 0
        if box.any_deleted or uid in box.deleted or (uid in box.moved and not generation):
            return True
        if uid not in box.origin:
            return False
        mailbox, validity, uid = box.origin[uid]
        key = mailbox, validity
    return True


def _copies(
    account: Reckoning, ledger: LoadLedger, key: BoxKey, read: MessageRead, box: LoadBox
) -> None:
    for uid, how in box.arrived.items():
        if how == "APPEND" or uid in read.messages or key[0] in ledger.gone:
            continue
        if not _may_vanish(ledger, key, uid):
            where = escape(key[0])
            account.lost.append(f"{where} UID {uid}, put there by {how}")
            account.wrong.append(
                Discrepancy(
                    COPIES,
                    f"lost by {how}",
                    f"A message is gone that {how} has put into {where}, and that nobody removed.",
                    f"the message with UID {uid} in {where}",
                    "no message with this UID",
                )
            )


def _expunged(account: Reckoning, key: BoxKey, read: MessageRead, box: LoadBox) -> None:
    for uid, session in box.expunged.items():
        if uid in read.messages:
            account.wrong.append(
                Discrepancy(
                    REMOVES,
                    "there again",
                    "A message is there in the end that a session was told is expunged.",
                    f"no message with UID {uid} in {escape(key[0])}: {session} saw it expunged",
                    "a message with this UID",
                )
            )


def _flags(account: Reckoning, key: BoxKey, read: MessageRead, box: LoadBox) -> None:
    for uid, flag in sorted(box.added - box.taken):
        if flag in (rb"\RECENT", b"") or (uid, b"") in box.taken or uid not in read.flags:
            continue
        permanent = read.permanent is None or flag in read.permanent
        if permanent and flag not in read.flags[uid]:
            name = escape(flag)
            account.wrong.append(
                Discrepancy(
                    ADD,
                    "flag lost",
                    "A flag is gone that was added to a message, and that nobody took away.",
                    f"{name} on the message with UID {uid} in {escape(key[0])}",
                    " ".join(escape(each) for each in sorted(read.flags[uid])) or "no flags",
                )
            )


def _conflicts(account: Reckoning, ledger: LoadLedger) -> None:
    for mailbox, _validity, uid, what, before, now in ledger.conflicts:
        other = what == "token"
        account.wrong.append(
            Discrepancy(
                NEVER_REUSED if other else IMMUTABLE,
                f"{what} differs",
                "One UID was told of two messages."
                if other
                else f"Sessions were told of another {what} of the same message.",
                f"{what} {before} of the message with UID {uid} in {escape(mailbox)}",
                now,
            )
        )


def _stored(
    ledger: LoadLedger, name: bytes, append: Append, there: int, facts: MessageFacts
) -> Iterator[Discrepancy]:
    if there > 1 and name not in ledger.copied:
        yield Discrepancy(
            APPENDED,
            "twice",
            "A message is there more than once that was appended once.",
            f"one message in {escape(name)}",
            f"{there} messages",
            _said(append),
        )
    if facts.digest != append.digest:
        yield Discrepancy(
            APPENDED,
            "other octets",
            "A message has other octets than were appended.",
            f"the {append.size} octets that were sent",
            f"{facts.size} octets",
            _said(append),
        )


def _refused(name: bytes, append: Append) -> Discrepancy:
    return Discrepancy(
        ATOMIC,
        "refused and stored",
        "A message is there whose APPEND was refused.",
        f"no such message in {escape(name)}",
        "the message",
        _said(append),
    )


def _lost(name: bytes, append: Append) -> Discrepancy:
    return Discrepancy(
        APPENDED,
        "lost",
        "A message is gone whose APPEND was answered with OK, and that nobody removed.",
        f"the message in {_place(name, append)}",
        "no such message when all users had gone",
        _said(append),
    )


def _place(name: bytes, append: Append) -> str:
    return escape(name) + (f" UID {append.uid}" if append.uid else "")


def _said(append: Append) -> tuple[Line, ...]:
    return (
        Line(0.0, "C", append.line, append.session),
        Line(0.0, "S", append.answer, append.session),
    )
