"""Flaws of REPLACE (RFC 8508), and a facade that takes the star, which no server at hand does."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_then,
    command,
    drop,
    number,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_REPLACES = "REPLACE, UID REPLACE"
_SERVER = "dovecot24"
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)", re.IGNORECASE)
_UID = re.compile(rb"\* (\d+) FETCH \(.*?UID (\d+)", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(rb"\* OK (\[APPENDUID [^\]]*\])", re.IGNORECASE)


def _named(request: Request) -> tuple[bytes, bytes]:
    """Return the message of a REPLACE, and all that stands behind it up to the literal."""
    message, _, rest = request.arguments.partition(b" ")
    return message, rest


def _append(request: Request) -> bytes:
    """Return the APPEND that a REPLACE has in it, without tag and CRLF."""
    octets: bytes = re.sub(
        rb"\A\S+ (?:UID )?REPLACE \S+ ", b"APPEND ", request.octets, flags=re.IGNORECASE
    )
    return octets.removesuffix(b"\r\n")


def _with_its_flags(talk: Talk, request: Request) -> bytes | None:
    """Give the new message the flags of the old one."""
    message, rest = _named(request)
    came = talk.ask(b"%sFETCH %s (FLAGS)" % (request.by_uid, message))
    old = [flag for text in came for found in _FLAGS.findall(text) for flag in found.split()]
    flags = b" ".join(flag for flag in old if flag.lower() != b"\\recent")
    if not flags or b"(" in rest:
        return None
    return request.sub(
        rb"\A(\S+ (?:UID )?REPLACE \S+ \S+) ", rb"\1 (%s) " % flags.replace(b"\\", b"\\\\")
    )


def _by_three_commands(talk: Talk, request: Request) -> bytes | None:
    """Replace by APPEND, STORE and EXPUNGE, and let the client hear all of it."""
    message, _ = _named(request)
    *_, appended = talk.ask(_append(request), "all")
    if b" OK" not in appended:
        return None  # the server refuses the REPLACE as well
    talk.ask(b"%sSTORE %s +FLAGS (\\Deleted)" % (request.by_uid, message), "all")
    talk.ask(b"EXPUNGE", "news")
    talk.say(request.tag + b" OK Replaced\r\n")
    return b""


def _removed_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Remove what could not be replaced."""
    if b" NO" in responses[-1]:
        message, _ = _named(request)
        talk.ask(b"%sSTORE %s +FLAGS.SILENT (\\Deleted)" % (request.by_uid, message))
        talk.ask(b"EXPUNGE", "news")
    return responses


def _appended_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Append the new message although there is no old one."""
    if b" OK" not in responses[-1]:
        talk.ask(_append(request), "none")
    return responses


def _makes(talk: Talk, request: Request) -> None:
    mailbox = _named(request)[1].partition(b" ")[0]
    talk.ask(b"CREATE " + mailbox)


def _here_only(talk: Talk, request: Request) -> bytes | None:
    if _named(request)[1].partition(b" ")[0].strip(b'"') == talk.mailbox:
        return None
    talk.say(request.tag + b" NO Only in the selected mailbox\r\n")
    return b""


def _just_appends(talk: Talk, request: Request) -> bytes:
    """Append where no mailbox is selected."""
    *_, last = talk.ask(_append(request), "none")
    talk.say(last.replace(last.split(b" ")[0], request.tag, 1))
    return b""


def _keep_uids(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    found = _UID.match(octets)
    if found and "given" not in talk.shared:
        talk.memory[found[1]] = found[2]
    return octets


def _keep_new(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Remember which old unique identifier the new message shall have."""
    named = next((each.arguments.split(b" ")[0] for each in arrival.in_flight), b"")
    new = re.search(rb"APPENDUID \d+ (\d+)", octets)
    if new and named in talk.memory:
        talk.shared["given"] = (new[1], talk.memory[named])
    return octets


