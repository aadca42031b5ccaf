"""Rows of `checks_rows` for ANNOTATE (RFC 5257)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ANNOTATE-EXPERIMENT-1", "S: c1 OK done"]


def fetch(shown: str, asked: str = "ANNOTATION (/* (value size))") -> list[str]:
    """Fetch annotations of message 1."""
    said = f"S: * 1 FETCH (ANNOTATION ({shown}))"
    return [*CAPS, f"C: a1 FETCH 1 ({asked})", said, "S: a1 OK done"]


def select(*told: str) -> list[str]:
    """Select another mailbox."""
    data = ["S: * 0 EXISTS", "S: * 0 RECENT", "S: * FLAGS ()", "S: * OK [UIDVALIDITY 9] x"]
    limits = ["S: * OK [UIDNEXT 1] x", "S: * OK [PERMANENTFLAGS ()] x"]
    return [*CAPS, "C: a1 SELECT other", *data, *limits, *told, "S: a1 OK [READ-WRITE] done"]


BROKEN = [
    ("an entry with two slashes", ["5257-3.2-shown"], fetch('/vendor//x (value.priv "y")')),
    ("an entry with a slash at its end", ["5257-3.2-shown"], fetch('/comment/ (value.priv "y")')),
    ("an attribute with two dots", ["5257-3.2-shown"], fetch('/comment (value..priv "y")')),
    ("an entry below /flags", ["5257-3.5-flags"], fetch('/flags/seen (value.priv "1")')),
    (
        "a size that is none of the value's",
        ["5257-3.2.2-size"],
        fetch('/comment (value.priv "abc" size.priv "4")'),
    ),
    (
        "a size of what is not there",
        ["5257-3.2.2-size"],
        fetch('/comment (size.shared "4" value.shared NIL)'),
    ),
    ("values unasked", ["5257-4.4-names"], fetch('/comment (value.priv "x")', "FLAGS")),
    (
        "a limit of 1023 octets",
        ["5257-4.1-1024"],
        select("S: * OK [ANNOTATIONS 1023] little"),
    ),
    ("SELECT without ANNOTATIONS", ["5257-4.1-annotations"], select()),
]

KEPT = [
    (
        "values and sizes of several entries",
        fetch(
            '/comment (value.priv "abc" size.priv "3" value.shared NIL size.shared "0")'
            ' /1/flags/seen (value.priv "1")'
        ),
    ),
    ("names of entries unasked", fetch("/comment /altsubject", "FLAGS")),
    ("a limit of 1024 octets", select("S: * OK [ANNOTATIONS 1024 NOPRIVATE] little")),
    ("no annotations", select("S: * OK [ANNOTATIONS NONE] none")),
]
