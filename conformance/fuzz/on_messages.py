"""Commands on messages, as programs use them: what is sent, what may come, what is so then.

Each operation takes a `Executor`, the session, and numbers that were generated; numbers choose
among what is there, so that every program can be had. Where nothing can be chosen the operation
does nothing. Expunged messages that a session still knows are left out of sets of numbers, for RFC
2180 section 4 leaves servers many ways to answer those; by UID they are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from conformance.casefile.compose import ComposedPiece
from conformance.fuzz.deviation import of_search, of_value
from conformance.fuzz.executor import Answered, Executor, Observation
from conformance.fuzz.sets import generated_flags, sequence, upper
from conformance.model.search import ModelKey
from conformance.model.store import DELETED, SEEN, Flags, StoredMessage, spelt
from conformance.model.view import IN_STEP, Disagreement, SessionView
from conformance.syntax.values import Leaf, instant


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


def store(
    executor: Executor,
    who: str,
    picks: Sequence[int],
    mode: str,
    flags: Sequence[int],
    *,
    silent: bool,
    by_uid: bool,
) -> None:
    """STORE and UID STORE (RFC 3501 section 6.4.6)."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None:
        return
    chosen, names = sequence(executor, who, picks, by_uid=by_uid)
    if not names:
        return
    given = generated_flags(executor, flags)
    if not given:
        return  # no flag would last (RFC 3501 section 7.1)
    item = mode.encode() + (b".SILENT" if silent else b"") + b" (" + b" ".join(given) + b")"
    verb = b"UID STORE " if by_uid else b"STORE "
    there = [message for message in chosen if not message.gone]
    before = {message: message.candidates for message in there}
    how = partial(MODES[mode], given=upper(given))
    if view.read_only:
        said = executor.say(who, verb, *names, b" " + item, applies=False)
        if executor.await_status(said, {"OK", "NO", "BAD"}, "3501-6.4.6-read-only"):
            for message in there:
                view.suppose(message, how)
        executor.take(who, said)
        return
    # Flags that are as they were need not be shown: "normally" returns what is new.
    changed = [message for message in there if view.change(message, how)]
    said = executor.say(who, verb, *names, b" " + item)
    # RFC 2180 section 4.2: NO where some are gone, and the others are changed or not.
    allowed = {"OK"} if len(there) == len(chosen) else {"OK", "NO"}
    if not executor.await_status(said, allowed, f"3501-6.4.6-{_STORE_RULES[mode]}"):
        _reopen(before)
        return
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
                deviation="no untagged FETCH",
            )


def _reopen(before: Mapping[StoredMessage, list[Flags]]) -> None:
    for message, flags in before.items():
        message.reopen(flags)


def _line(view: SessionView, message: StoredMessage) -> str:
    """What a FETCH response says of a message's flags."""
    number = view.number(message)
    return f": * {number} FETCH (FLAGS {spelt(view.possible(message)[-1])})"


ITEMS = ("FLAGS", "UID", "RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[]", "BODY[]", "BODY.PEEK[TEXT]")


