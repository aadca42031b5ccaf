"""CONDSTORE and QRESYNC (RFC 7162) in generated programs.

What mod-sequences are nobody can say beforehand; what is known is how they compare. So each of
these first asks for those of all messages, and holds the server to them: whom CHANGEDSINCE and
SEARCH find, whom UNCHANGEDSINCE refuses, and what has vanished since a client was there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from hypothesis import strategies as st

from conformance.casefile.compose import Named
from conformance.fuzz.executor import Answered, Executor
from conformance.fuzz.on_mailboxes import select
from conformance.fuzz.on_messages import MODES, noop
from conformance.fuzz.operation import BOX, EITHER, PICKS, Operation
from conformance.fuzz.rfc5161 import may_enable
from conformance.fuzz.sets import generated_flags, sequence, upper
from conformance.model.store import Flags, Mailbox, StoredMessage
from conformance.model.view import Disagreement, SessionView
from conformance.syntax.values import Group, Leaf, members
from conformance.wire.dialogue import Arrival

_ADDED_OR_REMOVED = st.sampled_from(("+FLAGS", "-FLAGS"))


@dataclass(frozen=True, slots=True)
class Told:
    """What a session was told of a message: its mod-sequence, and the flags that it had then."""

    value: Named
    flags: Flags

    @property
    def modseq(self) -> int:
        """The mod-sequence."""
        return int(self.value.octets)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A mailbox as a client has left it, who comes back to it with QRESYNC."""

    mailbox: Mailbox
    validity: Named
    highest: Named
    messages: Mapping[StoredMessage, Flags]


@dataclass(slots=True)
class Memory:
    """What the sessions of a program know of mod-sequences."""

    told: dict[tuple[str, StoredMessage], Told] = field(default_factory=dict)
    left: dict[str, Remembered] = field(default_factory=dict)
    """By path."""
    names: int = 0


def _learn(executor: Executor, who: str) -> dict[StoredMessage, Told] | None:
    """Ask for the mod-sequences of all messages; None where not all is known that is needed.

    Raises:
        Disagreement: one is missing, or is what it can not be after what this session was told.
    """
    view, memory = executor.views[who], executor.attached.of(Memory)
    if view.adrift or view.mailbox is None:
        return None
    noop(executor, who)
    if not view.settled or not view.slots:
        return None
    said = executor.say(who, executor.of_all(who), b" (FLAGS MODSEQ)")
    if not executor.await_status(said, {"OK", "BAD"}, "7162-3.1.4.2-item"):
        return None  # a mailbox without mod-sequences (section 3.1.2.2)
    now: dict[StoredMessage, Told] = {}
    for message in view.alive:
        number = view.number(message)
        came = [_modseq(seen.arrival) for seen in said.fetched if seen.message is message]
        value = max((each for each in came if each is not None), default=None)
        if value is None:
            raise _missing("7162-3.1.4.2-item", number, "MODSEQ ({*})", said, "nothing MODSEQ")
        memory.names += 1
        name = f"m{memory.names}"
        kept = f": * {number} FETCH (MODSEQ ({{{name}:atom}}))"
        executor.exchanges[-1].expects.insert(0, executor.as_told(who, kept))
        now[message] = Told(Named(name, b"%d" % value), message.flags)
        if message.settled and message not in view.own:
            _compare(number, memory.told.get((who, message)), now[message])
            memory.told[who, message] = now[message]
    return now


def _modseq(arrival: Arrival) -> int | None:
    value = arrival.response.items.get(b"MODSEQ")
    leaf = value.items[0] if isinstance(value, Group) and value.items else None
    return int(leaf.octets) if isinstance(leaf, Leaf) and leaf.octets.isdigit() else None


def _compare(number: int, before: Told | None, now: Told) -> None:
    """See that a mod-sequence has not fallen, and has changed with the flags."""
    if before is None or now.modseq > before.modseq:
        return
    if now.modseq == before.modseq and now.flags == before.flags:
        return
    fell = now.modseq < before.modseq
    raise Disagreement(
        "7162-3.1-falls" if fell else "7162-3.1-changed",
        f"the mod-sequence of message {number} was {before.modseq}, and is {now.modseq}"
        + ("" if fell else " though its flags have changed"),
        received=f"MODSEQ ({now.modseq})",
        deviation="MODSEQ falls" if fell else "MODSEQ stays as it was",
    )


