"""Playing a case that is a program: everyday use of a client, written with imapclient.

What such a program may name is in `cases/README.md`. It runs with the suite's own rights, as
case files are part of the suite; one of somebody else's is played only where that was allowed
(`casefile.suite`). A server that answers otherwise than the program expects
does not meet the case; whatever else a program raises is a fault of the program.
"""

from __future__ import annotations

import imaplib
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import CodeType
from typing import Any, NoReturn

import imapclient
from imapclient.exceptions import IMAPClientError
from imapclient.imap_utf7 import decode

from conformance.casefile.bindings import Bound
from conformance.casefile.fixtures import Fixture
from conformance.interop.client import Client
from conformance.play.connections import Connections
from conformance.play.deviation import Otherwise
from conformance.play.errors import Blocked, Skip
from conformance.play.probes import Probes
from conformance.play.said import last_refused
from conformance.play.tracker import Unmet
from conformance.wire.session import Session
from conformance.wire.transcript import escape, together

_NAMES = ("one", "two", "three", "four", "five", "six")
"""What the connections of a program are called in transcripts, in the order of `connect`."""

POLLING = 5.0
"""Seconds for which a client polls for what another one did."""

_PAUSE = 0.05  # seconds between two polls
_SHOWN = 300  # characters of a value in a reason


_CLIENTS = (str(Path(imapclient.__file__).parent), imaplib.__file__)
"""Where the code of clients is."""

_UNPACKED = re.compile(r"values to unpack \(expected")
"""What Python says where `[uid] = ...` gets more or fewer than it names."""


class ProgramFault(Exception):
    """The program itself is wrong, or two readers of one response do not agree."""


class _Differs(Exception):
    def __init__(self, expected: object, found: object) -> None:
        super().__init__()
        self.expected, self.found = expected, found


def run_program(
    program: CodeType,
    connections: Connections,
    given: Mapping[str, Bound],
    fixture: Fixture,
    sessions: dict[str, Session],
    requirement: str,
) -> None:
    """Run a program; the sessions that it opens are put into `sessions`.

    What it expects proves its `requirement`. Where the client can not go on before, the program is
    blocked by what the server did.

    Raises:
        Otherwise: the server did not do what the program expects, or needs.
        Skip, Blocked: the case does not apply, or could not begin.
        ProgramFault: the program, or a reader of responses, is wrong; with the reason.
    """
    disagreements: list[str] = []
    names = _Names(connections, given, fixture, sessions, disagreements.append)
    try:
        exec(program, names.all())  # noqa: S102 - a case of the suite
    except _Differs as differs:
        reason = "what the client found is not what was expected"
        unmet = _unmet(differs, program, reason, differs.expected, differs.found)
        raise Otherwise(unmet, f"other values ({requirement})", proves=True) from None
    except IMAPClientError as error:
        raise _stopped(error, program, sessions, requirement) from None
    except (Skip, Blocked):
        raise
    except LookupError as error:
        reason = "what the client got lacks what it asked for"
        unmet = _unmet(error, program, reason, error, "no such data")
        raise Otherwise(unmet, f"data are missing ({requirement})", proves=False) from None
    except ValueError as error:
        if _is_of_client(error):
            raise _stopped(error, program, sessions, requirement) from None
        if not _UNPACKED.search(str(error)):
            raise _fault(error, program) from error
        reason = "the client found more things, or fewer, than there are"
        unmet = _unmet(error, program, reason, "as many as there are", error)
        raise Otherwise(unmet, f"data are missing ({requirement})", proves=False) from None
    except (TypeError, AttributeError) as error:
        # An answer that the program is not made for, such as nothing where it needs a number.
        reason = "what the server answered is nothing to go on with"
        unmet = _unmet(error, program, reason, "data of the usual kind", error)
        raise Otherwise(unmet, f"data are missing ({requirement})", proves=False) from None
    except Exception as error:
        if _is_of_client(error):
            raise _stopped(error, program, sessions, requirement) from None
        raise _fault(error, program) from error
    if disagreements:
        raise ProgramFault(f"two readers of one response differ: {disagreements[0]}")


