"""What programs of the chapter on security may name: handshakes, times and octets of the server.

Times are those of answers that are a few octets long, so that they are the server's and not ours.
What they come to is a text with the figures, empty where there is nothing to be said.
"""

from __future__ import annotations

import imaplib
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple

from conformance.play.connections import Connections
from conformance.play.errors import Skip
from conformance.wire.session import Session
from conformance.wire.tls import Handshake, Offer


class Allowed(NamedTuple):
    """What a clock lets pass: the square of what is ten times as large is a hundred times as long.

    `quick` is in seconds, in which anything may be done, whatever is asked for; `slower` how many
    times longer than in proportion something may take beyond that.
    """

    quick: float
    slower: float


WALL: Final = Allowed(0.3, 3.0)
"""On the wall, where waiting counts."""
CPU: Final = Allowed(0.1, 5.0)
"""Of the server's CPU, which says the same each time: only what is as good as a square is told."""

_PAIRS = 12  # of refused logins
_FEWEST = 8  # pairs that say something
_LONGEST = 15.0  # seconds for all of them
_APART = 0.95  # of all pairs of times in which one kind is the longer
_GAP = 0.002  # seconds between the middles of both
_MIB = 1 << 20
_WRONG = b"wrong-by-design"
_ALL: Final = "ALL:COMPLEMENTOFALL"
"""Every cipher suite that OpenSSL has, in its own words."""


class Probes:
    """Looks at a server in ways that no conversation shows; `sessions` are for transcripts."""

    def __init__(self, connections: Connections, sessions: dict[str, Session]) -> None:
        self._connections, self._sessions = connections, sessions
        self._ended = ""  # by what, where no answer came to something that was timed
        self._now = connections.cpu_time or time.monotonic
        self._allowed = CPU if connections.cpu_time else WALL

    def names(self) -> dict[str, Any]:
        """Return what a program may name."""
        return {
            "session": self.session,
            "handshake": self.handshake,
            "misfit": self.misfit,
            "seconds": self.seconds,
            "out_of_proportion": self.out_of_proportion,
            "held": self.held,
            "told_apart": self.told_apart,
        }

    def session(self, state: Literal["greeted", "auth"] = "greeted") -> Session:
        """Return a session by itself, without a client in front of it."""
        return self._kept(self._connections.connect(self._next(), state))

    def handshake(self, offer: str) -> str:
        """Return what TLS the server speaks with a client that offers just this; "" if none.

        `offer` is written as in `{tls TLSv1.2 eNULL}`, the line of a case.

        Raises:
            Skip: the server speaks no TLS, or the library of this machine can not offer it.
        """
        wanted = Handshake.read(offer)
        wanted = replace(wanted, ciphers=f"{wanted.ciphers or _ALL}:@SECLEVEL=0")
        if wanted.impossible:
            raise Skip(wanted.impossible)
        with self._handshake(Offer(wanted)) as session:
            if any(word in session.tls_failure for word in _NOT_OURS):
                raise Skip("the TLS of this machine does not offer that")
            return " ".join(session.tls).strip()

    def misfit(self) -> str:
        """Return why the certificate is not one for the server's name and this day; "" if it is.

        By whom it was issued is not looked at: that is a matter of whom a client trusts.
        """
        name = self._connections.endpoint.server_name or self._connections.endpoint.host
        with self._handshake(Offer()) as session:
            if not session.certificate:
                raise Skip(f"does not begin TLS: {session.tls_failure}")
            shown = session.certificate
        with self._handshake(Offer(trusted=shown)) as session:
            found = session.tls_failure.partition("certificate not accepted: ")[2]
        return f"{found.partition(';')[0]} (asked for as {name})" if found else ""

    def held(self, do: Callable[[], object], sent: int) -> str:
        """Return how much more the server holds after something, if it is half of what was sent.

        Raises:
            Skip: it is no server of ours.
        """
        look = self._connections.memory
        if look is None:
            raise Skip("the server is none of ours: what it holds is not to be seen")
        before = look()
        do()
        more = look() - before
        if 2 * more < sent:
            return ""
        return f"{sent / _MIB:.0f} MiB were sent, and the server holds {more / _MIB:.0f} MiB more"

    def seconds(self, do: Callable[[], object], times: int = 3) -> float:
        """Return how long something takes; infinite where no answer comes.

        What is not quick is done so many `times`, and the least counts. Of a server of our own it
        is the time of its CPU: the machine may be busy, more so with one size than with the next.

        Raises:
            Skip: it is refused.
        """
        least = math.inf
        for _ in range(times):
            began = self._now()
            try:
                do()
            except imaplib.IMAP4.abort as error:
                self._ended = str(error)
                return math.inf
            except imaplib.IMAP4.error as error:
                raise Skip(f"does not take it: {error}") from None
            least = min(least, self._now() - began)
            if least <= self._allowed.quick:
                break
        return least

    def out_of_proportion(self, taken: Mapping[int, float], what: str) -> str:
        """Return the times, by sizes, where the largest took much more than in proportion; else "".

        Its proportion is to the one before it, of which the size is some part.
        """
        sizes = sorted(taken)
        if len(sizes) < 2:
            return ""
        before, most = sizes[-2:]
        quick, slower = self._allowed
        if taken[most] <= quick + slower * (most / before) * taken[before]:
            return ""
        return ", ".join(f"{size:,} {what}: {self._said(taken[size])}" for size in sizes)

    def _said(self, taken: float) -> str:
        return f"no answer ({self._ended})" if math.isinf(taken) else f"{taken:.3f} s"

    def told_apart(self, known: str, unknown: str) -> str:
        """Return by which times a wrong password tells that there is a user; "" if by none.

        Each login is one of a connection of its own, by turns, some dozen of each kind.

        Raises:
            Skip: refusals take so long that too few can be had.
        """
        times: dict[str, list[float]] = {known: [], unknown: []}
        end = time.monotonic() + _LONGEST
        for _ in range(_PAIRS):
            for user, taken in times.items():
                taken.append(self._refused(user.encode()))
            if time.monotonic() >= end:
                break
        if len(times[known]) < _FEWEST:
            raise Skip("refuses logins too slowly to be asked often enough")
        return apart(times[known], times[unknown])

    def _refused(self, user: bytes) -> float:
        with self._kept(self._connections.connect("guesses", "greeted")) as session:
            began = time.monotonic()
            session.command(b"LOGIN ", b'"' + user + b'" ' + _WRONG)
            return time.monotonic() - began

    def _handshake(self, offer: Offer) -> Session:
        return self._kept(self._connections.handshake(self._next(), offer))

    def _next(self) -> str:
        return f"probe{len(self._sessions) + 1}"

    def _kept(self, session: Session) -> Session:
        self._sessions[session.name] = session
        return session


_NOT_OURS: Final = ("no protocols available", "no ciphers available")
"""How OpenSSL says that it is the client that can not."""


def apart(known: Sequence[float], unknown: Sequence[float]) -> str:
    """Return the middles of two rows of times where nearly all of one are above; or ""."""
    above = sum(one > other for one in known for other in unknown)
    below = sum(one < other for one in known for other in unknown)
    gap = statistics.median(known) - statistics.median(unknown)
    if max(above, below) < _APART * len(known) * len(unknown) or abs(gap) < _GAP:
        return ""
    middles = [1000 * statistics.median(row) for row in (known, unknown)]
    return (
        f"a wrong password takes {middles[0]:.1f} ms for a user that there is, {middles[1]:.1f} ms"
        f" for one that there is not ({len(known)} of each, one after the other)"
    )
