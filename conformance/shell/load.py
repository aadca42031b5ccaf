r"""The commands of a recorded session, as a person would type them.

Logins are left out, for this session has its own, and so is what hides or ends a connection. A
command that the recording does not have in full can not be sent.
"""

from __future__ import annotations

from pathlib import Path

from conformance.explain.source import MOST, SourceLine, read
from conformance.shell.typed import TypedError
from conformance.wire.commands import begin
from conformance.wire.transcript import escape

_NOT_SENT = frozenset({"LOGIN", "AUTHENTICATE", "STARTTLS", "COMPRESS", "LOGOUT"})
_CRLF = b"\r\n"


def load(path: Path) -> list[str]:
    """Return what the client of a recording sends, a command each, as `Talk.say` takes it.

    Raises:
        TypedError: it can not be read, or there is no command in it.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(MOST + 1)
    except OSError as error:
        raise TypedError(f"{path}: {error.strerror}") from None
    if len(octets) > MOST:
        raise TypedError(f"{path}: more than {MOST >> 20} MiB is too much to send")
    commands = [_typed(spoken) for spoken in read(octets) if _is_sent(spoken)]
    if not commands:
        raise TypedError(f"{path}: there is no command in it that could be sent")
    return commands


def _is_sent(spoken: SourceLine) -> bool:
    if spoken.side != "client" or spoken.cut or not spoken.frame.complete:
        return False
    if spoken.start == "idle_done":
        return True
    name = begin(spoken.frame.text, 0.0, 0).name
    return spoken.start == "command" and bool(name) and name not in _NOT_SENT


def _typed(spoken: SourceLine) -> str:
    lines = spoken.frame.octets.removesuffix(_CRLF).split(_CRLF)
    return "\\r\\n".join(map(escape, lines))
