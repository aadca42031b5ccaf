"""Flaws of ENABLE (RFC 5161): what is enabled, for how long, and what is told of it."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    drop,
    instead,
    remembering,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_MODSEQ = re.compile(rb"MODSEQ \(\d+\) | MODSEQ \(\d+\)", re.IGNORECASE)
_UNKNOWN = rb"NOSUCHEXTENSION|VENDOR-NOSUCH"


def _names_all_that_is_on(talk: Talk, request: Request) -> None:
    """Add to what is on what this command names of it."""
    on = talk.memory.setdefault("on", [])
    on += [name for name in (b"CONDSTORE", b"QRESYNC") if name in request.arguments.upper()]


def _tells_all_that_is_on(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Send ENABLED with all that is on where the server sends none."""
    named = arrival.answers is not None and b"CONDSTORE" in arrival.answers.arguments.upper()
    on = talk.memory.get("on", [])
    return b"* ENABLED " + b" ".join(on) + b"\r\n" + octets if on and not named else octets


def _says_what_it_was_asked(talk: Talk, request: Request) -> bytes:
    """Let nothing of the server through but the tagged response."""
    *_, last = talk.exchange(request)
    talk.say(b"* ENABLED " + request.arguments + b"\r\n" + last)
    return b""


def _counts(talk: Talk, _request: Request) -> None:
    talk.memory["enables"] = talk.memory.get("enables", 0) + 1


def _has_closed(talk: Talk, _request: Request) -> None:
    talk.memory["closed"] = True


