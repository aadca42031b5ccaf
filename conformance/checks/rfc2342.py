"""NAMESPACE (RFC 2342): what comes before its OK, and what is in it.

What a NAMESPACE response says of mailboxes is not held against LIST here: a server may have more
namespaces than it tells of (section 3), so any name may lie in one of those.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.names import is_utf7
from conformance.syntax.values import Group, Leaf
from conformance.wire.dialogue import Arrival

RESPONSE = Rule(
    "2342-5-response",
    "MUST",
    "5",
    "A NAMESPACE response comes before the OK to NAMESPACE.",
)
UTF_7 = Rule(
    "2342-6-utf-7",
    "MUST",
    "6",
    "A prefix with international characters is written in modified UTF-7.",
)
EXTENSIONS = Rule(
    "2342-5-extensions",
    "MUST",
    "5",
    "An extension in a NAMESPACE response begins with X- unless a standard defines it.",
)

_STANDARD = frozenset({b"TRANSLATION"})
"""Extensions that a standard defines: RFC 5255 section 3.4."""


def response_before_ok(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to NAMESPACE with no NAMESPACE response since the command."""
    command = arrival.answers
    if command is None or command.name != "NAMESPACE" or arrival.status != "OK":
        return
    begun = view.begun.get(command.number)
    if begun is None or view.muddled or view.last.get("NAMESPACE", 0) > begun:
        return
    message = "OK to NAMESPACE without NAMESPACE before it."
    deviation = "NAMESPACE: no untagged NAMESPACE"
    report(Fault(RESPONSE, message, "* NAMESPACE before the OK", deviation=deviation))


def namespaces(view: View, arrival: Arrival, report: Report) -> None:
    """Report prefixes that are no modified UTF-7, and extensions that nobody can know."""
    revised = "IMAP4REV2" in (view.session.dialogue.capabilities or ())
    for prefix, extensions in _described(arrival):
        if not view.native_utf8 and not (prefix.isascii() and is_utf7(prefix)):
            message = f"NAMESPACE tells the prefix {show(prefix)}."
            report(Fault(UTF_7, message, "modified UTF-7"))
        for name in () if revised else extensions:
            if not name.startswith(b"X-") and name not in _STANDARD:
                message = f"NAMESPACE has the extension {show(name)}."
                report(Fault(EXTENSIONS, message, "a name that begins with X-"))


def _described(arrival: Arrival) -> Iterator[tuple[bytes, list[bytes]]]:
    """Go through the namespaces: the prefix, and the names of extensions in capitals."""
    for kind in arrival.response.values[:3]:
        for namespace in kind.items if isinstance(kind, Group) else ():
            words = namespace.items if isinstance(namespace, Group) else ()
            if words and isinstance(words[0], Leaf):
                names = [word for word in words[2::2] if isinstance(word, Leaf)]
                yield bytes(words[0].octets), [bytes(name.octets).upper() for name in names]


CHECKS = (
    Check("namespace-response", (TAGGED,), response_before_ok, (RESPONSE,), needs="NAMESPACE"),
    Check("namespace-content", ("NAMESPACE",), namespaces, (UTF_7, EXTENSIONS), needs="NAMESPACE"),
)

EFFECTS = (Effect(("NAMESPACE",), keeps_flags=True),)