def _missing(rule: str, number: int, what: str, said: Answered, deviation: str) -> Disagreement:
    return Disagreement(
        rule,
        f"{what.partition(' ')[0]} of message {number} did not come",
        expected=[f": * {number} FETCH ({what})", ": TAG OK"],
        received=str(said.reply),
        deviation=deviation,
    )


def changed_since(executor: Executor, who: str, which: int) -> None:
    """FETCH with CHANGEDSINCE (section 3.1.4.1): those above a mod-sequence, and no others."""
    now = _learn(executor, who)
    if not now:
        return
    view, bound = executor.views[who], list(now.values())[which % len(now)]
    said = executor.say(who, executor.of_all(who), b" (FLAGS) (CHANGEDSINCE ", bound.value, b")")
    executor.await_status(said, {"OK"}, "7162-3.1.4.1-changedsince")
    for message, told in now.items():
        if message not in view.slots:
            continue
        number = view.number(message)
        came = [seen.arrival for seen in said.fetched if seen.message is message]
        if told.modseq > bound.modseq and not came:
            rule = "7162-3.1.4.1-changedsince"
            raise _missing(rule, number, "FLAGS {*}", said, "no untagged FETCH")
        if came and all(_modseq(arrival) is None for arrival in came):
            rule = "7162-3.1.4.1-implicit"
            raise _missing(rule, number, "MODSEQ ({*})", said, "nothing MODSEQ")
        if came and told.modseq <= bound.modseq:
            raise Disagreement(
                "7162-3.1.4.1-changedsince",
                f"message {number} has the mod-sequence {told.modseq}",
                expected=[f"! * {number} FETCH", ": TAG OK"],
                received=came[0].frame.text.decode("latin-1"),
                deviation="an untagged FETCH of what was not changed",
            )


def search_modseq(executor: Executor, who: str, which: int, *, by_uid: bool = False) -> None:
    """SEARCH by MODSEQ (section 3.1.5): those that have it or more, and the highest of them."""
    now = None if executor.environment.rev2 else _learn(executor, who)
    if not now:
        return
    view, bound = executor.views[who], list(now.values())[which % len(now)]
    if by_uid:
        executor.learn_uids(who, list(now))
    there = [m for m, told in now.items() if told.modseq >= bound.modseq and m in view.slots]
    right = {(m.uid if by_uid else view.number(m)) for m in there}
    words = [f"{{{executor.uid(m).name}}}" if by_uid else str(view.number(m)) for m in there]
    highest = max(now[message].modseq for message in there)
    said = executor.say(who, b"UID SEARCH " if by_uid else b"SEARCH ", b"MODSEQ ", bound.value)
    executor.await_status(said, {"OK"}, "7162-3.1.5-search")
    answers = said.of("SEARCH")
    found = {leaf.number for answer in answers for leaf in answer.response.leaves}
    if found != right:
        raise Disagreement(
            "7162-3.1.5-search",
            f"SEARCH MODSEQ {bound.modseq} finds other messages than have it",
            expected=[f": * SEARCH {' '.join(words)}", ": TAG OK"],
            received=str(answers[-1].frame.text if answers else said.reply),
            deviation="other messages are found",
        )
    told = [_highest_of(answer) for answer in answers]
    if told[-1] != highest:
        raise Disagreement(
            "7162-3.1.5-highest",
            f"the highest mod-sequence of what was found is {highest}",
            received=answers[-1].frame.text.decode("latin-1"),
            deviation="another MODSEQ" if told[-1] else "nothing MODSEQ",
        )


def _highest_of(answer: Arrival) -> int | None:
    first = answer.response.values[0]
    items = first.items if isinstance(first, Group) else ()
    for group in items:
        if isinstance(group, Group) and len(group.items) == 2:
            leaf = group.items[1]
            return int(leaf.octets) if isinstance(leaf, Leaf) and leaf.octets.isdigit() else None
    return None


