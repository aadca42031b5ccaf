"""Flaws of LIST-EXTENDED (RFC 5258), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, replace, send_as
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_BAD = b"{tag} BAD Unknown argument\r\n"
_ITEM = b' ("CHILDINFO" ("SUBSCRIBED"))\r\n'


def _noselect(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Say Noselect of a name that is not subscribed."""
    if b"\\Subscribed" in octets:
        return octets
    return re.sub(
        rb"\A\* LIST \((?=(\\?))", lambda m: m[0] + b"\\Noselect" + b" " * len(m[1]), octets
    )


FACADES = (
    facade(
        "levels-facade",
        "A level that is no mailbox is listed with HasChildren",
        replace(rb"(\\NonExistent)\)", rb"\1 \\HasChildren)", only="LIST", where=rb"LIST \(\) "),
        backend="dovecot24",
    ),
)

FLAWS = (
    flaw(
        "list-recursivematch-alone",
        "RECURSIVEMATCH is taken without an option that it could modify",
        "C12",
        "5258-3.1-recursivematch-alone",
        send_as(rb"LIST \((?:RECURSIVEMATCH|REMOTE| )+\)", b"LIST ()", name="LIST"),
    ),
    flaw(
        "list-return-unheard",
        "RETURN (SUBSCRIBED CHILDREN) brings neither attribute",
        "C14",
        "5258-4-children 5258-3.2-subscribed 5258-3-option-order",
        replace(
            rb"\\(?:Subscribed|HasChildren|HasNoChildren) ?",
            b"",
            count=0,
            only="LIST",
            where=rb"RETURN \(\w",
        ),
    ),
    flaw(
        "list-parent-childless",
        "LIST (SUBSCRIBED) says HasNoChildren of a parent",
        "C07",
        "5258-4-children-right",
        replace(rb"\\HasChildren", rb"\\HasNoChildren", only="LIST", where=rb"LIST \(SUBSCRIBED"),
    ),
    flaw(
        "list-never-subscribed",
        "LIST (SUBSCRIBED) leaves the attribute Subscribed out",
        "C18",
        "5258-3.1-subscribed-attribute",
        replace(rb"\\Subscribed ?", b"", only="LIST", where=rb"LIST \(SUBSCRIBED"),
    ),
    flaw(
        "list-extended-unknown",
        "LIST-EXTENDED is announced, and an empty list of options is not taken",
        "",
        "5258-3-extended",
        answer(_BAD, name="LIST", where=rb"LIST \(\)"),
    ),
    flaw(
        "list-empty-pattern-is-root",
        "An empty pattern in the extended syntax asks for the root",
        "",
        "5258-3-empty-ignored",
        send_as(rb'LIST \(\) "" ""', b'LIST "" ""', name="LIST"),
    ),
    flaw(
        "list-in-one-order",
        "Options are taken in the order of the RFC only",
        "",
        "5258-3-option-order",
        answer(_BAD, name="LIST", where=rb"\(RECURSIVEMATCH SUBSCRIBED\)"),
    ),
    flaw(
        "list-option-once",
        "An option that is given twice is refused",
        "",
        "5258-3-option-twice",
        answer(_BAD, name="LIST", where=rb"\bSUBSCRIBED (?:CHILDREN )?SUBSCRIBED\b"),
    ),
    flaw(
        "list-option-passed-over",
        "An option that is not known is passed over",
        "",
        "5258-3-option-unknown",
        send_as(rb" ?NOSUCHOPTION", b"", name="LIST"),
    ),
    flaw(
        "list-pattern-refused",
        "A pattern that leads up is refused",
        "",
        "5258-3-pattern-ignored",
        answer(b"{tag} NO Not there\r\n", name="LIST", where=rb'LIST \(\) "" "\.\./'),
    ),
    flaw(
        "list-first-pattern",
        "Of several patterns the first one counts",
        "",
        "5258-3-patterns",
        send_as(rb'LIST "" \((\w\S*) [^)]*\)', rb'LIST "" (\1)', name="LIST"),
    ),
    flaw(
        "list-calls-all-nonexistent",
        "A subscribed mailbox is called NonExistent",
        "",
        "5258-3-nonexistent",
        replace(rb"\A\* LIST \(", rb"* LIST (\\NonExistent ", only="LIST", where=rb"SUBSCRIBED\)"),
    ),
    flaw(
        "list-items-for-all",
        "CHILDINFO comes to every LIST",
        "",
        "5258-3-extended-item",
        replace(rb"\r\n\Z", _ITEM, only="LIST", where=rb'LIST "" [^ ("]+\Z'),
    ),
    flaw(
        "list-childinfo-unasked",
        "CHILDINFO comes to every LIST (SUBSCRIBED)",
        "",
        "5258-3.5-asked",
        replace(rb"(?<!\))\r\n\Z", _ITEM, only="LIST", where=rb"LIST \(SUBSCRIBED\)"),
        replace(rb"(?<!\))\r\n\Z", _ITEM, only="LIST", where=rb"RETURN \(SUBSCRIBED"),
    ),
    flaw(
        "list-return-selects",
        "RETURN (SUBSCRIBED) selects what is subscribed",
        "",
        "5258-3-return-no-names 5258-3.2-subscribed",
        send_as(rb'LIST "" (\S+) RETURN \(SUBSCRIBED\)', rb'LIST (SUBSCRIBED) "" \1', name="LIST"),
    ),
    flaw(
        "list-remote-widens",
        "REMOTE takes away what SUBSCRIBED asks for",
        "",
        "5258-3.1-remote 5258-3.1-cumulative",
        send_as(rb"\(REMOTE SUBSCRIBED\)", b"(REMOTE)", name="LIST"),
    ),
    flaw(
        "list-first-option",
        "Of two options of selection the first one counts",
        "",
        "5258-3.1-cumulative",
        send_as(rb"\(SUBSCRIBED SPECIAL-USE\)", b"(SUBSCRIBED)", name="LIST"),
        backend="dovecot24",
    ),
    flaw(
        "list-without-recursion",
        "RECURSIVEMATCH is passed over",
        "",
        "5258-3.1-recursivematch 5258-3.1-recursivematch-any-child 5258-3.5-criteria",
        send_as(rb" RECURSIVEMATCH|RECURSIVEMATCH (?=SUB)", b"", name="LIST"),
    ),
    flaw(
        "list-recursion-lists",
        "RECURSIVEMATCH lists what is below the pattern as well",
        "",
        "5258-3.1-recursivematch-pattern",
        send_as(rb'(RECURSIVEMATCH\) "" )([^"\s]+)(?=\r)', rb'\1"\2*"', name="LIST"),
    ),
    flaw(
        "list-childinfo-bare",
        "The options in CHILDINFO stand without quotes",
        "C11",
        "5258-3.5-criteria 3501-9-mailbox-list",
        replace(rb'\("SUBSCRIBED"\)', b"(SUBSCRIBED)", only="LIST"),
    ),
    flaw(
        "list-childinfo-dropped",
        "A subscribed name has no CHILDINFO, whatever is subscribed below",
        "",
        "5258-3.1-recursivematch-any-child 5258-3.5-criteria",
        replace(rb"(\\Subscribed.*) \(\"?CHILDINFO.*\Z", rb"\1\r\n", only="LIST"),
    ),
    flaw(
        "list-subscribed-lists-all",
        "LIST (SUBSCRIBED) lists every mailbox",
        "",
        "5258-3.1-subscribed 5258-3.3-reasons",
        send_as(rb"LIST \(SUBSCRIBED\)", b"LIST ()", name="LIST"),
    ),
    flaw(
        "list-ghosts",
        "A subscribed name whose mailbox is gone is listed as if it were there",
        "",
        "5258-3.1-subscribed-nonexistent",
        replace(rb"\\NonExistent ?", b"", only="LIST"),
    ),
    flaw(
        "list-children-both",
        "RETURN (CHILDREN) brings both attributes",
        "",
        "5258-4-not-both",
        replace(
            rb"\\HasChildren", rb"\\HasChildren \\HasNoChildren", only="LIST", where=rb"CHILDREN\)"
        ),
    ),
    flaw(
        "list-unsubscribed-noselect",
        "RETURN (SUBSCRIBED) says Noselect of what is not subscribed, as LSUB does of a level",
        "",
        "5258-3.2-attributes",
        alter(_noselect, only="LIST", where=rb"RETURN \(SUBSCRIBED\)"),
    ),
    flaw(
        "list-parent-noselect",
        "LIST (SUBSCRIBED) says Noselect of a mailbox that is listed for what is below it",
        "",
        "5258-3.5-no-noselect",
        alter(_noselect, only="LIST", where=rb"LIST \(SUBSCRIBED"),
    ),
    flaw(
        "list-levels-exist",
        "A level that is listed for what is subscribed below is listed as if it were a mailbox",
        "",
        "5258-3.5-nonexistent",
        replace(rb"\\NonExistent ?(?=.*CHILDINFO)", b"", only="LIST"),
        backend="dovecot24",
    ),
    flaw(
        "list-levels-have-no-children",
        "A level that is no mailbox is listed without HasChildren",
        "",
        "5258-3.5-nonexistent-children",
        replace(rb"(\\NonExistent) \\HasChildren", rb"\1", only="LIST"),
        backend="dovecot24",
        facade="levels-facade",
    ),
    flaw(
        "list-parents-of-all",
        "RECURSIVEMATCH lists a parent though what is subscribed below is listed as well",
        "",
        "5258-3.5-redundant",
        replace(
            rb'\A\* LIST \([^)]*\) ("."|NIL) ([^ "]+)/[^ "/]+\r\n\Z',
            rb'* LIST () \1 \2 ("CHILDINFO" ("SUBSCRIBED"))\r\n\g<0>',
            only="LIST",
            where=rb"RECURSIVEMATCH\).*\*\d",
        ),
    ),
    flaw(
        "list-twice-for-two-options",
        "RETURN (SUBSCRIBED CHILDREN) has a response for each of the two",
        "",
        "5258-3.3-once",
        replace(
            rb"\A\* LIST \([^)]*\\Subscribed[^)]*(.*)\Z",
            rb"* LIST (\\Subscribed\1\g<0>",
            only="LIST",
            where=rb"RETURN \(SUBSCRIBED CHILDREN\)",
        ),
    ),
    flaw(
        "list-return-without-list",
        "RETURN takes an option without parentheses",
        "",
        "5258-3-arguments",
        send_as(rb"RETURN (\w+)(?=\r\n)", rb"RETURN (\1)", name="LIST"),
    ),
    flaw(
        "list-item-with-a-space",
        "The tag of an extended data item has a space in it",
        "",
        "5258-6-tag",
        replace(rb'"?CHILDINFO"?', b'"CHILD INFO"', only="LIST"),
    ),
    flaw(
        "list-twice-for-two-patterns",
        "A name that matches two patterns is listed twice",
        "",
        "5258-3-patterns-once",
        replace(rb"\A(.*)\Z", rb"\1\1", only="LIST", where=rb'LIST "" \(\S+ '),
    ),
)

ALLOWED = (
    flaw(
        "list-childinfo-in-quotes",
        "The tag CHILDINFO stands in quotes",
        "",
        "5258-3.5-criteria 5258-6-tag",
        replace(rb"\(CHILDINFO(?= )", b'("CHILDINFO"', only="LIST"),
    ),
)
