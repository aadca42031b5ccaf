"""UTF8=ACCEPT (RFC 6855): the rules for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"6855-{section}-client-{slug}", "MUST", section, sentence)


CHARSET = _rule("3", "charset", "A client that has enabled UTF8=ACCEPT names no charset in SEARCH.")
LOGIN = _rule("5", "login", "A client logs in with AUTHENTICATE where name or password is UTF-8.")
ENABLE = _rule("6", "enable", "A client enables UTF8=ACCEPT, and never UTF8=ONLY.")
APPEND = _rule("4", "append", "A client sends UTF-8 in a header where it has enabled UTF8=ACCEPT.")

_CHARSET = re.compile(rb"(?:RETURN \([^()]*\) )?CHARSET ", re.IGNORECASE)
_SUPPORT = frozenset({"UTF8=ACCEPT", "UTF8=ONLY"})
_ON = "UTF8=ACCEPT"


def no_charset(said: Said) -> Iterator[Fault]:
    """Report a charset beside strings that are UTF-8."""
    command = said.command
    if command.name not in ("SEARCH", "UID SEARCH") or _ON not in said.enabled:
        return
    if _CHARSET.match(command.arguments):
        yield Fault(CHARSET, f"{command.name} names a charset.", "none", command.name)


def no_login(said: Said) -> Iterator[Fault]:
    """Report LOGIN with UTF-8."""
    command = said.command
    if command.name == "LOGIN" and not b"".join((command.arguments, *command.literals)).isascii():
        yield Fault(LOGIN, "LOGIN has octets above 127.", "AUTHENTICATE")


def not_only(said: Said) -> Iterator[Fault]:
    """Report ENABLE of UTF8=ONLY."""
    command = said.command
    if command.name == "ENABLE" and b"UTF8=ONLY" in command.arguments.upper().split():
        yield Fault(ENABLE, "ENABLE names UTF8=ONLY.", "ENABLE UTF8=ACCEPT")


def enabled_first(said: Said) -> Iterator[Fault]:
    """Report a message with UTF-8 in its header that the server can not take yet."""
    command = said.command
    if command.name != "APPEND" or not command.literals or _ON in said.enabled:
        return
    if said.announced is None or _SUPPORT.isdisjoint(said.announced):
        return
    if not bytes(command.literals[-1]).partition(b"\r\n\r\n")[0].isascii():
        message = "APPEND of a message with octets above 127 in its header."
        yield Fault(APPEND, message, "ENABLE UTF8=ACCEPT before it")


CHECKS = (
    ClientCheck("complete", no_charset, (CHARSET,)),
    ClientCheck("complete", no_login, (LOGIN,)),
    ClientCheck("complete", not_only, (ENABLE,)),
    ClientCheck("complete", enabled_first, (APPEND,), exact=True),
)
