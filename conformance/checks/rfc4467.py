"""URLAUTH (RFC 4467): what GENURLAUTH puts behind a URL, and that URLFETCH is answered."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Leaf
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str, level: str = "MUST") -> Rule:
    return Rule(f"4467-{section}-{slug}", level, section, sentence)


TOKEN = _rule("3", "token", "A token is at least 32 hexadecimal digits.")
APPENDED = _rule("5", "appended", "GENURLAUTH returns each URL with what it puts behind it.")
RUMP = _rule("6", "rump", "A token is made of the URL as it is written.")
EACH = _rule("7", "genurlauth", "GENURLAUTH returns one URL for each that was asked for.")
ALWAYS = _rule("7", "always", "URLFETCH is answered with an untagged URLFETCH and OK.")
NO = _rule("7", "no", "URLFETCH is not answered NO.", "SHOULD")

_PAIR = re.compile(rb' (?:"((?:[^"\\]|\\.)*)"|([^ "{]+)) ([A-Za-z0-9.-]+)')
_FULL = re.compile(rb"(.*;URLAUTH=[^:]*):([A-Za-z0-9.-]+):([^:]*)", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(rb"[0-9A-Fa-f]{32,}")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_MOST = 1_000


class Tokens:
    """What a session was told: the URL that each token was made of, and URLFETCH responses."""

    def __init__(self) -> None:
        self.rumps: dict[bytes, bytes] = {}
        self.fetched: dict[int, int] = {}
        """How many URLFETCH responses came for a URLFETCH in progress, by its number."""


def _asked(command: Command) -> list[tuple[bytes, bytes]] | None:
    """Return the URLs and mechanisms of a GENURLAUTH, None where they can not be read."""
    text = b" " + command.arguments
    found = _PAIR.findall(text)
    if sum(len(match[0]) for match in _PAIR.finditer(text)) != len(text):
        return None
    return [(_ESCAPE.sub(rb"\1", quoted) or atom, mech) for quoted, atom, mech in found]


def generated(view: View, arrival: Arrival, report: Report) -> None:
    """Report URLs that are not those asked for with a mechanism and a token behind them."""
    asking = [each for each in arrival.in_flight if each.name == "GENURLAUTH"]
    asked = _asked(asking[0]) if len(asking) == 1 else None
    urls = [bytes(value.octets) for value in arrival.response.values if isinstance(value, Leaf)]
    if asked is None or view.muddled:
        return
    if len(urls) != len(asked):
        message = f"GENURLAUTH has {len(urls)} URLs for {len(asked)}."
        report(Fault(EACH, message, f"{len(asked)} URLs"))
        return
    rumps = view.attached.of(Tokens).rumps
    for url, (rump, mechanism) in zip(urls, asked, strict=True):
        full = _FULL.fullmatch(url)
        if full is None or full[1] != rump or full[2].upper() != mechanism.upper():
            expected = (rump + b":" + mechanism + b":").decode("latin-1")
            report(Fault(APPENDED, "GENURLAUTH returns another URL.", expected))
        elif _TOKEN.fullmatch(full[3]) is None:
            message = "The token is not at least 32 hexadecimal digits."
            report(Fault(TOKEN, message, "128 bits"))
        elif rumps.setdefault(full[3].lower(), rump) != rump:
            message = "Two URLs that are written in other ways have one token."
            report(Fault(RUMP, message, "another token"))
        if len(rumps) > _MOST:
            rumps.clear()


def begins(view: View, command: Command) -> None:
    """Begin to count the responses to a URLFETCH."""
    fetched = view.attached.of(Tokens).fetched
    if len(fetched) < _MOST:
        fetched[command.number] = 0


def came(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Count a URLFETCH response for what is in progress."""
    fetched = view.attached.of(Tokens).fetched
    for command in arrival.in_flight:
        if command.number in fetched:
            fetched[command.number] += 1


def completed(view: View, arrival: Arrival, report: Report) -> None:
    """Report a URLFETCH that is answered NO, or OK without a response."""
    command = arrival.answers
    count = view.attached.of(Tokens).fetched.pop(command.number, None) if command else None
    if count is None or view.muddled:
        return
    if arrival.status == "NO":
        report(Fault(NO, "URLFETCH is answered NO.", "NIL for the URL, and OK"))
    elif arrival.status == "OK" and count == 0:
        report(Fault(ALWAYS, "OK to URLFETCH without a URLFETCH.", "* URLFETCH", "none"))


CHECKS = (
    Check(
        "genurlauth",
        ("GENURLAUTH",),
        generated,
        (EACH, APPENDED, TOKEN, RUMP),
        needs="URLAUTH",
    ),
    Check("urlfetch", ("URLFETCH",), came, (), needs="URLAUTH"),
    Check("urlfetch-completed", (TAGGED,), completed, (ALWAYS, NO), needs="URLAUTH"),
)

FOLLOWERS = (Follower(frozenset({"URLFETCH"}), begins),)