def fetch(
    executor: Executor, who: str, picks: Sequence[int], items: Sequence[int], *, by_uid: bool
) -> None:
    """FETCH and UID FETCH (RFC 3501 section 6.4.5) of items whose values the model knows."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None:
        return
    chosen, names = sequence(executor, who, picks, by_uid=by_uid)
    if not names:
        return
    asked = list(dict.fromkeys(ITEMS[item % len(ITEMS)] for item in items)) or ["FLAGS"]
    there = [message for message in chosen if not message.gone]
    before = {message: message.candidates for message in there}
    if "BODY[]" in asked:
        if b"\\Seen" in executor.fleeting:
            return
        for message in there:
            if view.read_only:
                view.suppose(message, _read)
            else:
                # The answer itself may show the flags as they were before the text was read.
                view.change(message, _read, late=True)
    text = f" ({' '.join(asked)})" if len(asked) > 1 else f" {asked[0]}"
    said = executor.say(who, b"UID FETCH " if by_uid else b"FETCH ", *names, text.encode())
    some_gone = len(there) < len(chosen)
    executor.await_status(said, {"OK", "NO"} if some_gone else {"OK"}, "3501-6.4.5-forms")
    if not said.ok:
        _reopen(before)
        return
    for message in there:
        if "BODY[]" in asked and not view.read_only:
            view.change(message, _read)
        _fetched(view, message, asked, said)


def _read(flags: Flags) -> Flags:
    return flags | {SEEN}


def _fetched(
    view: SessionView, message: StoredMessage, asked: Sequence[str], said: Answered
) -> None:
    """See that everything came that was asked of a message, and is as the model has it."""
    if message not in view.slots:
        return
    number = view.number(message)
    came = [seen for seen in said.fetched if seen.message is message]
    for item in asked:
        key = item.replace(".PEEK", "").encode()
        values = [seen for seen in came if seen.arrival.response.items.get(key) is not None]
        right = _right(message, item)
        if not values:
            raise Disagreement(
                "3501-6.4.5-each" if not came else "3501-6.4.5-forms",
                f"{item} of message {number} did not come",
                expected=[f": * {number} FETCH ({key.decode()} {right or '{*}'})", ": TAG OK"],
                received=str(said.reply),
                deviation=f"nothing {key.decode()}" if came else "no untagged FETCH",
            )
        for seen in values:
            _compare(number, message, item, seen, right)


def _right(message: StoredMessage, item: str) -> str:
    """The value of an item as a pattern; empty where nothing is known."""
    if item == "RFC822.SIZE":
        return f"{len(message.octets)}"
    if item == "INTERNALDATE":
        return f'"{message.date}"' if message.date else ""
    if item.startswith("BODY"):
        return f"{{0x{_octets(message, item).hex()}}}"
    return ""


def _octets(message: StoredMessage, item: str) -> bytes:
    return message.octets.partition(b"\r\n\r\n")[2] if "TEXT" in item else message.octets


_RULES = {
    "RFC822.SIZE": "3501-2.3.1.1-immutable",
    "BODY[]": "3501-6.4.5-whole",
    "BODY.PEEK[]": "3501-6.4.5-whole",
    "BODY.PEEK[TEXT]": "3501-6.4.5-halves",
}


def _compare(number: int, message: StoredMessage, item: str, seen: Observation, right: str) -> None:
    leaf = seen.arrival.response.items.get(item.replace(".PEEK", "").encode())
    if not right or not isinstance(leaf, Leaf):
        return
    if item == "RFC822.SIZE":
        same = leaf.number == len(message.octets)
    elif item == "INTERNALDATE":
        same = instant(leaf.octets) == instant(message.date.encode())
    else:
        same = bytes(leaf.octets) == _octets(message, item)
    if not same:
        raise Disagreement(
            message.dated_by if item == "INTERNALDATE" else _RULES[item],
            f"{item} of message {number} is not that of the message",
            expected=[f": * {number} FETCH ({item.replace('.PEEK', '')} {right})", ": TAG OK"],
            received=seen.arrival.frame.text.decode("latin-1"),
            deviation=of_value(f"{item.replace('.PEEK', '')}: "),
        )


# -- EXPUNGE, CLOSE, NOOP, CHECK, IDLE ------------------------------------------------------


def noop(executor: Executor, who: str) -> None:
    """NOOP (RFC 3501 section 6.1.2)."""
    _do_nothing(executor, who, b"NOOP", "3501-6.1.2-ok")


def check(executor: Executor, who: str) -> None:
    """CHECK (RFC 3501 section 6.4.1)."""
    if executor.views[who].mailbox is not None and not executor.environment.rev2:
        _do_nothing(executor, who, b"CHECK", "3501-6.4.1-ok")


def _do_nothing(executor: Executor, who: str, verb: bytes, rule: str) -> None:
    said = executor.say(who, verb)
    adrift = executor.views[who].adrift
    executor.await_status(said, {"OK", "NO", "BAD"} if adrift else {"OK"}, rule)


def _informed(executor: Executor, who: str) -> bool:
    """Whether the session knows all of the Deleted flags, after a NOOP if that is needed."""
    view = executor.views[who]

    def knows() -> bool:
        return view.settled and all(len(view.truths(m, DELETED)) == 1 for m in view.told)

    if not knows():
        noop(executor, who)
    if view.settled and any(message.unproved for message in view.told):
        executor.say(who, executor.of_all(who), b" FLAGS")
    return knows()


def expunge(executor: Executor, who: str, picks: Sequence[int] | None = None) -> None:
    """EXPUNGE (RFC 3501 section 6.4.3); with `picks` UID EXPUNGE (RFC 4315)."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None:
        return
    names: list[ComposedPiece] = []
    named: list[StoredMessage] | None = None
    if picks is not None:
        named, names = sequence(executor, who, picks, by_uid=True)
        if not names:
            return
    informed = _informed(executor, who)
    if view.untold:
        return  # what is removed before it was told of is never told
    if executor.is_told_uids(who):
        executor.learn_uids(who, view.alive)
    doomed = [
        message
        for message in view.alive
        if True in view.truths(message, DELETED)
        and not view.read_only
        and (named is None or message in named)
    ]
    verb = b"UID EXPUNGE " if names else b"EXPUNGE"
    # Beside another session it is not known who has removed it.
    leaves = "4315-2.1-expunge-others" if names else "3501-6.4.3-removes"
    said = executor.say(
        who,
        verb,
        *names,
        removable=lambda message: message in doomed,
        leaves=IN_STEP if executor.shared(who) else leaves,
    )
    if view.read_only:
        executor.await_status(said, {"OK", "NO", "BAD"}, "3501-6.4.3-read-only")
        return
    # RFC 2180 section 4.1.4: it may fail while others are there.
    allowed = {"OK", "NO"} if executor.shared(who) else {"OK"}
    if not executor.await_status(said, allowed, "3501-6.4.3-removes"):
        return
    left = [message for message in doomed if not message.gone]
    if left and informed:
        number = view.number(left[0])
        raise Disagreement(
            "3501-6.4.3-untagged",
            f"message {number} has the flag Deleted, and no response came that it has gone",
            expected=[f": * {number} EXPUNGE", ": TAG OK"],
            received=str(said.reply),
            deviation="no untagged EXPUNGE",
        )


