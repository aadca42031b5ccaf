"""What people and programs leave out of a paste, and what they write in its place.

Passwords and SASL are hidden by programs, each in its own manner, and by people; mail is cut short;
lines are dropped. Nobody is to be accused of what stands in their places.
"""

from __future__ import annotations

import re

_DOTS = rb"(?:\.\.\.|\xe2\x80\xa6)"
_WORDS = (
    rb"(?:hidden|redacted|removed|snip(?:ped)?|cut|truncated|omitted|censored|masked|suppressed"
    rb"|elided|secret|password|passwd|pass|pw|user(?:name)?|login|token|base64|auth[\w-]*"
    rb"|credentials?|initial|value|message|literal|data|content|lines?|more|bytes|octets|\.\.\.)"
)
# What stands in brackets is short, and no repetition is within another: lines may be hostile.
_IN_BRACKETS = (
    rb"(?:\[[^\[\]]{0,80}\b" + _WORDS + rb"\b[^\[\]]{0,80}\]"
    rb"|<[^<>@]{0,80}\b" + _WORDS + rb"\b[^<>]{0,80}>"
    rb"|\([^()]{0,80}\b" + _WORDS + rb"\b[^()]{0,80}\)"
    rb"|\{[^{}]{0,80}\b" + _WORDS + rb"\b[^{}]{0,80}\}"
    rb"|\[ ?" + _DOTS + rb" ?\]|\( ?" + _DOTS + rb" ?\)|< ?" + _DOTS + rb" ?>"
    rb"|\[\d{1,12}\]|<\d{1,12} ?(?:b|bytes|octets|chars?)>)"
)
_STARS = (
    rb"(?:[*.#\xb7_-]{3,}+|\*{1,2}|(?:\xe2\x80[\xa2\xa6]|\xe2\x97\x8f)|[xX]{3,}+"
    rb"|\$\w{1,40}+|%\w{1,40}+%)"
)
_MASK = (
    rb"\"?(?:(?>\*{2,3}"
    + _WORDS
    + rb"\*{2,3}|"
    + _IN_BRACKETS
    + rb"|"
    + _STARS
    + rb")){1,40}+=*+\"?"
)

ELLIPSIS = re.compile(
    rb"\s*(?:(?:\.\.\.+|\xe2\x80\xa6|(?:\. ){2,}\.)|" + _IN_BRACKETS + rb"|[-=~*#\s]{0,20}"
    rb"(?:8<|>8|\bsnip(?:ped)?\b|\bcut\b|\bomitted\b|lines? (?:omitted|removed|skipped))"
    rb"[^\"()]{0,60})\s*",
    re.IGNORECASE,
)
"""A line that stands for lines."""

_MASKED = re.compile(rb"(?:" + _MASK + rb")(?:\s+(?:" + _MASK + rb"))*\s*", re.IGNORECASE)
_MASKED_WORD = re.compile(rb"(?<![^\s(])" + _MASK + rb"(?![^\s)])", re.IGNORECASE)
_LEADING = re.compile(_MASK + rb"(?=[ )\r\n]|\Z)", re.IGNORECASE)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_OMITTED = re.compile(
    rb"(?<![\w.])" + _DOTS + rb"(?![\w.])|\*{3,}|\[ ?" + _DOTS + rb" ?\]"
    rb"|[\[<(](?:snip(?:ped)?|redacted|removed|hidden|cut|truncated|omitted|censored|masked)"
    rb"(?![\w-])[^\])>]{0,60}[\])>]",
    re.IGNORECASE,
)
_TEXT = re.compile(rb"\S+ +(?:OK|NO|BAD|BYE|PREAUTH)\b(?: +\[[^\]]*\])?", re.IGNORECASE)
_UNITS = rb"(?:bytes|octets|chars?|characters)"
_CUT = re.compile(
    rb"(?:" + _DOTS + rb" ?[\[(<]?(?:truncated|cut|\+)? ?\d{1,12} ?(?:more )?" + _UNITS + rb"?"
    rb"(?: (?:more|truncated|left out|omitted))?"
    rb"|[\[(<](?:truncated |cut |\+ ?)\d{1,12} ?" + _UNITS + rb"?"
    rb"|[\[(<]\d{1,12} (?:"
    + _UNITS
    + rb" )?(?:more|truncated|left out|omitted)(?: "
    + _UNITS
    + rb")?)"
    rb"[\])>]?\Z",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    rb"\S+ +(?P<name>LOGIN|AUTHENTICATE)\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_ALONE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[^ "{]+')
_EXCHANGE = re.compile(rb"(?:[A-Za-z0-9+/]+={0,2}|\*|)")
_SUPPRESSED = re.compile(
    rb"Logging suppressed for this command|command trace suppressed|\[Redact: Count=",
    re.IGNORECASE,
)


def is_ellipsis(text: bytes) -> bool:
    """Whether a line stands for lines that are not here."""
    return ELLIPSIS.fullmatch(text) is not None


def is_suppressed(text: bytes) -> bool:
    """Whether a program says here that it does not log what is said."""
    return _SUPPRESSED.search(text) is not None


def behind_mask(text: bytes) -> bytes | None:
    """Return what stands behind a mask at the beginning; None where there is no mask."""
    found = _LEADING.match(text)
    return None if found is None else text[found.end() :]


def hides_exchange(text: bytes) -> bool:
    """Whether a line of an exchange of SASL stands for one that is not shown."""
    if _EXCHANGE.fullmatch(text) is not None:
        return False
    return _MASKED.fullmatch(text) is not None or is_ellipsis(text)


def hides_credentials(text: bytes) -> bool:
    """Whether a LOGIN or AUTHENTICATE of a client is not as it was sent."""
    found = _CREDENTIALS.match(text)
    if found is None:
        return False
    rest = found["rest"].strip()
    if not rest or (found["name"].upper() == b"LOGIN" and _ALONE.fullmatch(rest)):
        return True  # LOGIN without what it needs: MailKit and others print no more
    return _MASKED_WORD.search(rest) is not None or is_suppressed(rest)


def is_shortened(text: bytes, *, server: bool) -> bool:
    """Whether something within a line is left out, outside of strings and of texts for people."""
    if _CUT.search(text):
        return True
    if server and (told := _TEXT.match(text)) is not None:
        return _OMITTED.search(told[0]) is not None
    return _OMITTED.search(_STRING.sub(b'""', text)) is not None
