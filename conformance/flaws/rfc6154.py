r"""Flaws of SPECIAL-USE and CREATE-SPECIAL-USE (RFC 6154), and what a server may do otherwise.

The Dovecots have a `Trash` with a special use; the Cyruses give mailboxes one where CREATE asks.
"""

from __future__ import annotations

from conformance.flaws.acts import answer, ask_first, replace, send_as
from conformance.flaws.flaw import flaw

_BAD = b"{tag} BAD Not so\r\n"
_NO = b"{tag} NO [USEATTR] Not that\r\n"
_USES = rb"\\(?:All|Archive|Drafts|Flagged|Important|Junk|Sent|Trash)\b ?"
_UNKNOWN = rb"USE \(\\NoSuchUse"
_ENTRY = rb"/private/specialuse"
_VALUE = rb'(specialuse"?) (?:\{\d+\}\r\n\\(\w+)|"\\\\(\w+)")'

FLAWS = (
    flaw(
        "special-use-option-refused",
        "SPECIAL-USE is announced, and LIST (SPECIAL-USE) is answered BAD",
        "C15",
        "6154-2-selection",
        answer(_BAD, name="LIST", where=rb"LIST \(SPECIAL-USE"),
    ),
    flaw(
        "special-use-misspelt",
        "An attribute of special use is spelt wrong",
        "C08",
        "6154-6-attributes 6154-2-return",
        replace(rb"\\Trash\b", rb"\\Thrash", only="LIST"),
    ),
    flaw(
        "special-use-selects-nothing",
        "LIST (SPECIAL-USE) lists every mailbox",
        "",
        "6154-2-selection",
        send_as(rb"LIST \(SPECIAL-USE\)", b"LIST ()", name="LIST"),
    ),
    flaw(
        "special-use-beside-subscribed",
        "LIST (SUBSCRIBED SPECIAL-USE) lists what is subscribed",
        "",
        "6154-2-selection",
        send_as(rb"\(SUBSCRIBED SPECIAL-USE\)", b"(SUBSCRIBED)", name="LIST"),
    ),
    flaw(
        "special-use-return-unheard",
        "RETURN (SPECIAL-USE) brings no special use",
        "",
        "6154-2-return",
        replace(_USES, b"", count=0, only="LIST", where=rb"RETURN \(SPECIAL-USE"),
    ),
    flaw(
        "special-use-return-refused",
        "RETURN (SPECIAL-USE) is answered BAD",
        "",
        "6154-2-return",
        answer(_BAD, name="LIST", where=rb"RETURN \(SPECIAL-USE"),
    ),
    flaw(
        "special-use-not-implied",
        "LIST (SPECIAL-USE) shows the uses only where RETURN asks for them, too",
        "",
        "6154-2-implied 6154-2-selection",
        replace(_USES, b"", count=0, only="LIST", where=rb"LIST \(SPECIAL-USE\)"),
    ),
    flaw(
        "special-use-in-capitals",
        "The option SPECIAL-USE is known in capitals only",
        "",
        "6154-6-case",
        answer(_BAD, name="LIST", where=rb"(?-i:Special-Use|special-use)"),
    ),
    flaw(
        "special-use-unannounced",
        "LIST (SPECIAL-USE) shows special uses, and SPECIAL-USE is not announced",
        "",
        "6154-2-announced",
        replace(rb" SPECIAL-USE\b", b"", only="CAPABILITY OK"),
    ),
    flaw(
        "create-use-ignored",
        "CREATE takes USE, and makes an ordinary mailbox",
        "",
        "6154-3-created 6154-3-refused",
        send_as(rb" \(USE \([^)]*\)\)", b"", name="CREATE"),
        backend="cyrus",
    ),
    flaw(
        "create-use-first-only",
        "Of several uses CREATE gives the first",
        "",
        "6154-3-created 6154-3-refused",
        send_as(rb"USE \((\\\w+) [^)]*\)", rb"USE (\1)", name="CREATE"),
        backend="cyrus",
    ),
    flaw(
        "create-use-unknown-bad",
        "CREATE with a use that there is not is answered BAD",
        "",
        "6154-3-refused",
        answer(_BAD, name="CREATE", where=_UNKNOWN),
        backend="cyrus",
    ),
    flaw(
        "create-use-made-all-the-same",
        "CREATE with a use that there is not is answered NO, and makes the mailbox",
        "",
        "6154-3-not-created",
        ask_first(b'CREATE "{first}"', name="CREATE", where=_UNKNOWN),
        backend="cyrus",
    ),
    flaw(
        "create-use-code-missing",
        "A use that there is not is refused without USEATTR",
        "",
        "6154-3-useattr",
        replace(rb"\[USEATTR\] ", b"", to="CREATE"),
        backend="cyrus",
    ),
    flaw(
        "create-use-never-empty",
        "CREATE with an empty list of uses is answered BAD",
        "",
        "6154-3-empty",
        answer(_BAD, name="CREATE", where=rb"USE \(\)"),
        backend="cyrus",
    ),
    flaw(
        "create-use-in-capitals",
        "USE is known in capitals only",
        "",
        "6154-6-case",
        answer(_BAD, name="CREATE", where=rb"\((?-i:use|Use) "),
        backend="cyrus",
    ),
    flaw(
        "create-use-without-a-list",
        "USE without its list is passed over",
        "",
        "6154-3-arguments",
        send_as(rb" \(USE\)", b"", name="CREATE"),
        backend="cyrus",
    ),
    flaw(
        "special-use-entry-unknown",
        "The entry of special uses is NIL for every mailbox",
        "",
        "6154-4-entry 6154-4-value",
        replace(_VALUE, rb"\1 NIL", only="METADATA"),
        backend="cyrus",
    ),
    flaw(
        "special-use-entry-without-backslash",
        "The entry of special uses has them without a backslash",
        "",
        "6154-4-value",
        replace(_VALUE, lambda m: b'%s "%s"' % (m[1], m[2] or m[3]), only="METADATA"),
        backend="cyrus",
    ),
    flaw(
        "special-use-entry-blind",
        "The entry takes a use that there is not",
        "",
        "6154-4-validity",
        answer(b"{tag} OK Done\r\n", name="SETMETADATA", where=_ENTRY + rb" .*NoSuchUse"),
        backend="cyrus",
    ),
    flaw(
        "special-use-entry-kept",
        "The entry is set to NIL, and LIST shows the use as before",
        "",
        "6154-4-set",
        answer(b"{tag} OK Done\r\n", name="SETMETADATA", where=_ENTRY + rb" NIL"),
        backend="cyrus",
    ),
)

ALLOWED = (
    flaw(
        "special-use-shown-when-asked-only",
        "LIST without options shows no special use",
        "",
        "6154-2-return 6154-2-selection",
        replace(_USES, b"", count=0, only="LIST", where=rb'LIST "" (?!.*RETURN)'),
    ),
    flaw(
        "special-use-of-a-later-standard",
        "The trash is shown as important",
        "",
        "6154-6-attributes 6154-2-return 6154-2-implied",
        replace(rb"\\Trash\b", rb"\\Important", only="LIST"),
    ),
    flaw(
        "create-use-never-given",
        "CREATE with a use is refused with USEATTR, whatever the use",
        "",
        "6154-3-created 6154-3-refused 6154-6-case",
        answer(_NO, name="CREATE", where=rb"USE \(\\"),
        backend="cyrus",
    ),
)
