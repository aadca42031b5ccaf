"""Commands on mailboxes and subscriptions, as programs use them.

As in `on_messages`: numbers that were generated choose, and what the RFC leaves open stays open.
What a name that is only a level of the hierarchy does is asked of scripted cases, not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from conformance.casefile.compose import ComposedPiece
from conformance.fuzz.executor import FLAGS, HOME, Answered, Executor
from conformance.model.store import SEEN, Mailbox, below
from conformance.model.view import Disagreement
from conformance.syntax.values import Group, Leaf
from conformance.wire.dialogue import Arrival

PATHS = (HOME, "b", "c", f"{HOME}/x", "b/x")
"""The names that programs use."""


def is_level(executor: Executor, path: str) -> bool:
    """Whether a name is no mailbox, and mailboxes are below it."""
    return path not in executor.store.mailboxes and bool(executor.store.children(path))


def select(
    executor: Executor,
    who: str,
    path: str,
    *,
    examine: bool = False,
    parameter: Sequence[ComposedPiece] = (),
) -> Answered | None:
    """SELECT and EXAMINE (RFC 3501 sections 6.3.1 and 6.3.2); return what came if it succeeded.

    `parameter` is what an extension puts behind the name.
    """
    verb, section = (b"EXAMINE ", "6.3.2") if examine else (b"SELECT ", "6.3.1")
    mailbox, view = executor.mailbox(path), executor.views[who]
    said = executor.say(who, verb, executor.name(path), *parameter, applies=False)
    view.leave()
    if mailbox is None:
        executor.await_status(said, {"NO"}, f"3501-{section}-nonexistent")
        return None
    executor.await_status(said, {"OK"}, "3501-6.3.1-selected")
    counts = [a.response.count for a in said.of("EXISTS") if a.response.count is not None]
    if not counts:
        raise Disagreement(
            "3501-6.3.1-exists",
            "no EXISTS came with the answer",
            expected=[f": * {len(mailbox.messages)} EXISTS", ": TAG OK"],
            received=str(said.reply),
            deviation="no untagged EXISTS",
        )
    _codes(executor, mailbox, said, read_only=examine)
    view.select(mailbox, counts[-1], read_only=examine)
    return said


def _codes(executor: Executor, mailbox: Mailbox, said: Answered, *, read_only: bool) -> None:
    for arrival in said.of("OK"):
        code = arrival.response.code
        if code is None or not code.values:
            continue
        value = code.values[0]
        number = value.number if isinstance(value, Leaf) else None
        if code.name == "PERMANENTFLAGS" and isinstance(value, Group):
            flags = {bytes(leaf.octets) for leaf in value.items if isinstance(leaf, Leaf)}
            if b"\\*" in flags:
                executor.keywords.add(b"\\*")
            if not read_only:
                lasting = {flag.upper() for flag in flags}
                executor.fleeting |= {flag for flag in FLAGS if flag.upper() not in lasting}
        elif code.name == "UIDVALIDITY" and number is not None:
            _validity(mailbox, number)
        elif code.name == "UIDNEXT" and number is not None:
            _next(executor, mailbox, number)


def _validity(mailbox: Mailbox, number: int) -> None:
    if mailbox.uidvalidity not in (None, number):
        raise Disagreement(
            "3501-2.3.1.1-persistent",
            f"UIDVALIDITY was {mailbox.uidvalidity}",
            expected=[f": * OK [UIDVALIDITY {mailbox.uidvalidity}]", ": TAG OK"],
            received=f"UIDVALIDITY {number}",
            deviation="another UIDVALIDITY",
        )
    mailbox.uidvalidity = number


def _next(executor: Executor, mailbox: Mailbox, number: int) -> None:
    if number <= mailbox.highest:
        raise Disagreement(
            "3501-2.3.1.1-uidnext-falls",
            f"UIDNEXT is {number}, and a message has the UID {mailbox.highest}",
            received=f"UIDNEXT {number}",
            deviation="UIDNEXT too low",
        )
    for validity, highest in executor.store.past.get(mailbox.path, ()):
        # The next UID will be UIDNEXT or higher; a lower one may be in use already.
        if validity == mailbox.uidvalidity and number <= highest:
            raise Disagreement(
                "3501-6.3.3-uids",
                f"an earlier mailbox of this name had UIDs up to {highest} under the same "
                f"UIDVALIDITY, and UIDNEXT is {number}",
                received=f"UIDNEXT {number}, UIDVALIDITY {validity}",
                deviation="UIDs of an earlier mailbox again",
            )


def create(executor: Executor, who: str, path: str) -> None:
    """CREATE (RFC 3501 section 6.3.3); a child only below a mailbox that exists."""
    parent = path.rpartition("/")[0]
    if parent and (not executor.environment.features.hierarchy or executor.mailbox(parent) is None):
        return
    exists, level = path in executor.store.mailboxes, is_level(executor, path)
    said = executor.say(who, b"CREATE ", executor.name(path))
    if exists:
        executor.await_status(said, {"NO"}, "3501-6.3.3-extant", "it exists")
        return
    # RFC 2180 section 3.2: a name is not free while somebody has its old mailbox selected.
    allowed = {"OK", "NO"} if level or executor.held(path) else {"OK"}
    if executor.await_status(said, allowed, "3501-6.3.3-created"):
        executor.store.create(path)


def delete(executor: Executor, who: str, path: str) -> None:
    """DELETE (RFC 3501 section 6.3.4); refused or not where somebody has it selected."""
    if is_level(executor, path):
        return
    mailbox = executor.mailbox(path)
    said = executor.say(who, b"DELETE ", executor.name(path), applies=False)
    if mailbox is None:
        executor.take(who, said)
        executor.await_status(said, {"NO"}, "3501-6.3.4-nonexistent", "it does not exist")
        return
    used = any(view.mailbox is mailbox for view in executor.views.values())
    open_ = used or bool(executor.store.children(path))
    if executor.await_status(said, {"OK", "NO"} if open_ else {"OK"}, "3501-6.3.4-deleted"):
        _set_adrift(executor, path, children=False)
        executor.store.delete(path)
    executor.take(who, said)


def rename(executor: Executor, who: str, path: str, to: str) -> None:
    """RENAME (RFC 3501 section 6.3.5) to a name on the same level."""
    if is_level(executor, path) or is_level(executor, to) or below(to, path) or below(path, to):
        return
    parent = to.rpartition("/")[0]
    if parent and (not executor.environment.features.hierarchy or executor.mailbox(parent) is None):
        return
    mailbox, taken = executor.mailbox(path), executor.mailbox(to) is not None
    said = executor.say(
        who, b"RENAME ", executor.name(path), b" ", executor.name(to), applies=False
    )
    if mailbox is None or taken:
        executor.take(who, said)
        rule = "3501-6.3.5-nonexistent" if mailbox is None else "3501-6.3.5-extant"
        executor.await_status(said, {"NO"}, rule)
        return
    used = any(view.mailbox is not None for view in executor.views.values())
    if executor.await_status(said, {"OK", "NO"} if used else {"OK"}, "3501-6.3.5-renamed"):
        _set_adrift(executor, path, children=True)
        for child in executor.store.children(path):
            executor.name(to + child[len(path) :])
        executor.store.rename(path, to)
        executor.doubtful |= {name for name in executor.named if _moved(name, path, to)}
    executor.take(who, said)


def _moved(name: str, path: str, to: str) -> bool:
    return any(name == each or below(name, each) for each in (path, to))


def _set_adrift(executor: Executor, path: str, *, children: bool) -> None:
    for view in executor.views.values():
        if view.mailbox is not None:
            name = view.mailbox.path
            view.adrift = view.adrift or name == path or (children and below(name, path))


def subscribe(executor: Executor, who: str, path: str) -> None:
    """SUBSCRIBE (RFC 3501 section 6.3.6); a server may refuse names that do not exist."""
    said = executor.say(who, b"SUBSCRIBE ", executor.name(path))
    allowed = {"OK"} if executor.mailbox(path) else {"OK", "NO"}
    if executor.await_status(said, allowed, "3501-6.3.6-subscribed"):
        executor.store.subscribed.add(path)
        executor.doubtful.discard(path)


def unsubscribe(executor: Executor, who: str, path: str) -> None:
    """UNSUBSCRIBE (RFC 3501 section 6.3.7)."""
    said = executor.say(who, b"UNSUBSCRIBE ", executor.name(path))
    known = path in executor.store.subscribed and path not in executor.doubtful
    if executor.await_status(said, {"OK"} if known else {"OK", "NO"}, "3501-6.3.7-unsubscribed"):
        executor.store.subscribed.discard(path)
        executor.doubtful.discard(path)


def list_(executor: Executor, who: str, *, pattern: str = "*") -> None:
    """LIST of all names of the program, or with `%` of those on the first level (section 6.3.8)."""

    def ask() -> Answered:
        said = executor.say(who, b'LIST "" ', executor.bare(), pattern.encode())
        executor.await_status(said, {"OK"}, "3501-6.3.8-names")
        return said

    said = ask()
    listed = _listed(executor, said, "LIST")
    for path in executor.store.mailboxes:
        if path not in listed and (pattern == "*" or "/" not in path):
            raise Disagreement(
                "3501-6.3.8-names",
                f"{path} exists and is not listed",
                expected=[
                    f": * LIST (...) {{delim}} {{{executor.name(path).name}}}",
                    ": TAG OK",
                ],
                received=str(said.reply),
                deviation="a name is missing",
            )
    _see_more_than_news(
        executor,
        listed,
        lambda: _listed(executor, ask(), "LIST"),
        lambda names: _too_many(executor, who, names, pattern),
    )


def _see_more_than_news(
    executor: Executor,
    listed: Mapping[str, Arrival],
    again: Callable[[], Mapping[str, Arrival]],
    judge: Callable[[Mapping[str, Arrival]], Disagreement | None],
) -> None:
    """Raise what is wrong with names that are listed.

    Under IMAP4rev2 one may be news instead, of what another session has done (RFC 9051 section
    6.3.4); but news is told once, so it is asked again.
    """
    wrong = judge(listed)
    if wrong is not None and executor.environment.rev2:
        wrong = judge(again())
    if wrong is not None:
        raise wrong


def _too_many(
    executor: Executor, who: str, listed: Mapping[str, Arrival], pattern: str
) -> Disagreement | None:
    """Return what is wrong with a name that is listed, None if nothing is."""
    for path, arrival in listed.items():
        if pattern == "%" and "/" in path:
            why = "is below what % matches"
            return _listed_wrongly(executor, path, arrival, "3501-6.3.8-percent", why)
        gone = path not in executor.store.mailboxes and not executor.store.children(path)
        # Who has it selected may still see it (RFC 2180 section 3.2).
        if gone and not executor.held(path, who) and not is_unselectable(arrival):
            return _listed_wrongly(executor, path, arrival, "3501-6.3.8-names", "does not exist")
    return None


def _listed_wrongly(
    executor: Executor, path: str, arrival: Arrival, requirement: str, why: str
) -> Disagreement:
    placeholder = executor.name(path).name
    return Disagreement(
        requirement,
        f"{path} {why} and is listed",
        expected=[": TAG OK", f"! * LIST (...) {{delim}} {{{placeholder}}}"],
        received=arrival.frame.text.decode("latin-1"),
        deviation="a name too many",
    )


def is_unselectable(arrival: Arrival) -> bool:
    """Whether a LIST response says that its name is no mailbox."""
    first = arrival.response.values[0] if arrival.response.values else None
    flags = first.items if isinstance(first, Group) else ()
    words = {bytes(leaf.octets).upper() for leaf in flags if isinstance(leaf, Leaf)}
    return bool(words & {b"\\NOSELECT", b"\\NONEXISTENT"})


def _listed(executor: Executor, said: Answered, name: str) -> dict[str, Arrival]:
    found: dict[str, Arrival] = {}
    for arrival in said.of(name):
        path = executor.path_of(arrival.response.mailbox or b"")
        if path is not None:
            found[path] = arrival
    return found


def lsub(executor: Executor, who: str) -> None:
    """LSUB of all names of the program (RFC 3501 section 6.3.9), or LIST (SUBSCRIBED) instead."""
    rev2 = executor.environment.rev2
    verb = "LIST" if rev2 else "LSUB"
    start = b'LIST (SUBSCRIBED) "" ' if rev2 else b'LSUB "" '
    rule = "9051-6.3.9.1-subscribed" if rev2 else "3501-6.3.9-declared"

    def ask() -> Answered:
        said = executor.say(who, start, executor.bare(), b"*")
        executor.await_status(said, {"OK"}, rule)
        return said

    said = ask()
    listed = _listed(executor, said, verb)
    for path in sorted(executor.store.subscribed - set(listed) - executor.doubtful):
        if path not in executor.store.mailboxes:
            continue  # what LSUB returns is a subset of the list: such a name may stay out of it
        raise Disagreement(
            "3501-6.3.6-subscribed",
            f"{path} was subscribed and {verb} does not return it",
            expected=[f": * {verb} (...) {{delim}} {{{executor.name(path).name}}}", ": TAG OK"],
            received=str(said.reply),
            deviation="a name is missing",
        )
    _see_more_than_news(
        executor,
        listed,
        lambda: _listed(executor, ask(), verb),
        lambda names: _not_subscribed(executor, names, verb, rule),
    )


def _not_subscribed(
    executor: Executor, listed: Mapping[str, Arrival], verb: str, rule: str
) -> Disagreement | None:
    for path in sorted(set(listed) - executor.store.subscribed - executor.doubtful):
        above = any(below(name, path) for name in executor.store.subscribed | executor.doubtful)
        if not above:
            return Disagreement(
                rule,
                f"{path} is not subscribed and {verb} returns it",
                expected=[": TAG OK", f"! * {verb} (...) {{delim}} {{{executor.name(path).name}}}"],
                received=listed[path].frame.text.decode("latin-1"),
                deviation="a name too many",
            )
    return None


def status(executor: Executor, who: str, path: str) -> None:
    """STATUS (RFC 3501 section 6.3.10) of a mailbox that the session has not selected."""
    mailbox = executor.mailbox(path)
    view = executor.views[who]
    if view.adrift or (view.mailbox is not None and view.mailbox is mailbox):
        return
    if is_level(executor, path):
        return
    name = executor.name(path)
    said = executor.say(who, b"STATUS ", name, b" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)")
    if mailbox is None:
        executor.await_status(said, {"NO"}, "3501-6.3.10-nonexistent")
        return
    executor.await_status(said, {"OK"}, "3501-6.3.10-response")
    answers = said.of("STATUS")
    if not answers:
        raise Disagreement(
            "3501-6.3.10-response",
            "no STATUS response came",
            expected=[f": * STATUS {{{name.name}}} (...)", ": TAG OK"],
            received=str(said.reply),
            deviation="no untagged STATUS",
        )
    items = answers[-1].response

    def number(key: bytes) -> int | None:
        leaf = items.item(key)
        return leaf.number if leaf else None

    counts = {"MESSAGES": (len(mailbox.messages), "3501-6.3.10-messages")}
    if all(message.settled for message in mailbox.messages):
        unseen = sum(SEEN not in message.flags for message in mailbox.messages)
        counts["UNSEEN"] = (unseen, "3501-6.3.10-unseen")
    for key, (right, rule) in counts.items():
        if number(key.encode()) != right:
            raise Disagreement(
                rule,
                f"{key} of {path} is {number(key.encode())}, and it has {right}",
                expected=[f": * STATUS {{{name.name}}} ({key} {right} ...)", ": TAG OK"],
                received=answers[-1].frame.text.decode("latin-1"),
                deviation=f"another {key}",
            )
    validity, following = number(b"UIDVALIDITY"), number(b"UIDNEXT")
    if validity is not None:
        _validity(mailbox, validity)
    if following is not None:
        _next(executor, mailbox, following)
