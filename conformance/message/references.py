"""The threads of REFERENCES (RFC 5256 section 3), in its six steps, and those of REFS.

REFS (draft-ietf-morg-inthread section 4, which became no RFC) is REFERENCES without subjects, and
with the thread last that a message has arrived in last.

The RFC does not say in which order messages are linked, and in rare cases that shows: where a
message is said to have another parent than it says itself. What comes of either order is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from conformance.message.threads import Thread, ThreadedMessage


class ThreadNode:
    """A message in the making of threads; without `message` it is a dummy."""

    def __init__(
        self, message: ThreadedMessage | None = None, children: Iterable[ThreadNode] = ()
    ) -> None:
        self.message = message
        self.parent: ThreadNode | None = None
        self.children: list[ThreadNode] = []
        for child in children:
            child.move_to(self)

    def move_to(self, parent: ThreadNode | None) -> None:
        """Break the link to the parent and make another; None is none."""
        if self.parent is not None:
            self.parent.children.remove(self)
        self.parent = parent
        if parent is not None:
            parent.children.append(self)

    def is_within(self, other: ThreadNode) -> bool:
        """Whether this is `other` or a descendant of it."""
        node: ThreadNode | None = self
        while node is not None and node is not other:
            node = node.parent
        return node is other

    @property
    def first(self) -> ThreadedMessage:
        """The message itself; of a dummy, which has children when it is asked, its first child."""
        node = self
        while node.message is None:
            node = node.children[0]
        return node.message

    @property
    def age(self) -> tuple[datetime, int]:
        """What it is sorted by among its siblings."""
        return self.first.age

    @property
    def latest(self) -> datetime:
        """When the last message of this and its descendants arrived.

        Raises:
            ValueError: it is not known when one of them arrived.
        """
        dates = [child.latest for child in self.children]
        if self.message is not None:
            if self.message.arrived is None:
                raise ValueError("the internal date of a message is not known")
            dates.append(self.message.arrived)
        return max(dates)

    @property
    def answers(self) -> bool:
        """Whether it is a reply or forward; no dummy is."""
        return self.message is not None and self.message.answers

    def thread(self) -> Thread:
        """Return what has come of it."""
        number = self.message.number if self.message else None
        return Thread(number, tuple(child.thread() for child in self.children))


def by_references(messages: Sequence[ThreadedMessage]) -> list[tuple[Thread, ...]]:
    """Thread by REFERENCES; several answers where the order of linking shows."""
    found: list[tuple[Thread, ...]] = []
    for order in (list(messages), list(reversed(messages))):
        root = _pruned(_linked(messages, order))  # steps 1 to 3
        _sort(root)  # step 4
        root = _gathered(root)  # step 5
        _sort(root)  # step 6
        threads = tuple(node.thread() for node in root)
        if threads not in found:
            found.append(threads)
    return found


def by_refs(messages: Sequence[ThreadedMessage]) -> list[tuple[Thread, ...]]:
    """Thread by REFS; several answers where the order of linking shows.

    Raises:
        ValueError: it is not known, or left open, which thread is the last to have grown.
    """
    found: list[tuple[Thread, ...]] = []
    for order in (list(messages), list(reversed(messages))):
        root = _pruned(_linked(messages, order))  # steps 1 to 3
        _sort(root)  # step 6, for those within a thread
        latest = [node.latest for node in root]
        if len(set(latest)) < len(latest):
            raise ValueError("the draft leaves open in which order threads of one date come")
        root.sort(key=lambda node: node.latest)  # in the place of step 4
        threads = tuple(node.thread() for node in root)
        if threads not in found:
            found.append(threads)
    return found


def _linked(
    messages: Sequence[ThreadedMessage], order: Sequence[ThreadedMessage]
) -> list[ThreadNode]:
    """Link all messages (steps 1 and 2); return those that have no parents."""
    by_id: dict[bytes, ThreadNode] = {}
    nodes: list[tuple[ThreadedMessage, ThreadNode]] = []
    for message in messages:
        node = ThreadNode(message)
        nodes.append((message, node))
        if message.identity is not None:
            by_id.setdefault(message.identity, node)
    of = {id(message): node for message, node in nodes}

    def named(identity: bytes) -> ThreadNode:
        if identity not in by_id:
            by_id[identity] = ThreadNode()
        return by_id[identity]

    for message in order:
        chain = [named(identity) for identity in message.references]
        for parent, child in pairwise(chain):
            if child.parent is None and not parent.is_within(child):
                child.move_to(parent)
        node = of[id(message)]
        node.move_to(None)
        if chain and not chain[-1].is_within(node):
            node.move_to(chain[-1])
    return [n for n in _distinct([*by_id.values(), *(n for _, n in nodes)]) if n.parent is None]


def _distinct(nodes: Iterable[ThreadNode]) -> Iterator[ThreadNode]:
    seen: set[int] = set()
    for node in nodes:
        if id(node) not in seen:
            seen.add(id(node))
            yield node


def _pruned(root: list[ThreadNode]) -> list[ThreadNode]:
    """Take out dummies (step 3), but for those that hold threads together."""
    kept: list[ThreadNode] = []
    for node in root:
        _prune_below(node)
        if node.message is None and len(node.children) <= 1:
            kept += node.children
        else:
            kept.append(node)
    for node in kept:
        node.parent = None
    return kept


def _prune_below(node: ThreadNode) -> None:
    for child in list(node.children):
        _prune_below(child)
    children: list[ThreadNode] = []
    for child in node.children:
        children += child.children if child.message is None else [child]
    for child in children:
        child.parent = node
    node.children = children


def _sort(nodes: list[ThreadNode]) -> None:
    """Sort siblings by sent date, the youngest generation first."""
    for node in nodes:
        _sort(node.children)
    nodes.sort(key=lambda node: node.age)


def _gathered(root: list[ThreadNode]) -> list[ThreadNode]:
    """Join threads of one base subject (step 5)."""
    table: dict[bytes, ThreadNode] = {}
    for node in root:
        subject = node.first.subject
        if not subject:
            continue
        other = table.setdefault(subject, node)
        if other.message is not None and (
            node.message is None or (other.answers and not node.answers)
        ):
            table[subject] = node
    kept = list(root)
    for node in root:
        subject = node.first.subject
        other = table.get(subject, node)
        if other is node or node.parent is not None:
            continue
        kept.remove(node)
        if other.message is None:
            for child in list(node.children) if node.message is None else [node]:
                child.move_to(other)
        elif node.answers and not other.answers:
            node.move_to(other)
        else:
            kept.remove(other)
            table[subject] = dummy = ThreadNode(None, [other, node])
            kept.append(dummy)
    return kept
