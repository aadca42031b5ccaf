"""Commands that ask, as programs use them: FETCH and SEARCH, and what the model says they answer.

As in `on_messages`: numbers that were drawn choose, and what the RFC leaves open stays open.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.fuzz.chosen import name_some
from conformance.fuzz.conduct import Conduct, Said, Seen
from conformance.model.search import Key
from conformance.model.store import SEEN, Message
from conformance.model.view import Disagreement, View
from conformance.syntax.values import Leaf, instant

ITEMS = ("FLAGS", "UID", "RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[]", "BODY[]", "BODY.PEEK[TEXT]")


def fetch(
    conduct: Conduct, who: str, picks: Sequence[int], items: Sequence[int], *, by_uid: bool
) -> None:
    """FETCH and UID FETCH (RFC 3501 section 6.4.5) of items whose values the model knows."""
    view = conduct.views[who]
    chosen, names = name_some(conduct, who, picks, by_uid=by_uid)
    if not names:
        return
    asked = list(dict.fromkeys(ITEMS[item % len(ITEMS)] for item in items)) or ["FLAGS"]
    there = [message for message in chosen if not message.gone]
    if "BODY[]" in asked and not view.read_only:
        for message in there:
            view.change(message, lambda old: old | {SEEN})
    text = f" ({' '.join(asked)})" if len(asked) > 1 else f" {asked[0]}"
    said = conduct.say(who, b"UID FETCH " if by_uid else b"FETCH ", *names, text.encode())
    some_gone = len(there) < len(chosen)
    conduct.await_status(said, {"OK", "NO"} if some_gone else {"OK"}, "3501-6.4.5-forms")
    if not said.ok:
        return
    for message in there:
        _fetched(view, message, asked, said)


def _fetched(view: View, message: Message, asked: Sequence[str], said: Said) -> None:
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
                expected=[f": * {number} FETCH ({key.decode()} {right or '{*}'} ...)", ": TAG OK"],
                received=str(said.reply),
            )
        for seen in values:
            _compare(number, message, item, seen, right)


def _right(message: Message, item: str) -> str:
    """The value of an item as a pattern; empty where nothing is known."""
    if item == "RFC822.SIZE":
        return f"{len(message.octets)}"
    if item == "INTERNALDATE":
        return f'"{message.date}"' if message.date else ""
    if item.startswith("BODY"):
        return f"{{0x{_octets(message, item).hex()}}}"
    return ""


def _octets(message: Message, item: str) -> bytes:
    return message.octets.partition(b"\r\n\r\n")[2] if "TEXT" in item else message.octets


_RULES = {
    "RFC822.SIZE": "3501-2.3.1.1-immutable",
    "INTERNALDATE": "3501-6.4.5-internaldate",
    "BODY[]": "3501-6.4.5-whole",
    "BODY.PEEK[]": "3501-6.4.5-whole",
    "BODY.PEEK[TEXT]": "3501-6.4.5-halves",
}


def _compare(number: int, message: Message, item: str, seen: Seen, right: str) -> None:
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
            _RULES[item],
            f"{item} of message {number} is not that of the message",
            expected=[f": * {number} FETCH ({item.replace('.PEEK', '')} {right} ...)", ": TAG OK"],
            received=seen.arrival.frame.text.decode("latin-1"),
        )


def search(conduct: Conduct, who: str, key: Key, *, by_uid: bool) -> None:
    """SEARCH and UID SEARCH (RFC 3501 section 6.4.4) with keys whose truth the model knows."""
    view = conduct.views[who]
    if view.adrift or view.mailbox is None or (b"$" in key.text.encode() and not conduct.keywords):
        return
    if by_uid:
        conduct.learn_uids(who, view.alive)
    verb = b"UID SEARCH " if by_uid else b"SEARCH "
    known = {message: view.number(message) for message in view.alive}
    said = conduct.say(who, verb, key.text.encode())
    conduct.await_status(said, {"OK"}, "3501-6.4.4-response")
    answers = said.of("SEARCH")
    if not answers:
        raise Disagreement(
            "3501-6.4.4-response",
            "no SEARCH response came",
            expected=[": * SEARCH ...", ": TAG OK"],
            received=str(said.reply),
        )
    found = {leaf.number for answer in answers for leaf in answer.response.leaves}
    for message, position in known.items():
        truths = key.truths(view, message)
        number = message.uid if by_uid else position
        if number is not None and (number in found) not in truths:
            what = "is not found" if True in truths else "is found"
            right = _answer(conduct, view, key, by_uid=by_uid)
            raise Disagreement(
                key.rule,
                f"{key.text}: message {position} {what}",
                expected=[right, ": TAG OK"] if right else [": TAG OK"],
                received=answers[-1].frame.text.decode("latin-1"),
            )


def _answer(conduct: Conduct, view: View, key: Key, *, by_uid: bool) -> str:
    """The one right answer as a pattern; empty where several are."""
    words = []
    for message in view.alive:
        truths = key.truths(view, message)
        if len(truths) > 1:
            return ""
        if True in truths:
            uid = conduct.uid(message).name
            words.append(f"{{{uid}}}" if by_uid else str(view.number(message)))
    return f": * SEARCH {' '.join(words)}".rstrip() if view.settled else ""
