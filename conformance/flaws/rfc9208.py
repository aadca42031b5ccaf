"""Flaws of QUOTA (RFC 9208), and a facade of a quota root that its user may set limits of.

The root of the facade is called `account`; what it limits is counted on the server behind it. Each
connection has limits of its own, so that none of them outlives the case that sets it.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    drop,
    number,
    replace,
    send_as,
    twice,
)
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival
from conformance.wire.states import State

_COPIES = "COPY, UID COPY, MOVE, UID MOVE"
_ROOT = b"account"
_BEHIND = "quota-facade"
_LIMITS = {b"STORAGE": 1_000_000, b"MESSAGE": 100_000, b"MAILBOX": 10_000}
_ANNOUNCED = b"QUOTA QUOTASET QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX"
_NAME = re.compile(
    rb'\* LIST \(([^)]*)\) \S+ (\{\d+\}\r\n.*|".*"|\S+)\r\n\Z', re.IGNORECASE | re.DOTALL
)
_LIST = re.compile(rb"\(([^()]*)\)\Z")
_COUNT = re.compile(rb"(MESSAGES|SIZE) (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)", re.IGNORECASE)
_USAGE = re.compile(rb"(MESSAGE|MAILBOX) (\d+)", re.IGNORECASE)
_DELETED = frozenset({b"DELETED", b"DELETED-STORAGE"})


def _said(talk: Talk, request: Request, *lines: bytes) -> bytes:
    """Answer a command; the last line is the tagged one, without its tag."""
    talk.say(b"".join(line + b"\r\n" for line in lines[:-1]))
    talk.say(request.tag + b" " + lines[-1] + b"\r\n")
    return b""


def _limits(talk: Talk) -> dict[bytes, int]:
    found: dict[bytes, int] = talk.memory.setdefault("limits", dict(_LIMITS))
    return found


def _quota(talk: Talk) -> bytes:
    """Count, and write the response."""
    names = [
        found[2]
        for line in talk.ask(b'LIST "" "*"', "none")
        if (found := _NAME.match(line)) and b"noselect" not in found[1].lower()
    ]
    used = {b"MAILBOX": len(names), b"STORAGE": 0, b"MESSAGE": 0}
    for name in names if len(_limits(talk)) > 1 else ():
        came = b"".join(talk.ask(b"STATUS %s (MESSAGES SIZE)" % name, "none"))
        counts = {item.upper(): int(count) for item, count in _COUNT.findall(came)}
        used[b"MESSAGE"] += counts.get(b"MESSAGES", 0)
        used[b"STORAGE"] += counts.get(b"SIZE", 0)
    used[b"STORAGE"] //= 1024
    listed = (b"%s %d %d" % (name, used[name], limit) for name, limit in _limits(talk).items())
    return b"* QUOTA %s (%s)" % (_ROOT, b" ".join(listed))


def _names_one(request: Request) -> bool:
    """Whether there is one argument, a string."""
    return re.fullmatch(rb'"[^"]*"|[^ "()]+|\{\d+\+?\}\r\n', request.arguments) is not None


def _asked(talk: Talk, request: Request) -> bytes:
    """Answer GETQUOTA and GETQUOTAROOT."""
    if talk.state not in (State.AUTHENTICATED, State.SELECTED) or not _names_one(request):
        return _said(talk, request, b"BAD Not now, or not so")
    if request.name == "GETQUOTA":
        if request.first != _ROOT:
            return _said(talk, request, b"NO No such quota root")
        return _said(talk, request, _quota(talk), b"OK Done")
    name = b'"%s"' % request.first if request.literals else request.arguments
    return _said(talk, request, b"* QUOTAROOT %s %s" % (name, _ROOT), _quota(talk), b"OK Done")


def _set(talk: Talk, request: Request) -> bytes:
    """Answer SETQUOTA."""
    found = _LIST.search(request.arguments)
    words = found[1].upper().split() if found else []
    if found is None or len(words) % 2 or not all(word.isdigit() for word in words[1::2]):
        return _said(talk, request, b"BAD Not so")
    if request.first != _ROOT or not set(words[::2]) <= set(_LIMITS):
        return _said(talk, request, b"NO Not that")
    limits = _limits(talk)
    limits.clear()
    limits.update(zip(words[::2], map(int, words[1::2]), strict=True))
    return _said(talk, request, _quota(talk), b"OK Done")


def _over(talk: Talk, request: Request) -> bytes | None:
    """Refuse a copy where no message is allowed."""
    if _limits(talk).get(b"MESSAGE") != 0:
        return None
    return _said(talk, request, b"NO [OVERQUOTA] Not one more")


def _status(talk: Talk, request: Request) -> bytes | None:
    """Tell what is deleted, looking into the mailbox; the selected one is left alone."""
    found = _LIST.search(request.arguments)
    items = found[1].upper().split() if found else []
    name = request.arguments[: found.start()].strip() if found else b""
    if _DELETED.isdisjoint(items) or talk.state is not State.AUTHENTICATED:
        return None
    others = [item for item in items if item not in _DELETED]
    *data, last = talk.ask(b"STATUS %s (%s)" % (name, b" ".join(others or [b"UIDNEXT"])), "none")
    if b" OK" not in last:
        return _said(talk, request, last.partition(b" ")[2].strip())
    talk.ask(b"EXAMINE " + name, "none")
    marked = [
        line
        for line in talk.ask(b"FETCH 1:* (FLAGS RFC822.SIZE)", "none")
        if b"\\deleted" in line.lower()
    ]
    talk.ask(b"UNSELECT", "none")
    told = {b"DELETED": len(marked)}
    told[b"DELETED-STORAGE"] = sum(int(size[1]) for line in marked if (size := _SIZE.search(line)))
    response = b"".join(data).removesuffix(b"\r\n").removesuffix(b")")
    if not others:
        response = response[: response.rindex(b"(") + 1]
    written = b" ".join(b"%s %d" % (item, told[item]) for item in items if item in _DELETED)
    return _said(talk, request, response + b" " * bool(others) + written + b")", b"OK Done")


def _as_it_was(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell of usage what was told the first time."""
    for name, used in _USAGE.findall(octets):
        talk.memory.setdefault((b"usage", name), used)
    return _USAGE.sub(lambda m: m[1] + b" " + talk.memory[b"usage", m[1]], octets)


