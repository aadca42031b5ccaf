"""Flaws of ANNOTATE (RFC 5257), by a Cyrus, which takes what it should not by itself."""

from __future__ import annotations

from conformance.flaws.acts import answer, ask_then, before, command, drop, instead, replace
from conformance.flaws.acts import send_as as send
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_CYRUS = "cyrus310"
_NARROW = "annotate-facade"
_BAD = b"{tag} BAD Not so\r\n"
_NO = b"{tag} NO Not that\r\n"
_OK = b"{tag} OK Done\r\n"
_ONE = b'* 1 FETCH (ANNOTATION (/comment (value.shared "new")))\r\n'


def _only_capitals(talk: Talk, request: Request) -> bytes | None:
    """Refuse the item in small letters."""
    if b"(annotation" not in request.octets:
        return None
    talk.say(request.tag + b" BAD What?\r\n")
    return b""


def _bad(name: str, title: str, rules: str, *acts: Act, behind: str = "") -> Flaw:
    return flaw(name, title, "", rules, *acts, backend=_CYRUS, facade=behind)


FACADES = (
    facade(
        _NARROW,
        "ANNOTATE is narrow, without private annotations",
        replace(rb"\[ANNOTATIONS \d+\]", b"[ANNOTATIONS 1024 NOPRIVATE]", code="ANNOTATIONS"),
        answer(_NO, name="STORE, APPEND", where=rb"value\.priv"),
        answer(
            b"{tag} NO [ANNOTATE TOOBIG] Too large\r\n", name="STORE", where=rb"shared \{20\d\d"
        ),
        answer(b"{tag} NO [ANNOTATE TOOMANY] Too many\r\n", name="STORE", where=rb"/n1[1-4] "),
        backend=_CYRUS,
    ),
)

