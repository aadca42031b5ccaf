r"""The client's side of a transcript as shell commands, to be pasted behind netcat or openssl.

Made from the record alone. What the record hides (passwords) and what it does not know (the port
of a server that is gone) becomes a shell variable; octets of a literal that were not kept become
as many `x`. Nothing that a server sent is in it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from conformance.results.records import RecordedLine, TargetRecord
from conformance.secrecy.secrets import MASK

_PORTS = {"implicit": 993}
_PLAIN_PORT = 143
_PIECE = re.compile(
    r"(\[hidden\])|\[\.\.\. (\d{1,15}) octets \.\.\.\]|\\x([0-9a-f]{2})|(.)", re.DOTALL
)
_STARTTLS = re.compile(r"\S+ STARTTLS\Z", re.IGNORECASE)
_LOGS_IN = re.compile(r"\S+ (?:LOGIN|AUTHENTICATE) ", re.IGNORECASE)
_OWN = "imapconf-"
"""Begins the names of the mailboxes that a run makes."""
_PAUSE = "sleep 1"
"""Between two lines, so that the answers come in their order and a literal is asked for."""


def paste(lines: Sequence[RecordedLine], target: TargetRecord) -> str:
    """Return shell commands that send what the client sent, one pipeline for each session.

    Empty where the client said nothing. Lines are sent with pauses of a second.
    """
    sessions = dict.fromkeys(line.session for line in lines if line.direction == "C")
    pipelines = [_pipeline(lines, session, target) for session in sessions]
    if not pipelines:
        return ""
    return "\n".join([*_variables(lines, target), *pipelines])


def _variables(lines: Sequence[RecordedLine], target: TargetRecord) -> Iterator[str]:
    """Yield what has to be filled in, one assignment a line."""
    host, port = _address(target)
    own = "" if "://" in target.label else "  # of a server of yours: that of the run is gone"
    yield f"HOST={shlex.quote(host)} PORT={port}{own}"
    said = [line.text for line in lines if line.direction == "C"]
    if any(MASK in text for text in said):
        yield "SECRET='...'  # what is hidden in the transcript"
    if not any(_LOGS_IN.match(text) for text in said):
        yield "# The transcript begins after the login: put one first, and SELECT the mailbox."
    if any(_OWN in text for text in said):
        yield "# The mailboxes of the suite are gone: put one of yours in the place of their names."


def _address(target: TargetRecord) -> tuple[str, int]:
    """Return host and port of a target by URL; of a private server, where one would be."""
    port = _PORTS.get(target.security, _PLAIN_PORT)
    try:
        parts = urlsplit(target.label)
        host, port = parts.hostname or "127.0.0.1", parts.port or port
    except ValueError:  # a label that is no URL
        return "127.0.0.1", port
    # openssl takes host and port in one word, so that an address of IPv6 needs brackets there.
    return f"[{host}]" if ":" in host and target.security != "none" else host, port


def _pipeline(lines: Sequence[RecordedLine], session: str, target: TargetRecord) -> str:
    said = [line.text for line in lines if line.session == session and line.direction == "C"]
    if target.security == "starttls":  # openssl says this itself, before anything else
        said = [text for text in said if not _STARTTLS.match(text)]
    steps = [step for text in said for step in (*_printf(text), _PAUSE)]
    through = {
        "implicit": 'openssl s_client -quiet -connect "$HOST:$PORT"',
        "starttls": 'openssl s_client -quiet -starttls imap -connect "$HOST:$PORT"',
    }.get(target.security, 'nc "$HOST" "$PORT"')
    body = "\n".join(f"  {step}" for step in (_PAUSE, *steps))
    return f"{{\n{body}\n}} | {through}"


def _printf(text: str) -> Iterator[str]:
    """Yield the commands that print a line and its CRLF, octet by octet."""
    written, secrets = "", 0
    for piece in _PIECE.finditer(text):
        hidden, missing, octet, char = piece.groups()
        if hidden:
            written += "%s"
            secrets += 1
        elif missing:
            yield _command(written, secrets)
            yield f"head -c {missing} /dev/zero | tr '\\0' x"
            written, secrets = "", 0
        elif octet:
            written += f"\\{int(octet, 16):03o}"
        else:
            written += _written(char)
    yield _command(written + "\\r\\n", secrets)


def _command(written: str, secrets: int) -> str:
    if written.startswith("-"):  # no option
        written = f"\\055{written[1:]}"
    return " ".join([f"printf '{written}'", *['"$SECRET"'] * secrets])


def _written(char: str) -> str:
    """Return a character as it stands in the format of printf, within single quotes."""
    if char == "'":
        return "\\047"
    if char == "%":
        return "%%"
    if char == "\\":
        return "\\\\"
    if " " <= char <= "~":
        return char
    return "".join(f"\\{octet:03o}" for octet in char.encode("utf-8", "replace"))
