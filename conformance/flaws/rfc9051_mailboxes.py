r"""Flaws of IMAP4rev2: which names there are, and what is said of mailboxes (RFC 9051).

Names that are no Net-Unicode, names that are no mailbox, STATUS, and identifiers in a mailbox that
may not be opened.
"""

from __future__ import annotations

from conformance.flaws.acts import alter, ask_first, command, remembering, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9051_facade import REV2, REV2_TELLS
from conformance.flaws.rfc9051_names import quoted
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_E_ACUTE, _TAKEN_APART = b"\xc3\xa9", b"e\xcc\x81"
_BY_NAME = "name of a mailbox as it was created"


def _created(talk: Talk, request: Request) -> None:
    """Remember a name that was created with a letter and its accent as two characters."""
    talk.shared.setdefault(_BY_NAME, set()).add(request.first)


def _as_created(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    apart = octets.replace(_E_ACUTE, _TAKEN_APART)
    known = any(name in apart for name in talk.shared.get(_BY_NAME, ()))
    return apart if known else octets


def _makes_what_is_gone(talk: Talk, request: Request) -> None:
    """Create a name that is subscribed and listed as NonExistent."""
    name = quoted(request.first)
    listed = talk.ask(b'LIST (SUBSCRIBED) "" ' + name, "none")
    if any(rb"\NonExistent" in line for line in listed):
        talk.ask(b"CREATE " + name, "none")


FLAWS = (
    flaw(
        "denormalized-name-made",
        "CREATE of a name that is not normalized makes a mailbox of that name",
        "",
        "9051-5.1-net-unicode",
        remembering(_created, name="CREATE", where=_TAKEN_APART),
        alter(_as_created, only="LIST", to="LIST"),
        facade=REV2,
    ),
    flaw(
        "select-without-old-name",
        "SELECT of a name that is not normalized does not tell it as the old name",
        "",
        "9051-6.3.2-list-oldname",
        replace(rb' \("OLDNAME" \(.*?\)\)', b"", only="LIST", to="SELECT, EXAMINE"),
        facade=REV2,
    ),
    flaw(
        "childinfo-of-what-seems-to-exist",
        "A level that does not exist is listed for what is below it, and not as NonExistent",
        "",
        "9051-6.3.9.6-nonexistent",
        replace(rb"\\NonExistent ?", b"", only="LIST", where=rb"RECURSIVEMATCH"),
        facade=REV2_TELLS,
    ),
    flaw(
        "select-makes-what-is-gone",
        "SELECT of a name that was listed as NonExistent makes the mailbox and opens it",
        "",
        "9051-7.3.1-nonexistent",
        command(_makes_what_is_gone, name="SELECT"),
        facade=REV2,
    ),
    flaw(
        "rev2-marked-and-no-mailbox",
        "A level that is no mailbox is Marked besides",
        "",
        "9051-7.3.1-no-mark",
        replace(rb"LIST \([^)]*\)", rb"LIST (\\Noselect \\Marked)", only="LIST", where=rb"%"),
        facade=REV2,
    ),
    flaw(
        "status-sees-messages",
        "STATUS gives the first message of the mailbox the flag Seen",
        "",
        "9051-6.3.11-messages-kept",
        ask_first(b'SELECT "{first}"', name="STATUS", state="authenticated"),
        ask_first(rb"STORE 1 +FLAGS.SILENT (\Seen)", name="STATUS", state="selected"),
        ask_first(b"UNSELECT", name="STATUS", state="selected"),
        facade=REV2,
    ),
    flaw(
        "rev2-appenduid-of-closed-mailbox",
        "APPENDUID comes whether the client may open the mailbox or not",
        "",
        "9051-6.3.12-appenduid-hidden",
        replace(rb" OK (?!\[)", b" OK [APPENDUID 1 1] ", kind="tagged", status="OK", to="APPEND"),
        facade=REV2,
    ),
    flaw(
        "rev2-copyuid-of-closed-mailbox",
        "COPYUID comes whether the client may open the mailbox or not",
        "",
        "9051-6.4.7-copyuid-hidden",
        replace(rb" OK (?!\[)", b" OK [COPYUID 1 1 1] ", kind="tagged", status="OK", to="COPY"),
        facade=REV2,
    ),
)