FLAWS = (
    _bad(
        "annotation-of-session",
        "Annotations are gone when another session asks for them",
        "5257-1-permanent",
        replace(rb'"kept"', b"NIL", only="FETCH"),
    ),
    _bad(
        "annotate-without-condstore",
        "ANNOTATE is announced without CONDSTORE",
        "5257-1-condstore",
        replace(rb" (?:CONDSTORE|QRESYNC)\b", b"", count=0, only="CAPABILITY"),
    ),
    _bad(
        "annotation-with-slash",
        "Entries are shown with a slash at the end",
        "5257-3.2-shown",
        replace(rb"\(/comment \(", b"(/comment/ (", only="FETCH"),
    ),
    _bad(
        "annotation-any-case",
        "Names of entries are the same in capitals",
        "5257-3.2-case",
        send(rb"conformance/A value", b"conformance/a value", name="FETCH"),
        replace(rb"conformance/a \(", b"conformance/A (", only="FETCH"),
    ),
    _bad(
        "annotation-part-seen",
        "Who reads a part has its entry for that set",
        "5257-3.2.1-flags-kept",
        ask_then(
            b'STORE 1 ANNOTATION (/1/flags/seen (value.shared "1"))',
            name="FETCH",
            where=rb"BODY\[1\]",
        ),
    ),
    _bad(
        "annotation-shared-alone",
        "FETCH without .priv and .shared is about what is shared",
        "5257-3.2.2-both",
        replace(rb' value\.priv "mine"', b"", to="FETCH", where=rb"comment value\)"),
    ),
    _bad(
        "annotation-search-shared-alone",
        "SEARCH without .priv and .shared is about what is shared",
        "5257-3.2.2-both",
        send(rb"/comment value ", b"/comment value.shared ", name="SEARCH"),
    ),
    _bad(
        "annotation-empty-for-nil",
        "A value that is not there is shown as empty",
        "5257-3.2.2-nil",
        replace(rb"(value\.\w+) NIL", rb'\1 ""', count=0, only="FETCH"),
    ),
    _bad(
        "annotation-size-nil",
        "The size of what is not there is NIL",
        "5257-3.2.2-zero",
        replace(rb'(size\.\w+) "0"', rb"\1 NIL", count=0, only="FETCH"),
    ),
    _bad(
        "annotation-size-of-characters",
        "The size counts characters",
        "5257-3.2.2-size",
        replace(rb'(size\.\w+) "16"', rb'\1 "13"', only="FETCH"),
    ),
    _bad(
        "annotation-shared-hidden",
        "What is shared is shown to its author",
        "5257-3.3-shared 5257-3.4-shared-read",
        replace(rb'"ours"', b"NIL", only="FETCH"),
    ),
    _bad(
        "annotation-private-shown",
        "What is private is shown to all",
        "5257-3.3-private",
        replace(rb"value\.priv NIL", b'value.priv "mine"', to="FETCH", where=rb"comment value\)"),
    ),
    _bad(
        "annotation-unguarded",
        "Who has not the right n may change what is shared",
        "5257-3.4-refused",
        answer(_OK, name="STORE", where=rb'shared "theirs"'),
    ),
    _bad(
        "annotation-right-unknown",
        "SETACL knows no right n",
        "5257-3.4-n-right",
        answer(_BAD, name="SETACL", where=rb" lrn\r"),
    ),
    _bad(
        "annotation-never-written",
        "An annotation that is there can not be changed",
        "5257-3.4-shared-written 5257-4.5-set",
        answer(_NO, name="STORE", where=rb'"after"'),
    ),
    _bad(
        "annotation-private-wants-n",
        "Private annotations want more than the right r",
        "5257-3.4-private-written",
        answer(_NO, name="STORE", where=rb'priv "theirs"'),
    ),
    _bad(
        "annotation-flags",
        "Flags of messages are shown as entries",
        "5257-3.5-flags",
        replace(
            rb"\(ANNOTATION \(/comment ",
            b'(ANNOTATION (/flags/seen (value.shared "1") /comment ',
            only="FETCH",
        ),
    ),
    _bad(
        "annotations-untold",
        "SELECT does not tell what can be noted",
        "5257-4.1-annotations",
        drop(code="ANNOTATIONS"),
    ),
    _bad(
        "annotations-read-only",
        "A mailbox that keeps annotations is told to keep none",
        "5257-4.1-maximum",
        replace(rb"ANNOTATIONS \d+", b"ANNOTATIONS READ-ONLY", code="ANNOTATIONS"),
    ),
    _bad(
        "annotation-of-1024",
        "A value of 1024 octets is too large",
        "5257-4.1-1024",
        answer(b"{tag} NO [ANNOTATE TOOBIG] Too large\r\n", name="STORE", where=rb"shared \{1024"),
    ),
    _bad(
        "annotation-the-tenth",
        "The tenth annotation is one too many",
        "5257-4.1-ten",
        answer(b"{tag} NO [ANNOTATE TOOMANY] Too many\r\n", name="STORE", where=rb"/n10 "),
    ),
    _bad(
        "annotate-parameter",
        "SELECT does not take the parameter ANNOTATE",
        "5257-4.2-parameter",
        answer(_BAD, name="SELECT, EXAMINE", where=rb"\(ANNOTATE\)"),
    ),
    _bad(
        "annotation-asterisk",
        "An asterisk in the name of an entry matches nothing",
        "5257-4.3-wildcards",
        send(rb"/imap-conf\* ", b"/imap-conf ", name="FETCH"),
    ),
    _bad(
        "annotation-percent",
        "A percent sign in the name of an entry matches all levels",
        "5257-4.3-wildcards",
        send(rb"conformance/% ", b"conformance/* ", name="FETCH"),
    ),
    _bad(
        "annotation-first-of-list",
        "Of several entries the first one comes",
        "5257-4.3-lists",
        send(rb"\(\(/comment /altsubject\)", b"(/comment", name="FETCH"),
    ),
    _bad(
        "annotation-told-with-value",
        "What others note is told with its value",
        "5257-4.4-names",
        before(_ONE, to="NOOP", kind="tagged", state="selected"),
    ),
    _bad(
        "annotation-kept-as-it-was",
        "STORE of an annotation that is there leaves its value",
        "5257-4.5-set",
        answer(_OK, name="STORE", where=rb'"after"'),
    ),
    _bad(
        "annotation-alone",
        "STORE of an entry removes the others",
        "5257-4.5-others",
        send(
            rb'\(/comment \(value\.shared "new"\)\)',
            b'(/comment (value.shared "new") /altsubject (value.shared NIL))',
            name="STORE",
        ),
    ),
    _bad(
        "annotation-stays",
        "STORE of NIL is answered OK, and the value stays",
        "5257-4.5-removed",
        answer(_OK, name="STORE", where=rb"shared NIL"),
    ),
    _bad(
        "annotation-aloud",
        "STORE shows the annotations that it has set",
        "5257-4.5-silent",
        before(_ONE, to="STORE", kind="tagged", where=rb'"new"'),
    ),
    _bad(
        "annotation-modseq-untold",
        "STORE of an annotation does not tell the mod-sequence",
        "5257-4.5-modseq",
        drop(only="FETCH", to="STORE", where=rb"ANNOTATION"),
    ),
    _bad(
        "annotation-not-copied",
        "COPY leaves annotations behind",
        "5257-4.6-copied",
        replace(rb'shared "ours"', b"shared NIL", only="FETCH"),
    ),
    _bad(
        "annotation-not-appended",
        "APPEND drops annotations",
        "5257-4.7-append",
        send(rb' ANNOTATION \(/comment \(value\.shared "brought along"\)\)', b"", name="APPEND"),
    ),
    _bad(
        "annotation-of-the-first",
        "All messages of an APPEND have the annotations of the first one",
        "5257-4.7-multiappend",
        replace(rb'"second"', b'"first"', only="FETCH"),
    ),
    _bad(
        "annotation-search-one-entry",
        "SEARCH of all entries looks at one of them",
        "5257-4.8-found",
        send(rb"ANNOTATION \* ", b"ANNOTATION /comment ", name="SEARCH"),
    ),
    _bad(
        "annotation-search-size",
        "SEARCH takes attributes that can not be searched",
        "5257-4.8-bad",
        answer(b"* SEARCH\r\n" + _OK, name="SEARCH", where=rb"ANNOTATION /comment size"),
    ),
    _bad(
        "annotation-unsorted",
        "SORT by an annotation returns the order of the mailbox",
        "5257-4.9-sorted",
        instead(b"* SORT 1 2 3 4\r\n", only="SORT"),
    ),
    _bad(
        "annotation-sort-of-both",
        "SORT takes an attribute without its kind",
        "5257-4.9-bad",
        answer(b"* SORT 1\r\n" + _OK, name="SORT", where=rb"comment value\)"),
    ),
    _bad(
        "annotation-in-capitals",
        "ANNOTATION is known in capitals only",
        "5257-5-case",
        command(_only_capitals, name="FETCH"),
    ),
    _bad(
        "annotation-private-taken",
        "Where nothing is private a private value is answered OK",
        "5257-4.1-noprivate-refused",
        answer(_OK, name="STORE", where=rb"value\.priv"),
        behind=_NARROW,
    ),
    _bad(
        "annotation-private-empty",
        "Where nothing is private a private value is shown as empty",
        "5257-4.1-noprivate-nil",
        replace(rb"value\.priv NIL", b'value.priv ""', only="FETCH"),
        behind=_NARROW,
    ),
    _bad(
        "annotation-too-large-without-code",
        "A value that is too large is refused without TOOBIG",
        "5257-4.5-toobig",
        replace(rb"\[ANNOTATE TOOBIG\] ", b"", to="STORE"),
        behind=_NARROW,
    ),
    _bad(
        "annotation-too-many-without-code",
        "An annotation that is one too many is refused without TOOMANY",
        "5257-4.5-toomany",
        replace(rb"\[ANNOTATE TOOMANY\] ", b"", to="STORE"),
        behind=_NARROW,
    ),
)