def close(executor: Executor, who: str) -> None:
    """CLOSE (RFC 3501 section 6.4.2)."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None or not (view.read_only or _informed(executor, who)):
        return
    mailbox = view.mailbox
    doomed = [m for m in mailbox.messages if DELETED in m.flags and not view.read_only]
    said = executor.say(who, b"CLOSE", applies=False)
    rule = "read-only" if view.read_only else "authenticated"
    executor.await_status(said, {"OK"}, f"3501-6.4.2-{rule}")
    view.leave()
    for message in doomed:
        mailbox.remove(message)


def search(executor: Executor, who: str, key: ModelKey, *, by_uid: bool) -> None:
    """SEARCH and UID SEARCH (RFC 3501 section 6.4.4) with keys whose truth the model knows."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None or (b"$" in key.text.encode() and not executor.keywords):
        return
    if by_uid:
        executor.learn_uids(who, view.alive)
    verb = b"UID SEARCH " if by_uid else b"SEARCH "
    # What comes behind the result is newer than the result is.
    known = {m: (view.number(m), key.truths(view, m)) for m in view.alive}
    right = _answer(executor, view, key, by_uid=by_uid)
    said = executor.say(who, verb, key.text.encode())
    executor.await_status(said, {"OK"}, "3501-6.4.4-response")
    answers = said.of("SEARCH")
    if not answers:
        raise Disagreement(
            "3501-6.4.4-response",
            "no SEARCH response came",
            expected=[": * SEARCH ...", ": TAG OK"],
            received=str(said.reply),
            deviation="no untagged SEARCH",
        )
    found = {leaf.number for answer in answers for leaf in answer.response.leaves}
    for message, (position, truths) in known.items():
        number = message.uid if by_uid else position
        if number is not None and (number in found) not in truths:
            what = "is not found" if True in truths else "is found"
            raise Disagreement(
                key.rule,
                f"{key.text}: message {position} {what}",
                expected=[right, ": TAG OK"] if right else [": TAG OK"],
                received=answers[-1].frame.text.decode("latin-1"),
                deviation=of_search(key.rule),
            )


def _answer(executor: Executor, view: SessionView, key: ModelKey, *, by_uid: bool) -> str:
    """The one right answer as a pattern; empty where several are."""
    words = []
    for message in view.alive:
        truths = key.truths(view, message)
        if len(truths) > 1:
            return ""
        if True in truths:
            uid = executor.uid(message).name
            words.append(f"{{{uid}}}" if by_uid else str(view.number(message)))
    return f": * SEARCH {' '.join(words)}".rstrip() if view.settled else ""