def unchanged_since(
    executor: Executor,
    who: str,
    picks: Sequence[int],
    mode: str,
    flags: Sequence[int],
    *,
    stale: bool,
    by_uid: bool,
) -> None:
    """STORE with UNCHANGEDSINCE (section 3.1.3), by what the session knows now or knew before.

    `stale`: all flags are replaced by the mod-sequence that a message had before its flags were
    changed: this message has to fail. Of +FLAGS and -FLAGS servers may know better (3.1.12).
    """
    view = executor.views[who]
    before = dict(executor.attached.of(Memory).told)
    now = None if view.read_only else _learn(executor, who)
    if not now:
        return
    changed = {
        message: before[who, message]
        for message, told in now.items()
        if (who, message) in before and before[who, message].flags != told.flags
    }
    given = [flag for flag in generated_flags(executor, flags) if flag.startswith(b"\\")]
    chosen, names = sequence(executor, who, picks, by_uid=by_uid, gone=False)
    bound = max((now[m] for m in chosen if m in now), key=lambda t: t.modseq, default=None)
    due: StoredMessage | None = None
    if stale:
        due = next((message for message in chosen if message in changed), None)
        if due is None:
            return
        bound, mode = changed[due], "FLAGS"
    if not names or not given or bound is None or any(m not in now for m in chosen):
        return
    said = executor.say(
        who,
        b"UID STORE " if by_uid else b"STORE ",
        *names,
        b" (UNCHANGEDSINCE ",
        bound.value,
        b") " + mode.encode() + b".SILENT (" + b" ".join(given) + b")",
        applies=False,
    )
    failed = _failed(view, chosen, said, by_uid=by_uid)
    executor.await_status(said, {"OK", "NO"} if failed else {"OK"}, "7162-3.1.3-performed")
    for message in chosen:
        _see_test(view, message, now[message], bound, failed, said, due=message is due)
    how = partial(MODES[mode], given=upper(given))
    done = [message for message in chosen if message not in failed]
    sure = [message for message in done if view.change(message, how)]
    executor.take(who, said)
    for message in sure:
        if message in view.slots:
            _see_new(view.number(message), message, now[message], said)


def _failed(
    view: SessionView, chosen: Sequence[StoredMessage], said: Answered, *, by_uid: bool
) -> list[StoredMessage]:
    """Return the messages that MODIFIED names; whoever is named there was in the set."""
    code = said.reply.tagged.response.code if said.reply.tagged else None
    if code is None or code.name != "MODIFIED":
        return []
    leaf = code.values[0] if code.values else None
    named = (members(leaf.octets) if isinstance(leaf, Leaf) else None) or frozenset()
    by_name = {(m.uid if by_uid else view.number(m)): m for m in chosen}
    strange = sorted(named - by_name.keys())
    if strange or not named:
        raise Disagreement(
            "7162-3.1.3-modified-set",
            f"MODIFIED names {strange[0]}, which the command does not"
            if strange
            else "MODIFIED names nothing",
            received=str(said.reply),
            deviation="MODIFIED with other messages",
        )
    return [message for name, message in by_name.items() if name in named]


def _see_test(
    view: SessionView,
    message: StoredMessage,
    told: Told,
    bound: Told,
    failed: Sequence[StoredMessage],
    said: Answered,
    *,
    due: bool,
) -> None:
    """See that a message has passed or failed the test as it has to."""
    number = view.number(message)
    if message in failed and told.modseq <= bound.modseq:
        rule, what = "7162-3.1.3-performed", "fails"
    elif due and message not in failed:
        rule, what = "7162-3.1.3-refused", "passes"
    else:
        return
    raise Disagreement(
        rule,
        f"message {number} has the mod-sequence {told.modseq} and {what} the test for"
        f" {bound.modseq}",
        received=str(said.reply),
        deviation=f"a message {what} the test",
    )


def _see_new(number: int, message: StoredMessage, told: Told, said: Answered) -> None:
    """See that the new mod-sequence of a message that was changed has come, and is higher."""
    came = [_modseq(seen.arrival) for seen in said.fetched if seen.message is message]
    values = [value for value in came if value is not None]
    if not values:
        rule = "7162-3.1.3-untagged"
        raise _missing(rule, number, "MODSEQ ({*})", said, "no untagged FETCH")
    if max(values) <= told.modseq:
        raise Disagreement(
            "7162-3.1.3-updated",
            f"message {number} was changed, and has the mod-sequence {told.modseq} still",
            received=str(said.reply),
            deviation="MODSEQ stays as it was",
        )


