"""Generated names and keywords as the engine has them: made, listed, opened, subscribed, removed.

Names are Unicode behind the name of the program's own mailbox, so that they are its own: in
modified UTF-7 (RFC 3501 section 5.1.3), or in UTF-8 under IMAP4rev2 (RFC 9051 section 5.1).
Keywords are stored and asked for where new ones may be made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st
from imapclient.imap_utf7 import decode

from conformance.casefile.compose import ComposedPiece
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.executor import Answered, Executor
from conformance.fuzz.failure import Failure
from conformance.message.strategies import keywords, mailbox_names
from conformance.model.view import Disagreement
from conformance.syntax.strategies import write_quoted

PHASE = "content"
_WHO = "main"


@dataclass(frozen=True, slots=True)
class GeneratedName:
    """What is generated: the end of a mailbox's name, and a keyword."""

    name: bytes
    keyword: bytes


def generated() -> st.SearchStrategy[GeneratedName]:
    """Draw the end of a name on one level of the hierarchy, and a keyword."""
    return st.builds(GeneratedName, mailbox_names(None), keywords())


def play(runner: ExampleRunner, chosen: GeneratedName) -> Failure | None:
    """Make a mailbox of the generated name, and store the generated keyword."""
    return runner.run(lambda executor: _have(executor, chosen), fixture="one", phase=PHASE)


def _have(executor: Executor, chosen: GeneratedName) -> None:
    revised = executor.environment.rev2
    name = decode(chosen.name).encode() if revised else chosen.name
    octets = executor.bare().octets + b"-" + name

    def command(verb: bytes) -> tuple[ComposedPiece, ...]:
        # Within quotes, for a case file has to write the name around that of its own mailbox.
        end = write_quoted(name)[1:]
        return verb + b' "', executor.bare(), b"-" + end

    steps: tuple[tuple[bytes, str], ...] = (
        (b"CREATE", "3501-6.3.3-created"),
        (b"SUBSCRIBE", "3501-6.3.6-subscribed"),
        (b'LIST ""', "3501-6.3.8-names"),
        (b'LIST (SUBSCRIBED) ""' if revised else b'LSUB ""', "3501-6.3.6-subscribed"),
        (b"SELECT", "3501-6.3.1-selected"),
        (b"CLOSE", "3501-6.4.2-authenticated"),
        (b"UNSUBSCRIBE", "3501-6.3.7-unsubscribed"),
        (b"DELETE", "3501-6.3.4-deleted"),
    )
    for verb, rule in steps:
        pieces = (verb,) if verb == b"CLOSE" else command(verb)
        said = executor.say(_WHO, *pieces, applies=False)
        executor.await_status(said, {"OK"}, rule)
        if verb.endswith(b'""'):
            _is_listed(said, verb[:4].decode(), octets, rule)
    _keyword(executor, chosen.keyword)


def _is_listed(said: Answered, verb: str, octets: bytes, rule: str) -> None:
    names = [arrival.response.mailbox for arrival in said.of(verb)]
    if names != [octets]:
        raise Disagreement(
            rule,
            f"{verb} does not return the name as it was created",
            received=" ".join(a.frame.text.decode("latin-1").strip() for a in said.of(verb)),
            deviation="another name than was created",
        )


def _keyword(executor: Executor, keyword: bytes) -> None:
    """Store a keyword, if the mailbox takes new ones, and see that it is there and found."""
    said = executor.say(_WHO, b"SELECT ", executor.name("home"), applies=False)
    executor.await_status(said, {"OK"}, "3501-6.3.1-selected")
    if not any(b"\\*" in arrival.frame.text for arrival in said.of("OK")):
        return
    checks: tuple[tuple[bytes, str, Callable[[Answered], bool], str], ...] = (
        (
            b"STORE 1 +FLAGS (" + keyword + b")",
            "3501-6.4.6-add",
            lambda _said: True,
            "",
        ),
        (
            b"FETCH 1 (FLAGS)",
            "3501-6.4.5-flags",
            lambda said: any(
                keyword.upper() in (arrival.response.flags() or ()) for arrival in said.of("FETCH")
            ),
            f": * 1 FETCH (FLAGS ({keyword.decode('ascii')} ...))",
        ),
        (
            b"SEARCH KEYWORD " + keyword,
            "3501-6.4.4-keyword",
            lambda said: any(
                [leaf.number for leaf in arrival.response.leaves] == [1]
                for arrival in said.of("SEARCH")
            ),
            ": * SEARCH 1",
        ),
    )
    for command, rule, holds, line in checks:
        said = executor.say(_WHO, command, applies=False)
        executor.await_status(said, {"OK"}, rule)
        if not holds(said):
            raise Disagreement(
                rule,
                f"the keyword that was stored does not show in {command.decode('ascii')}",
                expected=[line, ": TAG OK"],
                received=str(said.reply),
                deviation="a keyword is missing",
            )
