"""Sends commands that are broken in one place, and judges what the server makes of them.

RFC 3501 section 2.2.2 asks for BAD, and that only as a SHOULD; whatever the line was, every
command has one completion, the next one is understood, and nothing was done that was refused.
Where sessions come from, and in which states, is in `session_states`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from conformance.checks.closing import UNANNOUNCED
from conformance.checks.finding import Rule, show
from conformance.syntax.mutants import Mutant
from conformance.wire.commands import SELECTING, begin
from conformance.wire.dialogue import Arrival
from conformance.wire.session import CLOSED, Reply, Session
from conformance.wire.transcript import Line

STRICT: Final = Rule(
    "3501-2.2.2-strict",
    "SHOULD",
    "2.2.2",
    "A command with a protocol syntax error is rejected with BAD.",
)
ONE_COMPLETION: Final = Rule(
    "3501-2.2.2-one-completion",
    "MUST",
    "2.2.2",
    "Each command gets exactly one tagged completion response.",
)
OWN_TAG: Final = Rule(
    "3501-2.2.2-tag",
    "MUST",
    "2.2.2",
    "A tagged response carries the tag of a command in progress.",
)

PATIENCE: Final = 10.0
"""Seconds for an answer."""
_LOGINS: Final = frozenset({"LOGIN", "AUTHENTICATE"})
"""Commands whose failure a server may answer late, against guessing."""
_LATE: Final = 15.0
_AFTER_RESCUE: Final = 1.0
_PROMPTS: Final = 3
"""Unexpected `+` that are answered before the line is given up."""
_SHOWN: Final = 70
_LINES: Final = 24

_TAG = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+')
_TAGGED = re.compile(rb"[^ *+\r\n][^ \r\n]* (?:OK|NO|BAD)(?![^ \r])", re.IGNORECASE)

# With SASL-IR (RFC 4959) the argument is an initial response, which may fail as one.
_TOLERATED: Final = {("argument-extra", "AUTHENTICATE"): "NO"}
_ENDS_THE_SESSION: Final = frozenset({"LOGOUT", "STARTTLS"})
"""Commands behind which a session goes on as before only if they are refused."""
_TURNING: Final = _ENDS_THE_SESSION | {"AUTHENTICATE"}
"""Commands that no other may follow unheard: what comes next depends on the answer."""


@dataclass(slots=True)
class MutantAnswer:
    """What came of one mutant, up to the answer to the NOOP behind it."""

    own: list[Arrival] = field(default_factory=list)
    """Tagged responses with the tag of the mutant, or with what a server took for it where none
    can be read."""
    bad: bool = False
    """An untagged BAD came."""
    prompts: int = 0
    """Continuation requests that nothing asked for."""
    hung: bool = False
    """There was no answer before the line was completed once more."""
    strays: list[Arrival] = field(default_factory=list)
    """Tagged responses with the tag of nobody."""
    noop: Reply | None = None
    """None when the session has ended, or had to."""
    closed: bool = False

    @property
    def status(self) -> str:
        """`OK`, `NO` or `BAD` of the first completion; empty when there was none."""
        return self.own[0].status if self.own else ""

    @property
    def refused(self) -> bool:
        """Whether the server said that it does not do what was asked."""
        if self.own:
            return self.status != "OK"
        return self.bad and not self.prompts


@dataclass(frozen=True, slots=True)
class MutantBreach:
    """One thing that a server did wrong with a mutant."""

    rule: Rule
    mutant: Mutant
    place: str
    """The state it was sent in."""
    wrong: str
    """What was done, without anything that the server chose."""
    received: str
    """The line that shows it, escaped; empty when nothing came."""
    excerpt: tuple[Line, ...]

    @property
    def message(self) -> str:
        """Say in one sentence what was wrong with the command, and what came of it."""
        sent = show(b"".join(self.mutant.segments), _SHOWN)
        return (
            f"`{sent}`: {self.mutant.kind.sentence} ({self.mutant.rule}, section "
            f"{self.mutant.section}) {self.wrong} ({self.place})"
        )

    @property
    def group(self) -> tuple[str, str, str, str]:
        """What findings are gathered by: requirement, production, kind, and what was done."""
        return (self.rule.requirement, self.mutant.rule, self.mutant.kind.name, self.wrong)

    @property
    def deviation(self) -> str:
        """What was done otherwise, and with what; the command only where a MUST is broken.

        Servers have one scanner for all commands: what it lets pass in one it does in the others.
        """
        lenient = self.rule is STRICT
        command = "a command" if lenient else name_of(self.mutant) or "a command"
        return f"{command} with {self.mutant.kind.sentence}: {self.wrong.removeprefix('was ')}"


def grouped(
    breaches: Iterable[MutantBreach],
) -> dict[tuple[str, str, str, str], list[MutantBreach]]:
    """Gather breaches by production and kind, those of a MUST first."""
    groups: dict[tuple[str, str, str, str], list[MutantBreach]] = {}
    for breach in breaches:
        groups.setdefault(breach.group, []).append(breach)
    return dict(sorted(groups.items(), key=lambda g: (g[1][0].rule.level != "MUST", g[0])))


def probe(
    session: Session, mutant: Mutant, *, place: str, proper: bool, patience: float = PATIENCE
) -> tuple[MutantAnswer, list[MutantBreach]]:
    """Send a mutant and then NOOP, and say what came and what was wrong with it.

    `proper` says whether the command is one of the state that the session is in: elsewhere NO
    refuses it as well as BAD (section 3). `patience` in seconds is for each answer. A session
    that ends on the way is an answer like another.
    """
    mark = session.transcript.mark()
    heard = hear(session, mutant, patience)
    wrongs = judge(session, mutant, heard, proper=proper)
    # Rendering hides passwords in whatever form, which takes its time.
    lines = tuple(session.transcript.lines(mark)[-_LINES:]) if wrongs else ()
    return heard, [
        MutantBreach(rule, mutant, place, wrong, received, lines)
        for rule, wrong, received in wrongs
    ]


# -- sending -------------------------------------------------------------------------------


def hear(session: Session, mutant: Mutant, patience: float = PATIENCE) -> MutantAnswer:
    """Send a mutant, bring the stream back to the beginning of a line, and send NOOP."""
    if name_of(mutant) in _LOGINS:
        patience = max(patience, _LATE)
    heard = MutantAnswer()
    *openings, last = mutant.segments
    for piece in openings:
        session.send(piece)
        if not _await(session, mutant, heard, patience, prompt=True):
            # Refused before its literal: none of the rest is ever sent (section 7.5).
            break
    else:
        session.send(last)
        if readable(mutant) or name_of(mutant) in _TURNING:
            _await(session, mutant, heard, patience, prompt=False)
    session.dialogue.give_up()
    turned = name_of(mutant) in _ENDS_THE_SESSION and not heard.refused
    if heard.closed or turned or (heard.prompts and heard.hung):
        return heard
    heard.noop = session.command(b"NOOP", timeout=patience)
    for arrival in heard.noop.untagged:
        _take(arrival, mutant, heard)
    heard.prompts += len(heard.noop.continuations)
    heard.closed = heard.noop.ended == "closed"
    return heard


def readable(mutant: Mutant) -> bool:
    """Whether a server can repeat the tag of a mutant: its first word, with a space behind it."""
    return _TAG.fullmatch(mutant.tag) is not None and mutant.frames[0].text[len(mutant.tag)] == 0x20


def name_of(mutant: Mutant) -> str:
    """Return the name of the command that was broken, upper case."""
    return begin(mutant.command.text, 0.0, 1).name


def _await(
    session: Session, mutant: Mutant, heard: MutantAnswer, patience: float, *, prompt: bool
) -> bool:
    """Take responses until the mutant is answered, or True at a `+` when that was waited for."""
    window = session.window(patience)
    while not heard.own and not heard.bad:
        arrival = session.receive(window)
        if not isinstance(arrival, Arrival):
            heard.closed = arrival is CLOSED
            if heard.closed or heard.hung:
                return False
            heard.hung = True
            session.dialogue.give_up()
            session.send(mutant.kind.rescue)
            window = session.window(min(patience, _AFTER_RESCUE))
        elif not arrival.frame.text.startswith(b"+"):
            _take(arrival, mutant, heard)
        elif prompt:
            return True
        elif not _go_on(session, mutant, heard):
            return False
    return False


def _go_on(session: Session, mutant: Mutant, heard: MutantAnswer) -> bool:
    """Answer a `+` that nothing asked for; False when there were too many."""
    heard.prompts += 1
    session.send(b"*\r\n" if name_of(mutant) == "AUTHENTICATE" else mutant.kind.rescue)
    return heard.prompts < _PROMPTS


def _take(arrival: Arrival, mutant: Mutant, heard: MutantAnswer) -> None:
    text = arrival.frame.text
    if text.startswith(b"*"):
        heard.bad = heard.bad or arrival.status == "BAD"
    elif _TAGGED.match(text):
        mine = not readable(mutant) or text.startswith(mutant.tag + b" ")
        (heard.own if mine else heard.strays).append(arrival)


# -- judging -------------------------------------------------------------------------------


def judge(
    session: Session, mutant: Mutant, heard: MutantAnswer, *, proper: bool
) -> list[tuple[Rule, str, str]]:
    """Name what is wrong: the rule, what was done, and the line that shows it."""
    if session.dialogue.bye and heard.status != "OK":
        return []  # a server may have had enough of us
    if heard.closed and not session.dialogue.bye:
        if session.ending is not None and session.ending.reason == "reset":
            return []  # it can destroy a BYE that was on its way
        return [(UNANNOUNCED, "ended the connection without BYE", "")]
    return [
        *_completion(mutant, heard),
        *_refusal(mutant, heard, proper=proper),
        *_step(mutant, heard),
    ]


def _completion(mutant: Mutant, heard: MutantAnswer) -> list[tuple[Rule, str, str]]:
    if not readable(mutant) or heard.prompts:
        return []  # how much a server awaits behind a `+` of its own is not ours to know
    if heard.hung:
        what = "was answered only when more was sent" if heard.own else "was not answered"
        return [(ONE_COMPLETION, what, _line(heard))]
    if not heard.own and not (heard.bad and (mutant.kind.framing or mutant.has_line_end)):
        what = "was answered by an untagged BAD alone" if heard.bad else "was not answered"
        return [(ONE_COMPLETION, what, "")]
    if len(heard.own) > 1 and not mutant.has_line_end:
        return [(ONE_COMPLETION, "was completed twice", show(heard.own[1].frame.text))]
    return []


def _refusal(mutant: Mutant, heard: MutantAnswer, *, proper: bool) -> list[tuple[Rule, str, str]]:
    refused = {*mutant.kind.refused, _TOLERATED.get((mutant.kind.name, name_of(mutant)), "BAD")}
    if not proper:
        refused.add("NO")
    if heard.prompts:
        return [(STRICT, "was answered by a continuation request", "")]
    if heard.own and heard.status not in refused:
        return [(STRICT, f"was answered {heard.status}", _line(heard))]
    return []


def _step(mutant: Mutant, heard: MutantAnswer) -> list[tuple[Rule, str, str]]:
    found: list[tuple[Rule, str, str]] = []
    if heard.noop is not None and not heard.noop.ok:
        found.append((ONE_COMPLETION, "left the next NOOP without its OK", str(heard.noop)))
    for stray in heard.strays:
        # Where a server sees two lines, or guesses a tag, it answers with what it sees.
        if not mutant.has_line_end and not mutant.kind.framing:
            line = show(stray.frame.text)
            found.append((OWN_TAG, "was answered with the tag of no command", line))
    return found


def _line(heard: MutantAnswer) -> str:
    return show(heard.own[0].frame.text) if heard.own else ""


def may_deselect(mutant: Mutant) -> bool:
    """Whether the command may leave no mailbox selected when it is refused (section 6.3.1)."""
    return name_of(mutant) in SELECTING
