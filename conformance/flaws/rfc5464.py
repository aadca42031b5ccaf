"""Flaws of METADATA (RFC 5464): entries, names, values; and what a server may do otherwise."""

from __future__ import annotations

from conformance.flaws.acts import answer, ask_first, before, drop, replace, send_as
from conformance.flaws.flaw import flaw

_BAD = b"{tag} BAD Not so\r\n"
_NO = b"{tag} NO Not that\r\n"
_OK = b"{tag} OK Done\r\n"
_BOTH = "GETMETADATA, SETMETADATA"
_INVALID = rb"[*%]\"|//|/[ )\r]|/\" |\xc3"
_VALUE = rb"(?:\{\d+\}\r\n[^)]*|\"[^\"]*\")"

FLAWS = (
    flaw(
        "metadata-literal-lost",
        "SETMETADATA with a literal takes the value away",
        "G23",
        "5464-4.3-set",
        send_as(rb"(/shared/comment) \{\d+\}\r\n.*\)\r\n\Z", rb"\1 NIL)\r\n", name="SETMETADATA"),
    ),
    flaw(
        "metadata-stays",
        "SETMETADATA with NIL is answered OK, and the value stays",
        "G23",
        "5464-4.3-removed",
        answer(_OK, name="SETMETADATA", where=rb" NIL\)"),
    ),
    flaw(
        "metadata-not-replaced",
        "SETMETADATA of an entry that is there leaves its value",
        "",
        "5464-4.3-set",
        answer(_OK, name="SETMETADATA", where=rb'"after"'),
    ),
    flaw(
        "metadata-in-one-line",
        "A value ends with its first line",
        "",
        "5464-4.3-set",
        replace(rb"\{\d+\}\r\n([^\r]*)\r\n[^)]*\)", rb'"\1")', only="METADATA"),
    ),
    flaw(
        "metadata-value-missing",
        "GETMETADATA is answered OK, and no METADATA comes",
        "",
        "5464-4.2-value",
        drop(only="METADATA", to="GETMETADATA"),
    ),
    flaw(
        "metadata-first-of-list",
        "Of several entries the first one comes",
        "",
        "5464-4.2-list",
        send_as(rb"\((/private/comment) /shared/comment\)", rb"(\1)", name="GETMETADATA"),
    ),
    flaw(
        "metadata-list-unknown",
        "GETMETADATA takes one entry, and no list",
        "",
        "5464-4.2-list",
        answer(_BAD, name="GETMETADATA", where=rb" \(/"),
    ),
    flaw(
        "metadata-unasked-entries",
        "GETMETADATA brings an entry that it does not ask for",
        "",
        "5464-4.2-asked",
        replace(
            rb"\)\r\n\Z",
            b' /private/comment "mine")\r\n',
            only="METADATA",
            where=rb"/shared/comment /private/vendor",
        ),
    ),
    flaw(
        "metadata-closed-with-the-door",
        "GETMETADATA is not there while a mailbox is selected",
        "",
        "5464-4.2-states",
        answer(_BAD, name="GETMETADATA", state="selected"),
    ),
    flaw(
        "metadata-for-everybody",
        "GETMETADATA is answered before LOGIN",
        "",
        "5464-4.2-states 5464-4.4-state",
        answer(
            b'* METADATA INBOX (/shared/comment "hello")\r\n' + _OK,
            name="GETMETADATA",
            state="not authenticated",
        ),
    ),
    flaw(
        "metadata-empty-is-nil",
        "A value without octets is shown as NIL",
        "",
        "5464-3.2-empty",
        replace(rb"\{0\}\r\n", b"NIL", only="METADATA"),
    ),
    flaw(
        "metadata-case-counts",
        "Names of entries in other letters are other names",
        "",
        "5464-3.2-case",
        send_as(rb"(?-i:/SHARED/Comment|/Shared/COMMENT)", b"/shared/vendor/x/y", name=_BOTH),
    ),
    flaw(
        "metadata-invalid-taken",
        "SETMETADATA takes names that no entry may have",
        "",
        "5464-3.2-invalid",
        answer(_OK, name="SETMETADATA", where=_INVALID),
    ),
    flaw(
        "metadata-invalid-looked-for",
        "GETMETADATA takes names that no entry may have",
        "",
        "5464-3.2-invalid",
        answer(_OK, name="GETMETADATA", where=_INVALID),
    ),
    flaw(
        "metadata-slash-at-the-end",
        "Names of entries below another one are shown with a slash at the end",
        "",
        "5464-3.2-names",
        before(
            b"* METADATA INBOX (/shared/vendor/x/ NIL)\r\n",
            kind="tagged",
            to="GETMETADATA",
            where=rb"DEPTH",
        ),
    ),
    flaw(
        "metadata-private-is-shared",
        "Private entries are shared",
        "",
        "5464-3.2-private",
        send_as(rb"/private/comment", b"/shared/vendor/x/y", count=0, name=_BOTH),
        replace(rb"/shared/vendor/x/y", b"/private/comment", only="METADATA"),
    ),
    flaw(
        "metadata-shared-is-private",
        "Shared entries are seen by who has set them",
        "",
        "5464-3.2-shared",
        send_as(rb"/shared/comment", b"/private/vendor/x/y", count=0, name=_BOTH),
        replace(rb"/private/vendor/x/y", b"/shared/comment", only="METADATA"),
        backend="dovecot24",
    ),
    flaw(
        "metadata-of-nothing",
        "A mailbox that there is not has no entries, and SETMETADATA is answered OK",
        "",
        "5464-3.3-access",
        replace(rb" NO .*", b" OK Done\r\n", kind="tagged", to=_BOTH),
    ),
    flaw(
        "metadata-refused-with-bad",
        "A mailbox that there is not is answered BAD",
        "",
        "5464-3.3-access",
        replace(rb" NO ", b" BAD ", kind="tagged", to=_BOTH),
    ),
    flaw(
        "metadata-private-only",
        "Shared entries are refused",
        "",
        "5464-3.3-shared",
        answer(_NO, name="SETMETADATA", where=rb"/shared/"),
    ),
    flaw(
        "metadata-of-the-server-unknown",
        "The empty name is refused",
        "",
        "5464-3.3-server",
        answer(_BAD, name="GETMETADATA", where=rb'GETMETADATA ""'),
    ),
    flaw(
        "metadata-of-the-server-bad",
        "What a user may not note of the server is answered BAD",
        "",
        "5464-3.3-server-restricted",
        answer(_BAD, name="SETMETADATA", where=rb'SETMETADATA "" \(/private'),
    ),
    flaw(
        "metadata-anybody-is-admin",
        "SETMETADATA of the address of the administrator is answered OK",
        "",
        "5464-6.2.2-admin",
        answer(_OK, name="SETMETADATA", where=rb"/shared/admin"),
    ),
    flaw(
        "metadata-left-behind",
        "A mailbox that is renamed has no entries",
        "",
        "5464-4.1-renamed",
        replace(_VALUE, b"NIL", only="METADATA", where=rb"GETMETADATA \S+-new\b"),
    ),
    flaw(
        "metadata-inherited",
        "A mailbox has from the start what one of its name had",
        "",
        "5464-4.1-deleted",
        replace(rb"comment NIL", b'comment "of the old one"', only="METADATA", to="GETMETADATA"),
    ),
    flaw(
        "metadata-noselect-refused",
        "A name that can not be selected takes no entries",
        "",
        "5464-4.1-noselect",
        replace(rb"\A\* LIST \(", rb"* LIST (\\Noselect ", only="LIST", where=rb"-top\b"),
        answer(_NO, name="SETMETADATA", where=rb"-top\b"),
        backend="cyrus310",
    ),
    flaw(
        "metadata-of-a-thousand",
        "A value of more than a thousand octets is too large",
        "",
        "5464-4.1-size",
        answer(
            b"{tag} NO [METADATA MAXSIZE 1000] Too large\r\n",
            name="SETMETADATA",
            where=rb'"[^"]{1001}',
        ),
    ),
    flaw(
        "metadata-of-nine",
        "A tenth entry is one too many",
        "",
        "5464-4.1-count",
        answer(b"{tag} NO [METADATA TOOMANY] Too many\r\n", name="SETMETADATA", where=rb'/j "10"'),
    ),
    flaw(
        "metadata-said-back",
        "SETMETADATA is answered with what it has set",
        "",
        "5464-4.3-silent",
        before(
            b'* METADATA "{first}" (/shared/comment "as you know")\r\n',
            kind="tagged",
            to="SETMETADATA",
            where=rb"as you know",
        ),
    ),
    flaw(
        "metadata-half-set",
        "SETMETADATA sets what it can, and is answered NO for the rest",
        "",
        "5464-4.3-all-or-none",
        ask_first(
            b'SETMETADATA "{first}" (/shared/comment "after")',
            name="SETMETADATA",
            where=rb'"after".*NoSuchUse|NoSuchUse.*"after"',
        ),
    ),
    flaw(
        "metadata-in-capitals",
        "GETMETADATA is known in capitals only",
        "",
        "5464-5-case",
        answer(_BAD, name="GETMETADATA", where=rb"\A\S+ (?-i:get)"),
    ),
    flaw(
        "metadata-without-literal8",
        "A value may not be a literal8",
        "",
        "5464-5-literal8",
        answer(_BAD, name="SETMETADATA", where=rb"~\{"),
    ),
    flaw(
        "metadata-odd",
        "An entry without a value is passed over",
        "",
        "5464-4.2-arguments",
        answer(_OK, name="SETMETADATA", where=rb"comment\)\r\n"),
    ),
    flaw(
        "metadata-told-unasked",
        "Changes are told though METADATA is not enabled",
        "",
        "5464-4.1-enabled",
        before(b"* METADATA INBOX /shared/comment\r\n", kind="tagged", to="NOOP"),
    ),
    flaw(
        "metadata-told-without-enable",
        "Changes are told, and ENABLE is not announced",
        "",
        "5464-1-enable",
        replace(rb" ENABLE\b", b"", only="CAPABILITY OK"),
        before(b"* METADATA INBOX /shared/comment\r\n", kind="tagged", to="NOOP"),
    ),
)

ALLOWED = (
    flaw(
        "metadata-in-quotes",
        "Names of entries are quoted, in capitals",
        "",
        "5464-4.2-value 5464-3.2-names 5464-3.2-case",
        replace(rb"/shared/comment(?= )", b'"/SHARED/COMMENT"', count=0, only="METADATA"),
    ),
    flaw(
        "metadata-of-nothing-not-told",
        "Of an entry without a value nothing is told",
        "",
        "5464-4.3-removed 5464-4.2-value",
        replace(rb"\A\* METADATA \S+ \(\S+ NIL\)\r\n", b"", only="METADATA"),
    ),
    flaw(
        "metadata-one-by-one",
        "Each of two entries comes in a response of its own",
        "",
        "5464-4.2-list",
        replace(
            rb"\A(\* METADATA \S+ \()(/private/comment .{1,20}) (/shared/comment .*)\Z",
            rb"\1\2)\r\n\1\3",
            only="METADATA",
        ),
    ),
    flaw(
        "metadata-server-of-the-administrator",
        "Nobody may note anything of the server",
        "",
        "5464-3.3-server-restricted 5464-6.2.2-admin",
        answer(_NO, name="SETMETADATA", where=rb'SETMETADATA "" '),
    ),
)
