"""QUOTA (RFC 9208): what GETQUOTA and GETQUOTAROOT bring, and what has to be announced."""

from __future__ import annotations

import re

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Group, Leaf, Value
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.states import State

RESOURCES = Rule(
    "9208-1-resources",
    "MUST",
    "1",
    "A server that announces QUOTASET announces at least one QUOTA=RES-..., too.",
)
SETTING = Rule(
    "9208-1-quotaset",
    "MUST",
    "1",
    "A server that announces a QUOTA=RES-... and carries out SETQUOTA announces QUOTASET.",
)
ADVERTISED = Rule(
    "9208-3.1.1-advertised",
    "MUST",
    "3.1.1",
    "Each resource that the server has is announced, by its name behind QUOTA=RES-.",
)
ASKED = Rule(
    "9208-4.1.1-quota",
    "MUST",
    "4.1.1",
    "GETQUOTA of a quota root brings a QUOTA response of that root before its OK.",
)
ROOTS = Rule(
    "9208-4.1.2-quotaroot",
    "MUST",
    "4.1.2",
    "GETQUOTAROOT is answered with one QUOTAROOT response, and QUOTA for each root in it.",
)
IDLE = Rule(
    "9208-4.3.1-not-idle",
    "MUST",
    "4.3.1",
    "OVERQUOTA comes in an untagged NO only while a mailbox is selected or a command adds"
    " a message to one.",
)

_PREFIX = "QUOTA=RES-"
_ASKING = frozenset({"GETQUOTA", "GETQUOTAROOT"})
_ADDING = frozenset({"APPEND", "COPY", "UID COPY", "MOVE", "UID MOVE", "REPLACE", "UID REPLACE"})
_OVERQUOTA = re.compile(rb"\* +NO +\[OVERQUOTA\]", re.IGNORECASE)
_MANY = 1_000
"""Names that are remembered of one command."""


class QuotaAsked:
    """What was told of quotas since the command that asks for it began."""

    def __init__(self) -> None:
        self.begin(alone=False)

    def begin(self, *, alone: bool) -> None:
        """Forget what was told before. `alone`: no other command is in flight."""
        self.alone = alone
        self.answers = 0
        """QUOTAROOT responses."""
        self.named: set[bytes] = set()
        """Roots that they name."""
        self.shown: set[bytes] = set()
        """Roots of QUOTA responses."""


def asking_begins(view: View, _command: Command) -> None:
    """Begin to note what is told of quotas."""
    view.attached.of(QuotaAsked).begin(alone=not view.begun)


def quota_comes(view: View, arrival: Arrival, report: Report) -> None:
    """Note whose quota is told, and report a resource that is not announced."""
    asking = view.attached.of(QuotaAsked)
    root, resources = _named(arrival.response.values)
    if root is not None and len(asking.shown) < _MANY:
        asking.shown.add(root)
    announced = _announced(view)
    if not any(name.startswith(_PREFIX) for name in announced):
        return  # RFC 2087 announces no resources
    for name in resources:
        if _PREFIX + name not in announced:
            message = f"QUOTA tells of {name}, and {_PREFIX}{name} is not announced."
            report(Fault(ADVERTISED, message, f"{_PREFIX}{name} in CAPABILITY"))


def quotaroot_comes(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Note which roots a mailbox has."""
    asking = view.attached.of(QuotaAsked)
    asking.answers += 1
    for value in arrival.response.values[1:]:
        if isinstance(value, Leaf) and len(asking.named) < _MANY:
            asking.named.add(bytes(value.octets))


def asking_completed(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK without the data that it promises."""
    command = arrival.answers
    if command is None or command.name not in _ASKING or arrival.status != "OK":
        return
    asking = view.attached.of(QuotaAsked)
    if not asking.alone or view.muddled:
        return
    if command.name == "GETQUOTA":
        if not asking.shown:
            report(Fault(ASKED, "OK to GETQUOTA without QUOTA.", "a QUOTA response before the OK"))
        return
    if asking.answers != 1:
        message = f"OK to GETQUOTAROOT with {asking.answers} QUOTAROOT responses."
        report(Fault(ROOTS, message, "one QUOTAROOT response before the OK"))
    elif missing := asking.named - asking.shown:
        name = min(missing).decode("latin-1")
        message = f"QUOTAROOT names {name!r}, and no QUOTA tells of it."
        report(Fault(ROOTS, message, "a QUOTA response for each root"))


def setquota_completed(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SETQUOTA that is carried out and not announced."""
    command = arrival.answers
    if command is None or command.name != "SETQUOTA" or arrival.status != "OK" or view.muddled:
        return
    announced = _announced(view)
    if "QUOTASET" not in announced and any(name.startswith(_PREFIX) for name in announced):
        report(Fault(SETTING, "OK to SETQUOTA without QUOTASET.", "QUOTASET in CAPABILITY"))


def over_quota(view: View, arrival: Arrival, report: Report) -> None:
    """Report OVERQUOTA in an untagged NO while nothing goes on that it could be about."""
    if not _OVERQUOTA.match(arrival.frame.text) or arrival.state is not State.AUTHENTICATED:
        return
    if any(command.name in _ADDING for command in arrival.in_flight) or view.pending is not None:
        return
    if not any(name.startswith(_PREFIX) for name in _announced(view)):
        return
    message = "OVERQUOTA comes while no mailbox is selected and nothing is added to one."
    report(Fault(IDLE, message, "no untagged NO with OVERQUOTA"))


def capabilities(_view: View, arrival: Arrival, report: Report) -> None:
    """Report QUOTASET without any resource."""
    names = {bytes(leaf.octets).upper() for leaf in arrival.response.leaves}
    if b"QUOTASET" in names and not any(name.startswith(_PREFIX.encode()) for name in names):
        message = "QUOTASET is announced, and no QUOTA=RES-."
        report(Fault(RESOURCES, message, "a QUOTA=RES-... beside it"))


def _announced(view: View) -> frozenset[str]:
    return view.session.dialogue.capabilities or frozenset()


def _named(values: tuple[Value, ...]) -> tuple[bytes | None, list[str]]:
    """Return the root that a QUOTA response is about, and its resources in capitals."""
    root, resources = None, []
    if values and isinstance(values[0], Leaf):
        root = bytes(values[0].octets)
    if len(values) == 2 and isinstance(values[1], Group) and len(values[1].items) % 3 == 0:
        names = values[1].items[::3]
        resources = [
            bytes(name.octets).decode("latin-1").upper()
            for name in names
            if isinstance(name, Leaf) and name.form == "atom"
        ]
    return root, resources


CHECKS = (
    Check("quota-announced", ("CAPABILITY",), capabilities, (RESOURCES,)),
    Check("quota-resources", ("QUOTA",), quota_comes, (ADVERTISED,)),
    Check("quota-roots", ("QUOTAROOT",), quotaroot_comes, ()),
    Check("quota-roots", (TAGGED,), asking_completed, (ASKED, ROOTS), needs="QUOTA"),
    Check("quota-announced", (TAGGED,), setquota_completed, (SETTING,), needs="QUOTA"),
    Check("quota-over", ("NO",), over_quota, (IDLE,)),
)

FOLLOWERS = (Follower(_ASKING, asking_begins),)

EFFECTS = (Effect(("GETQUOTA", "GETQUOTAROOT", "SETQUOTA"), keeps_flags=True),)