def _old_uid(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    new, old = talk.shared.get("given", (b"-", b"-"))
    return re.sub(rb"(UID )%s\b" % new, lambda m: m[1] + old, octets)


def _star(talk: Talk, request: Request) -> bytes | None:
    """Say the number of the last message in place of the star."""
    found = _UID.search(b"".join(talk.ask(b"FETCH * (UID)")))
    if found is None:
        return None
    last = found[2] if request.name.startswith("UID ") else found[1]
    return request.sub(rb"(REPLACE) \*", rb"\1 " + last)


def _whose(talk: Talk, _request: Request) -> None:
    talk.shared["whose"] = talk.number, talk.mailbox


def _kept_back(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell nothing to sessions other than the one that has replaced a message of this mailbox."""
    number, mailbox = talk.shared.get("whose", (0, b""))
    return octets if talk.mailbox != mailbox or talk.number == number else b""


def _keep_code(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    code = _CODE.match(octets)
    talk.memory["appenduid"] = code[1] if code else b""
    return b""


def _give_code(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    code = talk.memory.pop("appenduid", b"")
    return octets.replace(b" OK ", b" OK %s " % code, 1) if code else octets


FACADES = (
    facade(
        "replace-star-facade",
        "REPLACE of the star is done with the number of the last message",
        command(_star, name=_REPLACES, state="selected", where=rb"\A\S+ (?:UID )?REPLACE \* "),
        backend=_SERVER,
    ),
)

FLAWS = (
    flaw(
        "replace-unknown",
        "REPLACE is announced and not known",
        "",
        "8508-3.1-announced",
        answer(b"{tag} BAD Unknown command\r\n", name=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-inherits-flags",
        "The new message has the flags of the old one where it is given none",
        "",
        "8508-1-inherits 8508-3.2-flags",
        command(_with_its_flags, name=_REPLACES, state="selected"),
        backend=_SERVER,
    ),
    flaw(
        "replace-appends",
        "REPLACE appends, and leaves the old message where it is",
        "",
        "8508-3.4-removed 8508-3.4-expunged",
        send_as(
            rb"\A(\S+) (?:UID )?REPLACE \S+ ", rb"\1 APPEND ", name=_REPLACES, state="selected"
        ),
        backend=_SERVER,
    ),
    flaw(
        "replace-by-three-commands",
        "REPLACE is done by APPEND, STORE and EXPUNGE before the eyes of the client",
        "",
        "8508-3.4-no-store 8508-3.4-one-action",
        command(_by_three_commands, name=_REPLACES, state="selected"),
        backend=_SERVER,
    ),
    flaw(
        "replace-expunges",
        "REPLACE removes what is marked Deleted as well",
        "",
        "8508-3.4-only-named",
        ask_then(b"EXPUNGE", "news", name=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-alters-text",
        "A word of the new message is spelt otherwise in the mailbox",
        "",
        "8508-3.4-appended",
        send_as(rb"second version", rb"sekond version", name=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-keeps-the-uid",
        "The new message is shown with the unique identifier of the old one",
        "",
        "8508-3.4-new-uid 3501-2.3.1.1-never-reused",
        alter(_keep_uids, only="FETCH"),
        alter(_keep_new, code="APPENDUID", to="REPLACE"),
        alter(_old_uid, only="FETCH"),
        backend=_SERVER,
    ),
    flaw(
        "replace-passes-over-flags",
        "Flags in a REPLACE are passed over",
        "",
        "8508-3.2-flags",
        send_as(rb" \([^)]*\) ", rb" ", name=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-passes-over-date",
        "A date in a REPLACE is passed over",
        "",
        "8508-3.2-date",
        send_as(rb' "[ \d]\d-[^"]*" ', rb" ", name=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "uid-replace-by-number",
        "UID REPLACE takes its message for a number",
        "",
        "8508-3.3-uid",
        send_as(rb"UID REPLACE", rb"REPLACE", name="UID REPLACE"),
        backend=_SERVER,
    ),
    flaw(
        "replace-in-capitals",
        "REPLACE is known in capitals only",
        "",
        "8508-5-case",
        answer(b"{tag} BAD Unknown command\r\n", name=_REPLACES, where=rb"(?-i:rePlaCe|replace)"),
        backend=_SERVER,
    ),
    flaw(
        "replace-star-is-the-first",
        "The star in a REPLACE is the first message",
        "",
        "8508-5-star",
        send_as(rb"(REPLACE) \* ", rb"\1 1 ", name="REPLACE"),
        backend=_SERVER,
        facade="replace-star-facade",
    ),
    flaw(
        "replace-takes-a-range",
        "Of a range in a REPLACE the first message is replaced",
        "",
        "8508-3.2-arguments",
        send_as(rb"(REPLACE \d+)[:,]\d+", rb"\1", name=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-not-elsewhere",
        "REPLACE to another mailbox than the selected one is refused",
        "",
        "8508-3.4-other-mailbox",
        command(_here_only, name=_REPLACES, state="selected"),
        backend=_SERVER,
    ),
    flaw(
        "replace-without-exists",
        "REPLACE brings no EXISTS",
        "",
        "8508-3.4-exists",
        drop(only="EXISTS", to=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-without-expunge",
        "REPLACE brings no EXPUNGE",
        "",
        "8508-3.4-expunged 8508-3.4-expunged-first",
        drop(only="EXPUNGE", to=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-known-to-its-session-only",
        "Other sessions are not told what was replaced",
        "",
        "8508-3.4-told",
        remembering(_whose, name=_REPLACES),
        alter(_kept_back, only="EXISTS EXPUNGE", to="NOOP"),
        backend=_SERVER,
    ),
    flaw(
        "replace-where-nothing-is-selected",
        "REPLACE appends where no mailbox is selected",
        "",
        "8508-3.5-selected",
        command(_just_appends, name=_REPLACES, state="authenticated"),
        backend=_SERVER,
    ),
    flaw(
        "refused-replace-removes",
        "A REPLACE that is refused has removed the old message",
        "",
        "8508-3.4-consistent 8508-3.4-expunge-late",
        whole(_removed_all_the_same, name=_REPLACES, state="selected"),
        backend=_SERVER,
    ),
    flaw(
        "refused-replace-appends",
        "A REPLACE of no message appends",
        "",
        "8508-1-atomic",
        whole(_appended_all_the_same, name=_REPLACES, state="selected"),
        backend=_SERVER,
    ),
    flaw(
        "refused-replace-is-ok",
        "A REPLACE that fails is answered OK",
        "",
        "8508-3.2-refused 8508-4.1-rights",
        replace(rb"\A(\S+) NO [^\r]*", rb"\1 OK Done", to=_REPLACES),
        backend="cyrus310",
    ),
    flaw(
        "replace-without-trycreate",
        "REPLACE to a missing mailbox is refused without TRYCREATE",
        "",
        "8508-3.4-trycreate",
        replace(rb"\[TRYCREATE\] ", b"", to=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-creates",
        "REPLACE creates its mailbox",
        "",
        "8508-3.4-no-create",
        command(_makes, name=_REPLACES, where=rb"-missing\b"),
        backend=_SERVER,
    ),
    flaw(
        "replace-without-appenduid",
        "UIDPLUS is announced, and a REPLACE brings no APPENDUID",
        "",
        "8508-4.3-appenduid",
        drop(code="APPENDUID", to=_REPLACES),
        backend=_SERVER,
    ),
    flaw(
        "replace-appenduid-one-further",
        "APPENDUID of a REPLACE is one further than the message",
        "",
        "8508-4.3-appenduid-true",
        number(rb"\[APPENDUID \d+ (\d+)", lambda uid: uid + 1, to=_REPLACES),
        backend=_SERVER,
    ),
)

ALLOWED = (
    flaw(
        "appenduid-of-replace-in-tagged-ok",
        "APPENDUID of a REPLACE comes in its tagged OK",
        "",
        "8508-4.3-appenduid 8508-4.3-appenduid-true",
        alter(_keep_code, code="APPENDUID", kind="untagged", to=_REPLACES),
        alter(_give_code, kind="tagged", to=_REPLACES, status="OK"),
        backend=_SERVER,
    ),
)