def _first_kept(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.memory["quotaroot"] = octets
    return b""


def _then_said(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    kept: bytes = talk.memory.pop("quotaroot", b"")
    return kept + octets


FACADES = (
    facade(
        _BEHIND,
        "QUOTA is announced, with a root that all mailboxes have, and limits that may be set",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 " + _ANNOUNCED),
        command(_asked, name="GETQUOTA, GETQUOTAROOT"),
        command(_set, name="SETQUOTA"),
        command(_over, name=_COPIES, state="selected"),
        command(_status, name="STATUS"),
    ),
)

FLAWS = (
    flaw(
        "quota-of-another-root",
        "GETQUOTAROOT shows the quota of a root that it has not named",
        "",
        "9208-4.1.2-quotaroot 9208-5.1-quota",
        before(b'* QUOTA "another" (STORAGE 1 512)\r\n', kind="tagged", to="GETQUOTAROOT"),
        backend="cyrus",
    ),
    flaw(
        "getquota-falls-back",
        "GETQUOTA of a root that there is not shows another one",
        "G24",
        "9208-4.1.1-unknown",
        send_as(rb"GETQUOTA [^\r]+", b"GETQUOTA account", name="GETQUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-list-of-spaces",
        "A QUOTA response has a space before its first resource",
        "A34",
        "9208-5.1-quota 9208-7-quota-list",
        replace(rb"(\* QUOTA \S+ )\(", rb"\1( ", only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quotaroot-in-utf-8",
        "QUOTAROOT has the name of the mailbox in UTF-8",
        "B11",
        "9208-4.1.2-quotaroot",
        replace(rb"&U,BTFw-", "\u53f0\u5317".encode(), only="QUOTAROOT"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-not-shown",
        "GETQUOTA is answered OK, and no QUOTA comes",
        "",
        "9208-4.1.1-quota",
        drop(only="QUOTA", to="GETQUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quotaroot-alone",
        "GETQUOTAROOT brings QUOTAROOT, and no QUOTA",
        "",
        "9208-4.1.2-quotaroot",
        drop(only="QUOTA", to="GETQUOTAROOT"),
        facade=_BEHIND,
    ),
    flaw(
        "quotaroot-left-out",
        "GETQUOTAROOT brings QUOTA, and no QUOTAROOT",
        "",
        "9208-4.1.2-quotaroot",
        drop(only="QUOTAROOT"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-negative",
        "What is used of a resource is told with a minus",
        "",
        "9208-5.1-quota 9208-7-resource-usage",
        replace(rb"(\* QUOTA \S+ \(\S+ )", rb"\1-", only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-limit-alone",
        "A QUOTA response has of each resource the limit only",
        "",
        "9208-5.1-quota 9208-7-resource-limit",
        replace(rb"(MESSAGE|MAILBOX|STORAGE) \d+ (\d+)", rb"\1 \2", count=0, only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-limits-differ",
        "A mailbox with a longer name is shown with a higher limit of the same root",
        "",
        "9208-3.2-shared",
        number(rb"MAILBOX \d+ (\d+)", lambda n: n + 1, only="QUOTA", where=rb"ROOT \S+-copy\b"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-commands-in-capitals",
        "GETQUOTAROOT is known in capitals only",
        "",
        "9208-7-case",
        answer(b"{tag} BAD No such command\r\n", name="GETQUOTAROOT", where=rb"\A\S+ (?-i:[gG]et)"),
        facade=_BEHIND,
    ),
    flaw(
        "setquota-sets-nothing",
        "SETQUOTA is answered OK, and takes all limits away",
        "",
        "9208-4.1.3-limits",
        send_as(rb"\([^)]*\)\r\n\Z", b"()\r\n", name="SETQUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "setquota-adds",
        "SETQUOTA leaves the limits that it does not name",
        "",
        "9208-4.1.3-discard",
        send_as(rb"\(MAILBOX ", b"(MESSAGE 1000000 MAILBOX ", name="SETQUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-resources-in-capitals",
        "SETQUOTA knows resources in capitals only",
        "",
        "9208-7-case",
        answer(b"{tag} NO No such resource\r\n", name="SETQUOTA", where=rb"(?-i:\([a-z])"),
        facade=_BEHIND,
    ),
    flaw(
        "quotaset-unannounced",
        "SETQUOTA is carried out, and QUOTASET is not announced",
        "",
        "9208-1-quotaset",
        replace(rb" QUOTASET", b""),
        answer(b"{tag} OK Done\r\n", name="SETQUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-resources-unannounced",
        "QUOTASET is announced, and no resource",
        "",
        "9208-1-resources",
        replace(rb" QUOTA=\S+", b"", count=0, only="CAPABILITY OK"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-resource-of-its-own",
        "QUOTA tells of a resource that is not announced",
        "",
        "9208-3.1.1-advertised",
        replace(rb"MAILBOX (?=\d)", b"X-FOLDERS ", only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "status-deleted-unknown",
        "QUOTA=RES-MESSAGE is announced, and STATUS knows no DELETED",
        "",
        "9208-5.2-deleted 9208-4.1.4-deleted",
        answer(b"{tag} BAD No such item\r\n", name="STATUS", where=rb"DELETED\b(?!-)"),
        facade=_BEHIND,
    ),
    flaw(
        "status-deleted-all",
        "DELETED in STATUS is how many messages there are",
        "",
        "9208-4.1.4-deleted",
        replace(rb"MESSAGES (\d+) DELETED \d+", rb"MESSAGES \1 DELETED \1", only="STATUS"),
        facade=_BEHIND,
    ),
    flaw(
        "status-deleted-storage-unknown",
        "QUOTA=RES-STORAGE is announced, and STATUS knows no DELETED-STORAGE",
        "",
        "9208-5.1-deleted-storage",
        answer(b"{tag} BAD No such item\r\n", name="STATUS", where=rb"DELETED-STORAGE"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-remembered",
        "How many messages and mailboxes there are is counted once in a session",
        "",
        "9208-5.2-exact 9208-5.3-exact",
        alter(_as_it_was, only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "overquota-unsaid",
        "A copy beyond the limit is refused without OVERQUOTA",
        "",
        "9208-4.3.1-overquota",
        replace(rb"\[OVERQUOTA\] ", b"", to=_COPIES),
        facade=_BEHIND,
    ),
    flaw(
        "overquota-at-all-times",
        "OVERQUOTA comes with every NOOP",
        "",
        "9208-4.3.1-not-idle",
        before(b"* NO [OVERQUOTA] Nearly full\r\n", kind="tagged", to="NOOP, GETQUOTAROOT"),
        facade=_BEHIND,
    ),
    flaw(
        "quotaroot-twice",
        "QUOTAROOT comes twice",
        "",
        "9208-4.1.2-quotaroot",
        twice(only="QUOTAROOT"),
        facade=_BEHIND,
    ),
)

ALLOWED = (
    flaw(
        "quota-limits-rounded",
        "Limits are told in thousands, which SETQUOTA rounds up to",
        "",
        "9208-4.1.3-limits 9208-5.1-quota",
        number(rb"MESSAGE \d+ (\d+)", lambda n: -(-n // 1000) * 1000, only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-used-beyond-the-limit",
        "More is used of STORAGE than may be, as after a limit was lowered",
        "",
        "9208-5.1-quota 9208-3.1.2-integer",
        replace(rb"STORAGE \d+ \d+", b"STORAGE 9223372036854775807 0", only="QUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quotaroot-last",
        "QUOTA comes before QUOTAROOT",
        "",
        "9208-4.1.2-quotaroot 9208-5.1-quota",
        alter(_first_kept, only="QUOTAROOT"),
        alter(_then_said, kind="tagged", to="GETQUOTAROOT"),
        facade=_BEHIND,
    ),
)
