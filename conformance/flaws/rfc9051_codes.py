"""Flaws of response codes of IMAP4rev2 (RFC 9051 section 7.1)."""

from __future__ import annotations

from dataclasses import replace as changed

from conformance.flaws.acts import before, number, replace
from conformance.flaws.flaw import flaw

_SELECTS = "SELECT, EXAMINE"


FLAWS = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "nonexistent-for-whatever",
            "A NO to CREATE and RENAME has the code NONEXISTENT",
            "",
            "9051-7.1-nonexistent",
            replace(rb"NO (\[[^]]*\] )?", b"NO [NONEXISTENT] ", status="NO", to="CREATE, RENAME"),
        ),
        flaw(
            "alreadyexists-for-whatever",
            "A NO to DELETE and SELECT has the code ALREADYEXISTS",
            "",
            "9051-7.1-alreadyexists",
            replace(rb"NO (\[[^]]*\] )?", b"NO [ALREADYEXISTS] ", status="NO", to="DELETE, SELECT"),
        ),
        flaw(
            "haschildren-for-whatever",
            "A NO to DELETE has the code HASCHILDREN",
            "",
            "9051-7.1-haschildren",
            replace(rb"NO (\[[^]]*\] )?", b"NO [HASCHILDREN] ", status="NO", to="DELETE"),
        ),
        flaw(
            "authorizationfailed-for-whatever",
            "A wrong password is answered with the code AUTHORIZATIONFAILED",
            "",
            "9051-7.1-authorizationfailed",
            replace(rb"NO (\[[^]]*\] )?", b"NO [AUTHORIZATIONFAILED] ", status="NO", to="LOGIN"),
        ),
        flaw(
            "authenticationfailed-for-whatever",
            "A NO to STATUS has the code AUTHENTICATIONFAILED",
            "",
            "9051-7.1-authenticationfailed",
            replace(rb"NO (\[[^]]*\] )?", b"NO [AUTHENTICATIONFAILED] ", status="NO", to="STATUS"),
        ),
        flaw(
            "expungeissued-by-oneself",
            "A session that has removed messages itself is told EXPUNGEISSUED",
            "",
            "9051-7.1-expungeissued",
            replace(rb"OK (\[[^]]*\] )?", b"OK [EXPUNGEISSUED] ", status="OK", to="EXPUNGE"),
        ),
        flaw(
            "rev2-uidnotsticky-in-ok",
            "SELECT says UIDNOTSTICKY in an untagged OK",
            "",
            "9051-7.1-uidnotsticky-untagged 9051-7.1-uidnotsticky",
            before(b"* OK [UIDNOTSTICKY] Soft\r\n", kind="tagged", status="OK", to=_SELECTS),
        ),
        flaw(
            "clientbug-for-nothing",
            "The OK to FETCH has the code CLIENTBUG",
            "",
            "9051-7.1-clientbug",
            replace(
                rb"OK (\[[^]]*\] )?", b"OK [CLIENTBUG] ", status="OK", kind="tagged", to="FETCH"
            ),
        ),
        flaw(
            "rev2-appenduid-left-out",
            "The OK to APPEND has no APPENDUID",
            "",
            "9051-6.3.12-appenduid",
            replace(rb"\[APPENDUID [^]]*\] ?", b"", kind="tagged", to="APPEND"),
        ),
        flaw(
            "rev2-appenduid-one-too-high",
            "APPENDUID has the next identifier, not the one of the message",
            "",
            "9051-7.1-appenduid 9051-6.3.12-appenduid",
            number(rb"APPENDUID \d+ (\d+)", lambda uid: uid + 1, to="APPEND"),
        ),
    )
)

ALLOWED = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "rev2-codes-left-out",
            "A NO has no code",
            "",
            "9051-7.1-nonexistent 9051-7.1-alreadyexists 9051-7.1-haschildren",
            replace(rb"NO \[[^]]*\] ", b"NO ", status="NO"),
        ),
    )
)
