"""A POP3 connection as it goes by, judged on both sides by the grammar and by RFC 1939.

What `watch` is for IMAP, for sessions whose server greets with `+OK`. Lines of messages are not
looked at. Replies to commands of extensions that the suite has no grammar of are only followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conformance.checks.finding import KEPT, Breach, Fault, Rule, show
from conformance.checks.monitor import EXCERPT
from conformance.passive.pop3_rules import (
    CLIENT_DELETED,
    CLIENT_FORM,
    CLIENT_PASS,
    CLIENT_STATE,
    CRLF,
    DELETED,
    FORMS,
    LENGTH,
    LISTED,
    LISTED_DELETED,
    NOOP,
    STATUS,
    UID_DELETED,
    UID_FORM,
    UID_PERSISTS,
    UNKNOWN,
    WRONG_STATE,
)
from conformance.passive.recording import By, Place
from conformance.passive.secrets import mask
from conformance.passive.watch import Seen, SessionsJudge
from conformance.syntax.pop3 import grammar
from conformance.wire.pop3.dialogue import Pop3Dialogue, Pop3Line, is_positive, keyword, speaks_pop3
from conformance.wire.transcript import Direction, Transcript

_TRANSACTION: Final = frozenset(b"STAT LIST RETR DELE NOOP RSET TOP UIDL".split())
_KNOWN: Final = _TRANSACTION | frozenset(b"USER PASS APOP QUIT CAPA STLS".split())
_NUMBERED: Final = frozenset(b"LIST RETR DELE TOP UIDL".split())
_NEED_NUMBER: Final = frozenset(b"RETR DELE TOP".split())
_LOGS_IN: Final = frozenset(b"PASS APOP AUTH".split())
_NAMING: Final = frozenset(b"USER PASS APOP".split())
_SECRET: Final = re.compile(
    rb"(?:PASS |APOP \S+ |AUTH \S+ )(?P<secret>.+)", re.IGNORECASE | re.DOTALL
)
_LONGEST: Final = 512
_UNIQUE_ID: Final = re.compile(rb"[!-~]{1,70}")
_LARGEST: Final = 1 << 20  # octets of a line that has no end


class WatchedPop3:
    """A connection that somebody else leads."""

    def __init__(self, judge: SessionsJudge, name: str, *, started: float = 0) -> None:
        self.name = name
        self.transcript = Transcript(started=started, secrets=judge.secrets)
        self.commands = self.responses = 0
        self.encrypted = False
        """What follows is TLS and can not be read."""
        self._judge = judge
        self._dialogue = Pop3Dialogue(whole=True)
        self._buffers: dict[Direction, bytes] = {"C": b"", "S": b""}
        self._doubtful = False  # what comes next is not as it was
        self._logged_in: bool | None = False  # None: it is not known
        self._user = False  # USER was taken, and nothing has been said since
        self._deleted: set[int] = set()
        self._total: int | None = None  # messages that STAT told of, with those deleted
        self._listed = 0
        self._uids: dict[int, bytes] = {}
        self._shown: set[tuple[str, str]] = set()
        self._place = Place("", "octet", 0)

    def join(self) -> None:
        """Begin in the middle, or go on there: the state is not known."""
        self._dialogue.lose()
        self._logged_in, self._user = None, True
        self._deleted.clear()
        self._uids.clear()
        self._total = None

    def skip(self) -> None:
        """Go on behind lines that are missing; those of a message are no loss."""
        if self._dialogue.goes_on:
            self._doubtful = True
        else:
            self.join()

    def ended(self, by: By, when: float, place: Place) -> None:
        """Take the end of the connection: either side may go, though nothing is removed then."""

    @property
    def in_flight(self) -> tuple[bytes, ...]:
        """The commands that are not answered, the oldest first."""
        return self._dialogue.in_flight

    @property
    def idle(self) -> bool:
        """Whether the server has greeted, and has answered whole all that it was asked."""
        said = self.responses and not self._dialogue.goes_on and not self._buffers["S"]
        return bool(said) and not self._dialogue.in_flight

    @property
    def unfinished(self) -> bool:
        """Whether it stops in the middle of a line of the server."""
        return not self.encrypted and bool(self._buffers["S"])

    # -- what goes by --------------------------------------------------------------------

    def client(self, data: bytes, when: float, place: Place, *, doubtful: bool = False) -> None:
        """Take octets of the client."""
        for line, _ in self._lines("C", data, place):
            if self._doubtful and self._dialogue.goes_on:
                self.join()  # the end of the reply is not here, either
                self._doubtful = False
            self._hide(line)
            self.transcript.add("C", line + b"\r\n", when)
            asked_before = self._dialogue.in_flight
            said = self._dialogue.client(line)
            self.commands += said.start == "command"
            if said.start and not doubtful:
                self._report("C", self._of_client(line, asked_before), line)

    def _hide(self, line: bytes) -> None:
        """Have nobody be shown a password, or what stands for one."""
        found = _SECRET.fullmatch(line)
        if found is not None:
            self._judge.secrets.add(found["secret"])
        elif self._dialogue.in_exchange:
            self._judge.secrets.add(line)

    def server(self, data: bytes, when: float, place: Place, *, doubtful: bool = False) -> None:
        """Take octets of the server."""
        for line, bare in self._lines("S", data, place):
            self.transcript.add("S", line + b"\r\n", when)
            said = self._dialogue.server(line)
            self.responses += said.status
            self._doubtful |= doubtful
            if not self._doubtful:
                faults = [*self._of_line(said, bare=bare), *self._of_state(said)]
                self._report("S", faults, line)
            self._follow(said)
            if said.last:
                self._doubtful = False

    def _lines(self, side: Direction, data: bytes, place: Place) -> Iterator[tuple[bytes, bool]]:
        """Cut off lines, without their ends; say of each whether it ended in LF alone."""
        self._place = place
        *lines, rest = (self._buffers[side] + data).split(b"\n")
        self._buffers[side] = rest[-_LARGEST:]
        for line in lines:
            if self._is_over():
                return
            yield line.removesuffix(b"\r"), not line.endswith(b"\r")

    def _is_over(self) -> bool:
        """Whether what follows can not be read."""
        return self.encrypted

    def _follow(self, said: Pop3Line) -> None:
        """Learn from a line what state the session is in."""
        name, number = keyword(said.command), _number(said.command)
        if not said.status:
            return
        positive = is_positive(said.text)
        self._user = name == b"USER" and positive
        if not positive:
            return
        if name in _LOGS_IN:
            self._logged_in = True
        elif name == b"STLS":
            self.encrypted = True
        elif name == b"DELE" and number is not None:
            self._deleted.add(number)
        elif name == b"RSET":
            self._deleted.clear()
        elif name == b"STAT" and self._logged_in is not None:
            words = said.text.split(b" ")
            if len(words) > 1 and words[1].isdigit():
                self._total = int(words[1][:9]) + len(self._deleted)

    # -- the server ----------------------------------------------------------------------

    def _of_line(self, said: Pop3Line, *, bare: bool) -> Iterator[Fault]:
        """Judge a line by itself."""
        if said.start and bare:
            yield Fault(CRLF, "A line ends in LF without CR.", "CRLF")
        if not said.start or (said.status and said.command and keyword(said.command) not in _KNOWN):
            return
        if said.status and len(said.text) + 2 > _LONGEST:
            yield Fault(LENGTH, "A status line is too long.", "at most 512 octets with CRLF")
            return
        if said.status and not said.text.startswith((b"+OK", b"-ERR")):
            spelt = speaks_pop3(said.text)
            what = "is not in capitals" if spelt else "is missing"
            yield Fault(STATUS, f"The status indicator {what}.", "+OK or -ERR", what)
            return
        fault = grammar().check(said.start, said.text + b"\r\n")
        if fault is None:
            return
        rule = FORMS.get(said.start, STATUS)
        words = said.text.removeprefix(b"+OK ").split(b" ", 1)
        if said.start.startswith("unique_id") and not _UNIQUE_ID.fullmatch(words[-1]):
            rule = UID_FORM
        yield Fault(rule, str(fault.message), " or ".join(fault.expected), fault.shape)

    def _of_state(self, said: Pop3Line) -> Iterator[Fault]:
        """Judge a line by what was said before."""
        name, number = keyword(said.command), _number(said.command)
        if said.status:
            yield from self._of_reply(said, name, number)
        elif said.start == "scan_listing":
            self._listed += 1
            yield from self._of_listed(said, LISTED_DELETED)
        elif said.start == "unique_id_listing":
            yield from self._of_listed(said, UID_DELETED)
        elif said.start == "termination" and name == b"LIST" and self._total is not None:
            there = self._total - len(self._deleted)
            if self._listed != there:
                message = f"LIST has {self._listed} messages, and STAT had told of {there}."
                yield Fault(LISTED, message, f"{there} of them", "count")
        if said.start.startswith("unique_id") and (not said.status or is_positive(said.text)):
            yield from self._of_unique_id(said)

    def _of_reply(self, said: Pop3Line, name: bytes, number: int | None) -> Iterator[Fault]:
        self._listed = 0
        positive = is_positive(said.text)
        if not positive:
            if name == b"NOOP" and self._logged_in and _is_formal(said.command):
                yield Fault(NOOP, "NOOP is refused.", "+OK")
            return
        if name in _TRANSACTION and self._logged_in is False:
            message = f"{name.decode('ascii')} is taken where nobody has logged in."
            yield Fault(WRONG_STATE, message, "-ERR", name.decode("ascii"))
        elif name in _NUMBERED and number in self._deleted:
            yield Fault(DELETED, "A message that is marked as deleted is referred to.", "-ERR")
        elif name in _NEED_NUMBER and not _is_formal(said.command):
            yield Fault(UNKNOWN, "A command that is not well-formed is taken.", "-ERR")

    def _of_listed(self, said: Pop3Line, rule: Rule) -> Iterator[Fault]:
        number = said.text.split(b" ", 1)[0]
        if number.isdigit() and int(number[:9]) in self._deleted:
            yield Fault(rule, "A message that is marked as deleted is listed.", "no such line")

    def _of_unique_id(self, said: Pop3Line) -> Iterator[Fault]:
        number, _, unique = said.text.removeprefix(b"+OK ").partition(b" ")
        if not number.isdigit() or not unique:
            return
        known = self._uids.setdefault(int(number[:9]), unique)
        if known != unique:
            expected = f"{show(number)} {show(known)}"
            yield Fault(UID_PERSISTS, "The message had another unique-id before.", expected)

    # -- the client ----------------------------------------------------------------------

    def _of_client(self, line: bytes, before: tuple[bytes, ...]) -> Iterator[Fault]:
        name = keyword(line)
        if name not in _KNOWN:
            return
        fault = grammar().check("command", line + b"\r\n")
        if fault is not None and name in _NAMING and not line.isascii():
            return  # RFC 6856 lets names and passwords be in UTF-8
        if fault is not None:
            expected = " or ".join(fault.expected)
            yield Fault(CLIENT_FORM, str(fault.message), expected, fault.shape)
            return
        logging_in = any(keyword(each) in _LOGS_IN for each in before)
        if name in _TRANSACTION and self._logged_in is False and not logging_in:
            yield Fault(CLIENT_STATE, "A command of the TRANSACTION state.", "a login")
        if name == b"PASS" and not self._user and b"USER" not in map(keyword, before[-1:]):
            yield Fault(CLIENT_PASS, "PASS without a USER that was taken.", "USER")
        number = _number(line)
        if name in _NUMBERED and number in self._deleted and b"RSET" not in map(keyword, before):
            yield Fault(CLIENT_DELETED, f"Message {number} is marked as deleted.", "RSET before it")

    # -- findings ------------------------------------------------------------------------

    def _report(self, side: Direction, faults: Iterator[Fault] | list[Fault], text: bytes) -> None:
        for fault in faults:
            rule, shape = fault.rule, fault.variant or fault.rule.requirement
            first = (rule.requirement, shape) not in self._shown
            self._shown.add((rule.requirement, shape))
            found = Breach(
                requirement=rule.requirement,
                level=rule.level,
                section=rule.section,
                message=fault.message,
                expected=fault.expected,
                received=show(text) or "an empty line",
                shape=shape,
                source="ambient",
                excerpt=tuple(self.transcript.lines()[-EXCERPT:]) if first else (),
                offending=text[:KEPT],
                session=self.name,
            )
            with self._judge.lock:
                self._judge.sink(Seen(side, mask(self._judge.secrets, found), self._place))


def _number(command: bytes) -> int | None:
    """Return the message-number of a command, None where it has none."""
    words = command.split(b" ")
    return int(words[1][:9]) if len(words) > 1 and words[1].isdigit() else None


def _is_formal(command: bytes) -> bool:
    return grammar().check("command", command + b"\r\n") is None


def greets_by(served: bytes, asked: bytes) -> bool:
    """Whether what is `served` first is a greeting, as far as what is `asked` then tells.

    A recording may begin in the middle: no client begins with a command about messages.
    """
    return is_positive(served.rstrip()) and keyword(asked.rstrip()) not in _TRANSACTION
