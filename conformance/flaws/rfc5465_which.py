"""Flaws of NOTIFY (RFC 5465 section 6): other mailboxes are watched than were meant."""

from __future__ import annotations

from conformance.flaws.acts import send_as
from conformance.flaws.flaw import flaw

_DOVECOT, _CYRUS = "dovecot24", "cyrus310"

FLAWS = (
    flaw(
        "notify-personal-is-inbox",
        "PERSONAL stands for INBOX alone",
        "",
        "5465-6.2-personal",
        send_as(rb"personal", b"mailboxes INBOX", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-inboxes-is-nothing",
        "INBOXES stands for no mailbox",
        "",
        "5465-6.3-inboxes",
        send_as(rb"inboxes", b"mailboxes no-such-mailbox", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-subscribed-is-personal",
        "SUBSCRIBED stands for what PERSONAL stands for",
        "",
        "5465-6.4-subscribed",
        send_as(rb"subscribed", b"personal", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-subscribed-is-not-reevaluated",
        "SUBSCRIBED stands for what was subscribed to at the NOTIFY",
        "",
        "5465-6.4-reevaluated",
        send_as(rb"subscribed", b"mailboxes INBOX", name="NOTIFY"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-subtree-is-one",
        "SUBTREE stands for the mailbox that it names",
        "",
        "5465-6.5-subtree",
        send_as(rb"subtree", b"mailboxes", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-mailboxes-is-subtree",
        "MAILBOXES stands for what is below as well",
        "",
        "5465-6.6-mailboxes",
        send_as(rb"mailboxes", b"subtree", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-star-is-all",
        "A star behind MAILBOXES stands for all mailboxes",
        "",
        "5465-6.6-no-wildcards",
        send_as(rb'mailboxes \("\*" \S+\)', b"personal", name="NOTIFY"),
        backend=_DOVECOT,
    ),
)
