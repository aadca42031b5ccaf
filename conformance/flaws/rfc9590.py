"""Flaws of LIST-METADATA (RFC 9590), and what a server may do otherwise."""

from __future__ import annotations

from conformance.flaws.acts import answer, drop, hold, replace, send_as
from conformance.flaws.flaw import flaw

_OPTION = rb"RETURN \(.*METADATA"
_VALUE = rb"(?:\{\d+\}\r\n[^)]*|\"[^\"]*\")"

FLAWS = (
    flaw(
        "list-metadata-refused",
        "LIST-METADATA is announced, and the option is not known",
        "",
        "9590-3-list 9590-3-metadata",
        answer(b"{tag} BAD No such option\r\n", name="LIST", where=_OPTION),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-alone",
        "RETURN (METADATA (...)) brings the notes, and no names",
        "",
        "9590-3-list 9590-3-order",
        drop(only="LIST", to="LIST", where=_OPTION),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-unheard",
        "RETURN (METADATA (...)) brings no notes",
        "",
        "9590-3-metadata 9590-3-values",
        drop(only="METADATA", to="LIST"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-first-entry",
        "Of several entries the first one comes",
        "",
        "9590-3-metadata",
        send_as(rb"METADATA \((\S+) [^)]*\)", rb"METADATA (\1)", name="LIST"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-before",
        "The notes come before the name",
        "",
        "9590-3-order",
        hold({"only": "METADATA"}, only="LIST", where=_OPTION),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-all-alike",
        "LIST tells of all mailboxes the same note",
        "",
        "9590-3-values 9590-3-metadata",
        replace(_VALUE + rb"\)\r\n\Z", b'"of the parent")\r\n', only="METADATA", to="LIST"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-empty",
        "LIST tells of a note that there is not that it is empty",
        "",
        "9590-3-values",
        replace(rb" NIL", b' ""', only="METADATA", to="LIST"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-in-capitals",
        "The option is known in capitals only",
        "",
        "9590-3-list",
        answer(b"{tag} BAD No such option\r\n", name="LIST", where=rb"(?-i:Metadata)"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-of-no-mailbox",
        "A name that is no mailbox has notes",
        "",
        "9590-3-none",
        replace(rb"\A\* LIST \(", rb"* LIST (\\NonExistent ", only="LIST", where=rb"-top\b"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-no-for-all",
        "LIST is answered NO where a name has no notes",
        "",
        "9590-3-ok",
        replace(rb"\A\* LIST \(", rb"* LIST (\\NonExistent ", only="LIST", where=rb"-top\b"),
        drop(only="METADATA", to="LIST", where=rb"-top\b"),
        replace(rb" OK ", b" NO ", kind="tagged", to="LIST", where=rb"-top RETURN \(METADATA"),
        backend="cyrus310",
    ),
    flaw(
        "list-metadata-of-parents",
        "A name that is listed for its children has notes",
        "",
        "9590-3-criteria",
        replace(
            rb"\A(\* LIST \([^)]*\) \S+ )(\S+)( \(.*\))\r\n",
            rb"\1\2\3\r\n* METADATA \2 (/shared/comment NIL)\r\n",
            only="LIST",
            where=_OPTION,
        ),
        backend="cyrus310",
    ),
)

ALLOWED = (
    flaw(
        "list-metadata-one-by-one",
        "Each of two notes comes in a response of its own",
        "",
        "9590-3-metadata 9590-3-order",
        replace(
            rb'\A(\* METADATA \S+ \()("?/shared/comment.{1,20}) ("?/private/comment.*)\Z',
            rb"\1\2)\r\n\1\3",
            only="METADATA",
        ),
        backend="cyrus310",
    ),
)
