"""Rows of `checks_rows` for NOTIFY (RFC 5465)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 NOTIFY", "S: c1 OK done"]
_BOTH = "MessageNew (UID BODY.PEEK[HEADER.FIELDS (From)]) MessageExpunge"


def notify(*groups: str) -> list[str]:
    """Ask for events, and be answered OK."""
    asked = " ".join(f"({group})" for group in groups)
    return [*CAPS, f"C: a1 NOTIFY SET {asked}", "S: a1 OK done"]


FLAGS = notify(f"selected ({_BOTH} FlagChange)")
OVERFLOW = [*FLAGS, "S: * OK [NOTIFICATIONOVERFLOW] too many"]

BROKEN = [
    ("FlagChange alone", ["5465-5-flags-alone"], notify("selected (FlagChange)")),
    ("MessageNew alone", ["5465-5-together"], notify("personal (MessageNew)")),
    (
        "MessageExpunge with FlagChange",
        ["5465-5-together"],
        notify(f"selected ({_BOTH})", "inboxes (MessageExpunge FlagChange)"),
    ),
    ("flags without UID", ["5465-5.1-fetch"], [*FLAGS, "S: * 2 FETCH (FLAGS ())"]),
    ("EXISTS after overflow", ["5465-5.8-overflow"], [*OVERFLOW, "S: * 6 EXISTS"]),
]

KEPT = [
    ("events together", notify(f"selected-delayed ({_BOTH} FlagChange)", "personal (MailboxName)")),
    ("names of mailboxes in parentheses", notify("mailboxes (a b) (MessageNew MessageExpunge)")),
    ("no events", notify("selected NONE")),
    ("flags with UID", [*FLAGS, "S: * 2 FETCH (UID 12 FLAGS ())"]),
    (
        "EXISTS in a command after overflow",
        [*OVERFLOW, "C: a2 NOOP", "S: * 6 EXISTS", "S: a2 OK done"],
    ),
]