def _forgotten_with_second(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return _MODSEQ.sub(b"", octets) if talk.memory.get("enables", 0) > 1 else octets


def _forgotten_with_close(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return _MODSEQ.sub(b"", octets) if talk.memory.get("closed") else octets


def _alone(talk: Talk, request: Request) -> bytes | None:
    """Refuse an ENABLE behind which more has come already."""
    if not talk.more_is_there:
        return None
    talk.say(request.tag + b" BAD One at a time\r\n")
    return b""


def _enabled_for_all(talk: Talk, request: Request) -> None:
    if b"QRESYNC" in request.arguments.upper():
        talk.shared["qresync"] = True
        talk.memory["qresync"] = True


def _vanishes_for_all(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Send VANISHED with a made-up UID to sessions that have not enabled QRESYNC."""
    if talk.shared.get("qresync") and not talk.memory.get("qresync"):
        return b"* VANISHED 4294967290\r\n" + octets
    return octets


def _no_more(talk: Talk, _request: Request) -> None:
    talk.memory["enabled"] = True


def _shorter(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return octets.replace(b" CONDSTORE", b"") if talk.memory.get("enabled") else octets


FLAWS = (
    flaw(
        "enabled-tells-all",
        "ENABLED lists what was on before",
        "A28",
        "5161-3.1-each-response",
        remembering(_names_all_that_is_on, name="ENABLE"),
        alter(_tells_all_that_is_on, kind="tagged", to="ENABLE", status="OK"),
    ),
    flaw(
        "enable-wants-to-know-all",
        "ENABLE of a name that is not known is answered BAD",
        "",
        "5161-3.1-unknown",
        answer(b"{tag} BAD Unknown capability\r\n", name="ENABLE", where=_UNKNOWN),
    ),
    flaw(
        "enabled-says-what-it-was-asked",
        "ENABLED repeats the names of ENABLE, whatever becomes of them",
        "",
        "5161-3.1-unknown 5161-3.1-not-for-enable",
        command(_says_what_it_was_asked, name="ENABLE", state="authenticated"),
    ),
    flaw(
        "enable-refuses-what-needs-none",
        "ENABLE of an extension that needs no enabling is answered NO",
        "",
        "5161-3.1-not-for-enable",
        answer(b"{tag} NO It is always on\r\n", name="ENABLE", where=rb"IDLE|NAMESPACE"),
    ),
    flaw(
        "enable-without-enabled",
        "ENABLE is answered with OK alone",
        "",
        "5161-3.1-response 5161-3.1-enables",
        drop(only="ENABLED"),
    ),
    flaw(
        "enable-does-nothing",
        "ENABLED names CONDSTORE, and nothing was enabled",
        "",
        "5161-3.1-enables 5161-3.1-stays",
        answer(b"* ENABLED CONDSTORE\r\n{tag} OK Done\r\n", name="ENABLE", where=rb"CONDSTORE"),
    ),
    flaw(
        "second-enable-takes-back",
        "A second ENABLE switches off what the first has enabled",
        "",
        "5161-3.1-additive",
        remembering(_counts, name="ENABLE"),
        alter(_forgotten_with_second, only="FETCH", to="STORE"),
    ),
    flaw(
        "close-takes-back",
        "What was enabled is off after a CLOSE",
        "",
        "5161-3.1-stays",
        remembering(_has_closed, name="CLOSE"),
        alter(_forgotten_with_close, only="FETCH", to="STORE"),
    ),
    flaw(
        "enable-changes-capabilities",
        "CAPABILITY leaves out CONDSTORE once it is enabled",
        "",
        "5161-3.1-capabilities-unchanged",
        remembering(_no_more, name="ENABLE"),
        alter(_shorter, only="CAPABILITY"),
    ),
    flaw(
        "enable-alone",
        "ENABLE with more behind it in one packet is answered BAD",
        "",
        "5161-3.1-pipelining",
        command(_alone, name="ENABLE"),
    ),
    flaw(
        "enable-capitals-only",
        "The names of ENABLE are known in capitals only",
        "",
        "5161-4-case",
        send_as(rb"(?-i:condstore)", b"NOSUCHEXTENSION", name="ENABLE"),
    ),
    flaw(
        "enabled-with-select",
        "SELECT is answered with an empty ENABLED besides",
        "",
        "5161-3.2-result",
        before(b"* ENABLED\r\n", kind="tagged", to="SELECT"),
    ),
    flaw(
        "enabled-with-two-spaces",
        "The names of ENABLED stand behind two spaces",
        "",
        "5161-3.2-listed 3501-9-capability",
        replace(rb"ENABLED ", b"ENABLED  ", only="ENABLED"),
    ),
    flaw(
        "enable-takes-anything",
        "ENABLE without names, or with what is none, is answered OK",
        "",
        "5161-3.1-arguments",
        answer(b"* ENABLED\r\n{tag} OK\r\n", name="ENABLE", where=rb"ENABLE ?\r|[(\"]|  | \r"),
    ),
    flaw(
        "enable-before-login",
        "ENABLE is taken before the login",
        "",
        "5161-3.1-authenticated",
        answer(b"* ENABLED\r\n{tag} OK Done\r\n", name="ENABLE", state="not authenticated"),
        backend="courier",
    ),
    flaw(
        "enable-unknown",
        "ENABLE is announced, and not known",
        "",
        "5161-1-announced",
        answer(b"{tag} BAD Unknown command\r\n", name="ENABLE"),
    ),
    flaw(
        "enabled-for-all",
        "What one session has enabled is enabled for all sessions",
        "",
        "5161-1-unasked",
        remembering(_enabled_for_all, name="ENABLE"),
        alter(_vanishes_for_all, only="EXPUNGE"),
    ),
)

ALLOWED = (
    flaw(
        "enabled-in-small-letters",
        "ENABLED has its names in small letters",
        "",
        "5161-3.1-enables 5161-4-case",
        alter(lambda _t, _a, octets: b"* ENABLED" + octets[9:].lower(), only="ENABLED"),
    ),
    flaw(
        "enabled-names-what-comes-along",
        "ENABLE QRESYNC is told with CONDSTORE, which it brings",
        "",
        "5161-3.1-each-response 5161-3.1-enables",
        instead(b"* ENABLED CONDSTORE QRESYNC\r\n", only="ENABLED", where=rb"QRESYNC"),
    ),
    flaw(
        "enable-not-while-selected",
        "ENABLE is answered BAD while a mailbox is selected",
        "",
        "5161-1-announced 5161-3.1-pipelining",
        answer(b"{tag} BAD Not now\r\n", name="ENABLE", state="selected"),
    ),
)