# -- QRESYNC ---------------------------------------------------------------------------------


def remember(executor: Executor, who: str, path: str) -> None:
    """Have a client open a mailbox, and remember what it needs to come back to it."""
    if select(executor, who, path) is None:
        return
    opened, memory = executor.exchanges[-1], executor.attached.of(Memory)
    now = _learn(executor, who)
    view = executor.views[who]
    mailbox = view.mailbox
    if not now or mailbox is None or mailbox.uidvalidity is None:
        return
    executor.learn_uids(who, list(now))
    if view.settled and all(message.settled for message in now):
        memory.names += 1
        name = f"v{memory.names}"
        opened.expects.insert(0, f": * OK [UIDVALIDITY {{{name}:nz_number}}]")
        validity = Named(name, b"%d" % mailbox.uidvalidity)
        highest = max(now.values(), key=lambda told: told.modseq).value
        flags = {message: told.flags for message, told in now.items()}
        memory.left[path] = Remembered(mailbox, validity, highest, flags)


def resynchronize(executor: Executor, who: str, path: str) -> None:
    """SELECT with QRESYNC (section 3.2.5): what has vanished since, and what has changed.

    ENABLE comes before it, where it may.
    """
    left = executor.attached.of(Memory).left.get(path)
    view = executor.views[who]
    if left is None or executor.mailbox(path) is not left.mailbox:
        return
    if left.mailbox.uidvalidity != int(left.validity.octets):
        return
    if "QRESYNC" not in executor.connect(who).dialogue.enabled:
        if not may_enable(executor, who):
            return
        said = executor.say(who, b"ENABLE QRESYNC", applies=False)
        executor.await_status(said, {"OK"}, "7162-3.2.3-enable")
    parameter = (b" (QRESYNC (", left.validity, b" ", left.highest, b"))")
    answered = select(executor, who, path, parameter=parameter)
    if answered is None:
        return
    vanished = _earlier(answered)
    for message in left.messages:
        if message.uid is None or message.gone is (message.uid in vanished):
            continue
        gone = message.gone
        raise Disagreement(
            "7162-3.2.5.1-vanished" if gone else "7162-3.2.6-set",
            f"the message with UID {message.uid} is {'gone' if gone else 'there'}, and is "
            + ("not " if gone else "")
            + "told as vanished",
            expected=[": * VANISHED (EARLIER) {*}", ": TAG OK"],
            received=str(answered.reply),
            deviation="no VANISHED (EARLIER)" if gone else "VANISHED (EARLIER) of what is there",
        )
    executor.take(who, answered)
    shown = {seen.message for seen in answered.fetched if seen.arrival.response.flags() is not None}
    for message, flags in left.messages.items():
        if message.gone or not message.settled or message.flags == flags or message in shown:
            continue
        rule, number = "7162-3.2.5.1-flags", view.number(message)
        raise _missing(rule, number, "FLAGS {*}", answered, "no untagged FETCH")


def _earlier(said: Answered) -> frozenset[int]:
    """Return the UIDs that VANISHED (EARLIER) names."""
    found: set[int] = set()
    for arrival in said.of("VANISHED"):
        found |= members(arrival.frame.text.rstrip().rpartition(b" ")[2]) or frozenset()
    return frozenset(found)


_WHICH = st.integers(0, 5)

OPERATIONS = (
    Operation("changed since", changed_since, {"which": _WHICH}, needs="CONDSTORE"),
    Operation(
        "search modseq", search_modseq, {"which": _WHICH, "by_uid": EITHER}, needs="CONDSTORE"
    ),
    Operation(
        "unchanged since",
        unchanged_since,
        {
            "picks": PICKS,
            "mode": _ADDED_OR_REMOVED,
            "flags": PICKS,
            "stale": EITHER,
            "by_uid": EITHER,
        },
        needs="CONDSTORE",
    ),
    Operation(
        "remember", remember, {"path": BOX}, needs="QRESYNC", selected=False, then="selected"
    ),
    Operation("resynchronize", resynchronize, {"path": BOX}, needs="QRESYNC", selected=False),
)