class _Names:
    """What a program may name."""

    def __init__(
        self,
        connections: Connections,
        given: Mapping[str, Bound],
        fixture: Fixture,
        sessions: dict[str, Session],
        disagree: Callable[[str], None],
    ) -> None:
        self._connections, self._given, self._fixture = connections, given, fixture
        self._sessions, self._disagree = sessions, disagree

    def all(self) -> dict[str, Any]:
        """Return the globals of the program."""
        return {
            "connect": self._connect,
            "name": self._name,
            "messages": tuple(message.octets for message in self._fixture.messages),
            "expect": self._expect,
            "flags": _flags,
            "poll": self._poll,
            "skip": _skip,
            "user": self._given["user"].octets.decode(),
            **Probes(self._connections, self._sessions).names(),
        }

    def _connect(self, *, by_uid: bool = True) -> Client:
        """Connect and log in; messages are named by UID, or by sequence number."""
        called = _NAMES[sum(name in _NAMES for name in self._sessions)]
        session = self._connections.connect(called, "auth")
        self._sessions[called] = session
        return Client(session, self._disagree, by_uid=by_uid)

    def _same(self, found: object, expected: object) -> bool:
        """Compare; a server may write names of mailboxes in another letter case (section 5.1)."""
        run = self._name().casefold()
        return bool(_without_case(found, run) == _without_case(expected, run))

    def _expect(self, found: object, expected: object) -> None:
        """Fail the case unless what was found equals what was expected."""
        if not self._same(found, expected):
            raise _Differs(expected, found)

    def _poll(self, client: Client, find: Callable[[], object], expected: object) -> None:
        """Send NOOP until `find` returns what is expected; fail the case when time is up."""
        deadline = time.monotonic() + POLLING
        while True:
            client.noop()
            found = find()
            if self._same(found, expected) or time.monotonic() >= deadline:
                self._expect(found, expected)
                return
            time.sleep(_PAUSE)

    def _name(self, value: str = "mailbox") -> str:
        """Return the name of a mailbox, given as in `{mailbox/sub}`, as imapclient takes it."""
        return str(decode(self._given[f"name.{value}"].octets))


_SPELT = {
    flag.upper(): flag
    for flag in (rb"\Answered", rb"\Deleted", rb"\Draft", rb"\Flagged", rb"\Seen")
}


def _flags(found: Iterable[bytes], *keywords: bytes) -> frozenset[bytes]:
    r"""Return the system flags among some, but for \Recent, and those of `keywords`.

    As the RFC and the program spell them: the case of letters does not count, nor do keywords
    of the server's own.
    """
    known = _SPELT | {keyword.upper(): keyword for keyword in keywords}
    return frozenset(known[flag.upper()] for flag in found if flag.upper() in known)


def _without_case(value: Any, run: str) -> Any:
    """Return a value in which mailboxes of this run are written in one letter case."""
    if isinstance(value, str):
        return value.casefold() if run in value.casefold() else value
    if type(value) in (list, tuple, set, frozenset):
        return type(value)(_without_case(item, run) for item in value)
    if type(value) is dict:
        return {_without_case(k, run): _without_case(v, run) for k, v in value.items()}
    return value


def _skip(reason: str) -> NoReturn:
    """Leave the case: it does not apply to this server."""
    raise Skip(reason)


def _stopped(
    error: Exception, program: CodeType, sessions: Mapping[str, Session], requirement: str
) -> Otherwise:
    """Return that the client could not go on: it does not take what the server answered."""
    reason = f"the client could not go on: {_text(error)}"
    unmet = _unmet(error, program, reason, "an answer that imapclient takes", error)
    said = together({who: session.transcript for who, session in sessions.items()})
    deviation = last_refused(said) or f"an answer that no client takes ({requirement})"
    return Otherwise(unmet, deviation, proves=False)


def _is_of_client(error: Exception) -> bool:
    """Whether the client itself raised it: over numbers too long, structures too deep, and such."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.startswith(_CLIENTS)


def _fault(error: Exception, program: CodeType) -> ProgramFault:
    line = _line(error, program)
    return ProgramFault(f"line {line}: {type(error).__name__}: {_text(error)}")


def _unmet(
    error: Exception, program: CodeType, reason: str, expected: object, found: object
) -> Unmet:
    return Unmet("mismatch", _line(error, program), _text(expected), _text(found), reason)


def _line(error: Exception, program: CodeType) -> int:
    """Return the line of the case file at which the program was."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if frame.filename == program.co_filename]
    return own[-1] or 0 if own else 0


def _text(value: object) -> str:
    text = str(value) if isinstance(value, Exception) else repr(value)
    return escape(text.encode("utf-8", "backslashreplace"))[:_SHOWN]
