"""Whether a case applies to a server and target, by what its labels ask for and its lines do."""

from __future__ import annotations

from collections.abc import Collection

from conformance.casefile.document import Case
from conformance.casefile.plan import Step, shows_password
from conformance.casefile.script import speaks_pop3
from conformance.extending.offered import INCLUDED, speaks_rev2
from conformance.play.connections import NO_POP3, Connections
from conformance.play.errors import Blocked, Skip
from conformance.play.inbox import Inbox
from conformance.play.leaning import names_inbox
from conformance.play.protocol import REVISIONS
from conformance.wire.transport import is_loopback


def check_applies(
    case: Case, steps: tuple[Step, ...], connections: Connections, inbox: Inbox
) -> None:
    """Say by what it raises that a case is not to be played.

    Raises:
        Skip: it does not apply to this server or target.
        Blocked: INBOX, which it names, can not be used.
    """
    labels, endpoint = case.labels, connections.endpoint
    if labels.disposable and not connections.disposable:
        raise Skip("would change what is not the suite's own: only on a disposable account")
    capabilities = _capabilities(case, connections)
    if labels.plain and endpoint.security == "implicit":
        raise Skip("not possible over implicit TLS")
    if labels.implicit and connections.untrusted:
        raise Skip(connections.untrusted)
    by_starttls = endpoint.security == "starttls" and not is_loopback(endpoint.host)
    if labels.plain and by_starttls and shows_password(steps):
        # Who asked for STARTTLS does not want the password on the network without it.
        raise Skip("would send the password unprotected")
    for alternatives in labels.needs:
        if not any(_announces(capabilities, each) for each in alternatives):
            raise Skip(f"{' or '.join(alternatives)} is not announced")
    if connections.untrusted and any(s.kind == "tls" for step in steps for s in step.sends):
        raise Skip(connections.untrusted)
    for capability in labels.lacks:
        if capability in capabilities:
            raise Skip(f"{capability} is announced")
    if connections.pop3 is None and any(speaks_pop3(step.who) for step in steps):
        raise Skip(NO_POP3)
    if inbox.broken and names_inbox(steps):
        raise Blocked(inbox.broken)


def _capabilities(case: Case, connections: Connections) -> Collection[str]:
    """Return what counts as announced: a rule of RFC 9051 needs nothing that it includes.

    On connections that are not logged in that is so only where IMAP4rev2 is all there is.
    """
    labels = case.labels
    announced = connections.announced.at(labels.state, plain=labels.plain)
    enabled = case.enabled and labels.state not in ("raw", "greeted")
    goes_over = {"IMAP4REV2"} if enabled and connections.protocol == "rev2" else ()
    if case.rfc == REVISIONS["rev2"].rfc and speaks_rev2(announced, goes_over):
        return announced | INCLUDED
    return announced


def _announces(capabilities: Collection[str], name: str) -> bool:
    """Whether a capability is announced; one that ends in `=` with anything behind it."""
    if not name.endswith("="):
        return name in capabilities
    return any(each.startswith(name) for each in capabilities)
