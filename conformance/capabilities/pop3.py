"""What a server announces by POP3's CAPA (RFC 2449), before and after the login."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from conformance.casefile.labels import Pop3Start
from conformance.play.connections import Connections
from conformance.play.errors import Blocked
from conformance.results.text import visible
from conformance.syntax.pop3 import grammar
from conformance.syntax.shown import clip
from conformance.wire.pop3.framing import Pop3Reply
from conformance.wire.pop3.session import shown

MEANINGS: Final[Mapping[str, tuple[str, str]]] = {
    "TOP": ("2449", "TOP brings the header of a message and some lines of its body."),
    "USER": ("2449", "USER and PASS are taken."),
    "SASL": ("2449", "AUTH is there, with the mechanisms that follow."),
    "RESP-CODES": ("2449", "What stands in brackets at the beginning of a text is a code."),
    "LOGIN-DELAY": ("2449", "So many seconds have to pass between two logins."),
    "PIPELINING": ("2449", "Commands may be sent before earlier ones are answered."),
    "EXPIRE": ("2449", "Messages stay on the server for so many days at least, or NEVER go."),
    "UIDL": ("2449", "UIDL gives messages names that are the same in each session."),
    "IMPLEMENTATION": ("2449", "What the server is."),
    "STLS": ("2595", "STLS begins TLS."),
    "AUTH-RESP-CODE": ("3206", "A refused login says whether the credentials were wrong."),
    "UTF8": ("6856", "UTF8 lets names and headers be in UTF-8."),
    "LANG": ("6856", "LANG chooses the language of texts."),
}
"""The capabilities by name: the RFC that has each, and what it is."""

_LONGEST: Final = 200  # characters of a line of CAPA
_STATES: Final[Mapping[Pop3Start, str]] = {
    "authorization": "before login",
    "transaction": "after login",
}


@dataclass(frozen=True, slots=True)
class Pop3Capability:
    """One line of CAPA: `text` as it came, `told` in which states, and what is `wrong` with it."""

    text: str
    told: tuple[str, ...]
    wrong: str

    @property
    def name(self) -> str:
        """The capability without its parameters, in capitals."""
        return self.text.split(" ")[0].upper()


def ask_pop3(connections: Connections) -> tuple[list[Pop3Capability], list[str]]:
    """Ask by CAPA in both states; return what is announced, and what went wrong, one line each."""
    told: dict[str, list[str]] = {}
    troubles: list[str] = []
    for start, when in _STATES.items():
        try:
            session = connections.connect_pop3("capabilities", start)
        except Blocked as blocked:
            troubles.append(f"{when}: {blocked}")
            continue
        reply = session.command(b"CAPA")
        if isinstance(reply, Pop3Reply) and reply.positive:
            for line in reply.lines:
                told.setdefault(line.decode("latin-1"), []).append(when)
        else:
            troubles.append(f"{when}: CAPA is answered {shown(reply)}")
        session.leave()
    found = [Pop3Capability(text, tuple(when), _wrong(text)) for text, when in sorted(told.items())]
    return found, troubles


def _wrong(text: str) -> str:
    fault = grammar().check("capability", text.encode("latin-1") + b"\r\n")
    return "" if fault is None else str(fault)


def print_pop3(console: Console, found: Sequence[Pop3Capability], troubles: Sequence[str]) -> None:
    """Print what POP3 announces, by when it does."""
    for told in dict.fromkeys(each.told for each in found):
        console.print(f"POP3 announces {' and '.join(told)}", style="bold")
        for each in (each for each in found if each.told == told):
            rfc, says = MEANINGS.get(each.name, ("", "not known to the suite"))
            meaning = f"RFC {rfc}: {says}" if rfc else says
            text = clip(visible(each.text), _LONGEST)
            console.print(f"  {text:35} {meaning}", markup=False, soft_wrap=True)
            if each.wrong:
                console.print(f"wrong  {each.wrong}", markup=False, soft_wrap=True)
        console.print()
    for trouble in troubles:
        console.print(f"note   POP3 {visible(trouble)}", markup=False, soft_wrap=True)


def record_pop3(each: Pop3Capability) -> dict[str, Any]:
    """Return the JSON form of a capability."""
    rfc, says = MEANINGS.get(each.name, (None, None))
    return {
        "capability": each.name,
        "line": each.text,
        "told": list(each.told),
        "rfc": rfc,
        "says": says,
        "wrong": each.wrong or None,
    }
