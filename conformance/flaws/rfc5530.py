"""Flaws of response codes (RFC 5530): refusals that give the wrong reason."""

from __future__ import annotations

from conformance.flaws.acts import answer, replace
from conformance.flaws.flaw import flaw

_REFUSAL = rb"(\S+ (?:NO|BAD)) (?:\[[^\]\r]*\] )?"


def _coded(code: bytes) -> bytes:
    return rb"\1 [%s] " % code


FLAWS = (
    flaw(
        "wrong-password-try-later",
        "A wrong password is refused with UNAVAILABLE",
        "",
        "5530-3-unavailable",
        replace(_REFUSAL, _coded(b"UNAVAILABLE"), kind="tagged", status="NO", to="LOGIN"),
    ),
    flaw(
        "wrong-password-no-rights",
        "A wrong password is refused with AUTHORIZATIONFAILED",
        "",
        "5530-3-authorizationfailed",
        replace(
            _REFUSAL,
            _coded(b"AUTHORIZATIONFAILED"),
            kind="tagged",
            status="NO",
            to="LOGIN, AUTHENTICATE",
        ),
    ),
    flaw(
        "no-such-user",
        "A login under a name that nobody has is refused with NONEXISTENT",
        "",
        "5530-5-unknown-user",
        replace(_REFUSAL, _coded(b"NONEXISTENT"), kind="tagged", to="LOGIN", where=rb"nobody"),
    ),
    flaw(
        "refused-once-refused-twice",
        "After a wrong password the right one is refused with AUTHENTICATIONFAILED",
        "",
        "5530-3-authenticationfailed",
        answer(b"{tag} NO [AUTHENTICATIONFAILED] No\r\n", name="LOGIN", since=2),
    ),
    flaw(
        "login-expired",
        "After a wrong password the right one is refused with EXPIRED",
        "",
        "5530-3-expired 5530-3-authenticationfailed",
        answer(b"{tag} NO [EXPIRED] Too old\r\n", name="LOGIN", since=2),
    ),
    flaw(
        "select-expired",
        "A mailbox that is not there is refused with EXPIRED",
        "",
        "5530-3-expired",
        replace(_REFUSAL, _coded(b"EXPIRED"), kind="tagged", to="SELECT, STATUS"),
    ),
    flaw(
        "privacy-under-tls",
        "Under TLS a login is refused with PRIVACYREQUIRED",
        "",
        "5530-3-privacyrequired",
        answer(b"{tag} NO [PRIVACYREQUIRED] Not here\r\n", name="LOGIN", tls=True),
    ),
    flaw(
        "create-of-existing-nonexistent",
        "A CREATE of what exists is refused with NONEXISTENT",
        "C30",
        "5530-3-nonexistent",
        replace(rb"\[ALREADYEXISTS\]", b"[NONEXISTENT]"),
    ),
    flaw(
        "create-of-existing-noperm",
        "A CREATE of what exists is refused with NOPERM",
        "",
        "5530-3-noperm",
        replace(rb"\[ALREADYEXISTS\]", b"[NOPERM]"),
    ),
    flaw(
        "missing-alreadyexists",
        "Whatever is done with a mailbox that does not exist is refused with ALREADYEXISTS",
        "",
        "5530-3-alreadyexists",
        replace(rb"\[(?:NONEXISTENT|TRYCREATE)\]", b"[ALREADYEXISTS]"),
    ),
    flaw(
        "missing-inuse",
        "A mailbox that does not exist is refused with INUSE",
        "",
        "5530-3-inuse",
        replace(rb"\[NONEXISTENT\]", b"[INUSE]"),
    ),
    flaw(
        "missing-overquota",
        "A mailbox that does not exist is refused with OVERQUOTA",
        "",
        "5530-3-overquota",
        replace(rb"\[(?:NONEXISTENT|TRYCREATE)\]", b"[OVERQUOTA]"),
    ),
    flaw(
        "missing-cannot",
        "A mailbox that does not exist is refused with CANNOT",
        "",
        "5530-3-cannot",
        replace(rb"\[NONEXISTENT\]", b"[CANNOT]"),
    ),
    flaw(
        "expunge-issued-always",
        "A SEARCH after an EXPUNGE of its own is answered with EXPUNGEISSUED",
        "",
        "5530-3-expungeissued",
        replace(rb" OK ", b" OK [EXPUNGEISSUED] ", kind="tagged", to="SEARCH"),
    ),
    flaw(
        "all-are-client-bugs",
        "An EXAMINE is answered with CLIENTBUG",
        "",
        "5530-3-clientbug",
        replace(rb" OK \[[^\]]*\]", b" OK [CLIENTBUG]", kind="tagged", to="EXAMINE"),
    ),
    flaw(
        "nonexistent-with-name",
        "NONEXISTENT has the name of the mailbox behind it",
        "",
        "5530-4-bare",
        replace(rb"\[NONEXISTENT\]", b'[NONEXISTENT "this one"]'),
    ),
    flaw(
        "hidden-mailbox-noperm",
        "A mailbox that the user may not know of is refused with NOPERM",
        "",
        "5530-5-hidden",
        replace(_REFUSAL, _coded(b"NOPERM"), kind="tagged", to="SELECT, STATUS"),
        backend="cyrus",
    ),
)

ALLOWED = (
    flaw(
        "no-codes-at-all",
        "No refusal has a code of RFC 5530",
        "",
        "5530-3-alreadyexists 5530-3-nonexistent 5530-3-authenticationfailed 5530-3-noperm",
        replace(rb"\[(?:ALREADYEXISTS|NONEXISTENT|AUTHENTICATIONFAILED|NOPERM|CANNOT)\] ", b""),
    ),
    flaw(
        "password-of-which-nothing-is-said",
        "A wrong password and a name that nobody has are refused with CONTACTADMIN",
        "",
        "5530-3-unavailable 5530-5-unknown-user 5530-3-authenticationfailed",
        replace(_REFUSAL, _coded(b"CONTACTADMIN"), kind="tagged", status="NO", to="LOGIN"),
    ),
)
