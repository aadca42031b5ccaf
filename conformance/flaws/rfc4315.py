"""Flaws of UIDPLUS (RFC 4315): UID EXPUNGE, and the codes APPENDUID and COPYUID."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    number,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_COPIES = "COPY, UID COPY"
_BARE = rb"\A(\S+ OK )(?!\[)"
_PAIR = rb"(\[COPYUID \d+ \S+ )(\d+)[:,](\d+)\]"


def _marks_first(talk: Talk, request: Request) -> None:
    """Mark what is named before it is removed."""
    talk.ask(b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % request.arguments)


def remember_validity(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Note the UIDVALIDITY of the mailbox that is selected."""
    found = re.search(rb"\[UIDVALIDITY (\d+)\]", octets)
    if found:
        talk.memory["uidvalidity"] = found[1]
    return octets


def validity_of_source(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell it in COPYUID in the place of that of the target."""
    validity = talk.memory.get("uidvalidity", b"1")
    return re.sub(rb"(\[COPYUID )\d+", lambda m: m[1] + validity, octets)


def _untagged_first(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell the code in a line of its own, before the tagged OK."""
    code = re.search(rb"\[COPYUID [^\]]*\] ", octets)
    return b"* OK %sCopied\r\n" % code[0] + octets.replace(code[0], b"") if code else octets


FLAWS = (
    flaw(
        "copyuid-of-nothing",
        "COPYUID has two empty sets",
        "A06",
        "4315-4-uid-set",
        replace(rb"\[COPYUID (\d+) \S+ \S+\]", rb"[COPYUID \1  ]"),
    ),
    flaw(
        "appenduid-none",
        "APPENDUID has the word none for a UID",
        "E23",
        "4315-4-uid-set",
        replace(rb"\[APPENDUID (\d+) \S+\]", rb"[APPENDUID \1 none]"),
    ),
    flaw(
        "appenduid-of-two",
        "APPENDUID has two UIDs for one message",
        "",
        "4315-4-append-uid",
        replace(rb"\[APPENDUID (\d+) (\d+)\]", rb"[APPENDUID \1 \2,4294967295]"),
    ),
    flaw(
        "copyuid-of-source",
        "COPYUID has the UIDVALIDITY of the source mailbox",
        "E20",
        "4315-3-copyuid",
        alter(remember_validity, code="UIDVALIDITY", to="SELECT"),
        alter(validity_of_source, code="COPYUID", to=_COPIES),
    ),
    flaw(
        "copyuid-short",
        "COPYUID of several messages tells the first new UID only",
        "",
        "4315-3-copyuid",
        replace(_PAIR, rb"\1\2]", code="COPYUID", to=_COPIES),
    ),
    flaw(
        "copyuid-untagged",
        "COPYUID comes in an untagged OK before that of COPY",
        "",
        "4315-3-copyuid-tagged",
        alter(_untagged_first, code="COPYUID", to=_COPIES),
    ),
    flaw(
        "copyuid-of-another",
        "COPYUID of a UID COPY has an old UID that was not named",
        "",
        "4315-3-copyuid-sets",
        replace(rb"(\[COPYUID \d+) \d+ ", rb"\1 4294967000 ", code="COPYUID", to="UID COPY"),
    ),
    flaw(
        "copyuid-without-copies",
        "A UID COPY of no message has a COPYUID",
        "",
        "4315-3-copyuid-nothing",
        answer(b"{tag} OK [COPYUID 1 1 1] Done\r\n", name="UID COPY", where=rb"COPY 4294967290 "),
    ),
    flaw(
        "copy-without-copyuid",
        "UIDPLUS is announced, and COPY brings no COPYUID",
        "",
        "4315-3-copyuid-told",
        replace(rb"\[COPYUID [^\]]*\] ", b"", to=_COPIES),
    ),
    flaw(
        "append-without-appenduid",
        "UIDPLUS is announced, and APPEND brings no APPENDUID",
        "",
        "4315-3-appenduid-told",
        replace(rb"\[APPENDUID [^\]]*\] ", b"", to="APPEND"),
    ),
    flaw(
        "appenduid-behind",
        "APPENDUID is the next UID, and not that of the message",
        "",
        "4315-3-appenduid",
        number(rb"\[APPENDUID \d+ (\d+)", lambda value: value + 1, code="APPENDUID"),
    ),
    flaw(
        "appenduid-range-of-one",
        "APPENDUID of one message is a range from its UID to its UID",
        "",
        "4315-3-appenduid-single",
        replace(rb"(\[APPENDUID \d+) (\d+)\]", rb"\1 \2:\2]"),
    ),
    flaw(
        "appenduid-short",
        "APPENDUID of two messages tells the last UID only",
        "",
        "4315-3-appenduid-several 4315-4-append-uid",
        replace(rb"(\[APPENDUID \d+) \d+[:,](\d+)\]", rb"\1 \2]"),
    ),
    flaw(
        "uid-expunge-is-expunge",
        "UID EXPUNGE removes all that is marked Deleted",
        "",
        "4315-2.1-expunge-others",
        send_as(rb"\A(\S+) UID EXPUNGE [^\r]*", rb"\1 EXPUNGE", name="UID EXPUNGE"),
    ),
    flaw(
        "uid-expunge-marks",
        "UID EXPUNGE removes what is named, marked or not",
        "",
        "4315-2.1-expunge-others",
        command(_marks_first, name="UID EXPUNGE", state="selected"),
    ),
    flaw(
        "uid-expunge-does-nothing",
        "UID EXPUNGE is answered OK, and nothing is removed",
        "",
        "4315-2.1-expunge 4315-2.1-untagged",
        answer(b"{tag} OK Done\r\n", name="UID EXPUNGE", state="selected"),
    ),
    flaw(
        "uid-expunge-wants-all",
        "UID EXPUNGE of a set with a unique identifier of no message is refused",
        "",
        "4315-2.1-expunge-unknown",
        answer(b"{tag} NO Not there\r\n", name="UID EXPUNGE", where=rb"4294967290"),
    ),
    flaw(
        "uid-expunge-of-all",
        "UID EXPUNGE without a set removes all that is marked Deleted",
        "",
        "4315-2.1-arguments",
        send_as(rb"UID EXPUNGE(?=\r\n)", b"EXPUNGE", name="UID EXPUNGE"),
    ),
    flaw(
        "appenduid-of-a-closed-mailbox",
        "APPENDUID is sent for a mailbox that the client may not open",
        "",
        "4315-3-appenduid-hidden",
        replace(_BARE, rb"\1[APPENDUID 1 1] ", kind="tagged", to="APPEND"),
    ),
    flaw(
        "copyuid-of-a-closed-mailbox",
        "COPYUID is sent for a mailbox that the client may not open",
        "",
        "4315-3-copyuid-hidden",
        replace(_BARE, rb"\1[COPYUID 1 1 1] ", kind="tagged", to=_COPIES, where=b"COPY 1 "),
    ),
    flaw(
        "uidnotsticky-in-ok",
        "UIDNOTSTICKY comes in an untagged OK of SELECT",
        "",
        "4315-3-uidnotsticky-untagged 4315-3-uidnotsticky",
        before(b"* OK [UIDNOTSTICKY] They do not last\r\n", kind="tagged", to="SELECT"),
    ),
)

ALLOWED = (
    flaw(
        "copyuid-range-backwards",
        "A range in COPYUID goes from the higher UID to the lower",
        "",
        "4315-3-copyuid 4315-3-copyuid-sets",
        replace(rb"(\d+):(\d+)", rb"\2:\1", code="COPYUID", to=_COPIES),
    ),
)
