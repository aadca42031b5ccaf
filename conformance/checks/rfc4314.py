"""ACL (RFC 4314): rights that go together, and the answer to LISTRIGHTS.

A server that announces no RIGHTS= keeps to RFC 2086, and is left alone.
"""

from __future__ import annotations

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.syntax.values import Leaf
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

KNOWN = Rule(
    "4314-2-rights",
    "MUST",
    "2",
    "Each right that a server knows beyond those of RFC 2086 is in its capability RIGHTS=.",
)
OLD = Rule(
    "4314-2.2-not-old",
    "MUST",
    "2.2",
    "RIGHTS= has none of the rights l, r, s, w, i, p, a, c and d of RFC 2086, and no digit.",
)
NEW = Rule("4314-5.1.1-texk", "MUST", "5.1.1", "RIGHTS= has t, e, x and k, in any order.")
D_SHOWN = Rule(
    "4314-2.1.1-d-shown", "MUST", "2.1.1", "MYRIGHTS and ACL responses with e or t have d, too."
)
C_SHOWN = Rule(
    "4314-2.1.1-c-shown",
    "MUST",
    "2.1.1",
    "MYRIGHTS and ACL responses with k have c, too; with x they have c or d.",
)
D_LISTED = Rule(
    "4314-2.1.1-d-listed", "MUST", "2.1.1", "A LISTRIGHTS response with e or t has d, too."
)
C_LISTED = Rule(
    "4314-2.1.1-c-listed",
    "MUST",
    "2.1.1",
    "A LISTRIGHTS response with k has c, too; with x it has c or d.",
)
SAME = Rule(
    "4314-3.4-identifier",
    "MUST",
    "3.4",
    "A LISTRIGHTS response has the identifier as the client has written it.",
)
ONCE = Rule("4314-3.7-once", "MUST", "3.7", "A LISTRIGHTS response has no right twice.")
TIED = Rule(
    "4314-3.7-tied",
    "MUST",
    "3.7",
    "Of rights that LISTRIGHTS shows in one string an identifier has all or none.",
)

_PREFIX = "RIGHTS="
_OF_2086 = frozenset("lrswipacd0123456789")
_VIRTUAL = frozenset("cd")
_MANY = 1_000


class TiedRights:
    """What LISTRIGHTS has told: mailbox and identifier -> rights that come together."""

    def __init__(self) -> None:
        self.tied: dict[tuple[bytes, bytes], tuple[frozenset[str], ...]] = {}


def myrights(view: View, arrival: Arrival, report: Report) -> None:
    """Look at the rights of the user."""
    texts = _texts(arrival)
    if len(texts) == 2:
        _shown(view, texts[1].decode("latin-1"), report)


def lists(view: View, arrival: Arrival, report: Report) -> None:
    """Look at the rights of each in a list."""
    texts = _texts(arrival)
    told = view.attached.of(TiedRights).tied
    for identifier, rights in zip(texts[1::2], texts[2::2], strict=False):
        found = rights.decode("latin-1")
        _shown(view, found, report)
        for group in told.get((texts[0], identifier), ()):
            some = group.intersection(found)
            if some and some != group:
                name = "".join(sorted(group))
                message = f"The rights {name} are tied, and an identifier has {found} of them."
                report(Fault(TIED, message, f"all of {name}, or none"))


def listrights(view: View, arrival: Arrival, report: Report) -> None:
    """Look at what could be given, and remember what is tied."""
    texts = _texts(arrival)
    new = _new_rights(view)
    if len(texts) < 3 or new is None:
        return
    asked = [each for each in arrival.in_flight if each.name == "LISTRIGHTS"]
    if len(asked) == 1 and not view.muddled and not _names(asked[0], texts[1]):
        message = f"LISTRIGHTS has the identifier {texts[1].decode('latin-1')!r}."
        report(Fault(SAME, message, "the identifier of the command"))
    groups = [text.decode("latin-1") for text in texts[2:]]
    letters = "".join(groups)
    if len(set(letters)) < len(letters):
        twice = next(each for each in letters if letters.count(each) > 1)
        report(Fault(ONCE, f"LISTRIGHTS has the right {twice} twice.", "each right once"))
    _together(letters, report, D_LISTED, C_LISTED)
    _known(letters, new, report)
    told = view.attached.of(TiedRights).tied
    if len(told) < _MANY:
        tied = (frozenset(group) - _VIRTUAL for group in groups[1:])
        told[texts[0], texts[1]] = tuple(group for group in tied if len(group) > 1)


def capabilities(_view: View, arrival: Arrival, report: Report) -> None:
    """Look at RIGHTS= itself."""
    for leaf in arrival.response.leaves:
        name = bytes(leaf.octets).decode("latin-1").upper()
        if not name.startswith(_PREFIX):
            continue
        rights = set(name.removeprefix(_PREFIX).lower())
        if old := rights & _OF_2086:
            message = f"RIGHTS= has {''.join(sorted(old))}, which RFC 2086 has."
            report(Fault(OLD, message, "new rights only"))
        if missing := set("texk") - rights:
            message = f"RIGHTS= lacks {''.join(sorted(missing))}."
            report(Fault(NEW, message, "t, e, x and k in RIGHTS="))


def _shown(view: View, rights: str, report: Report) -> None:
    new = _new_rights(view)
    if new is not None:
        _together(rights, report, D_SHOWN, C_SHOWN)
        _known(rights, new, report)


def _together(rights: str, report: Report, with_d: Rule, with_c: Rule) -> None:
    """Report new rights without the old one that they are part of."""
    if "d" not in rights and set("et") & set(rights):
        report(Fault(with_d, f"The rights {rights} have e or t, and not d.", "d beside them"))
    if "c" not in rights and ("k" in rights or ("x" in rights and "d" not in rights)):
        report(Fault(with_c, f"The rights {rights} have k or x, and not c.", "c beside them"))


def _known(rights: str, new: frozenset[str], report: Report) -> None:
    strange = set(rights) - _OF_2086 - new
    if strange:
        name = "".join(sorted(strange))
        message = f"The right {name} is neither of RFC 2086 nor in RIGHTS=."
        report(Fault(KNOWN, message, f"{name} in RIGHTS="))


def _new_rights(view: View) -> frozenset[str] | None:
    """Return the rights of RIGHTS=; None where it is not announced."""
    names = view.session.dialogue.capabilities or frozenset()
    told = [name.removeprefix(_PREFIX).lower() for name in names if name.startswith(_PREFIX)]
    return frozenset("".join(told)) if told else None


def _names(command: Command, identifier: bytes) -> bool:
    """Whether a command has the identifier somewhere, as it is or with escapes."""
    escaped = identifier.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    text = b" ".join((command.text, *map(bytes, command.literals)))
    return identifier in text or escaped in text


def _texts(arrival: Arrival) -> list[bytes]:
    values = arrival.response.values
    return [bytes(value.octets) for value in values if isinstance(value, Leaf)]


CHECKS = (
    Check("acl-announced", ("CAPABILITY",), capabilities, (OLD, NEW)),
    Check("acl-rights", ("MYRIGHTS",), myrights, (D_SHOWN, C_SHOWN, KNOWN)),
    Check("acl-rights", ("ACL",), lists, (D_SHOWN, C_SHOWN, KNOWN, TIED)),
    Check("acl-rights", ("LISTRIGHTS",), listrights, (D_LISTED, C_LISTED, KNOWN, SAME, ONCE)),
)

EFFECTS = (Effect(("SETACL", "DELETEACL", "GETACL", "LISTRIGHTS", "MYRIGHTS"), keeps_flags=True),)
