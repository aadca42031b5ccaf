"""What the suite writes of a session itself is read back, and nobody is accused of its masks."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.passive.lint import lint
from conformance.passive.verdicts import Verdicts
from conformance.wire.transcript import Line, Transcript

LONG = b"Subject: long\r\n\r\n" + b"a line of forty octets, and no more here\r\n" * 80
SESSION = [
    ("S", b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] hi\r\n"),
    ("C", b"a1 LOGIN {4}\r\n"),
    ("S", b"+ go\r\n"),
    ("C", b"fred {6}\r\n"),
    ("S", b"+ go\r\n"),
    ("C", b"secret\r\n"),
    ("S", b"a1 NO not with secret\r\n"),
    ("C", b'a2 LOGIN fred "secret"\r\n'),
    ("S", b"a2 NO no\r\n"),
    ("C", b"a3 AUTHENTICATE PLAIN\r\n"),
    ("S", b"+ \r\n"),
    ("C", b"AGZyZWQAc2VjcmV0\r\n"),
    ("S", b"a3 OK [CAPABILITY IMAP4rev1] in\r\n"),
    ("C", b"a4 APPEND box {%d}\r\n" % len(LONG)),
    ("S", b"+ go\r\n"),
    ("C", LONG + b"\r\n"),
    ("S", b"a4 OK done\r\n"),
    ("C", b"a5 SELECT box\r\n"),
    ("S", b"* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] x\r\n"),
    ("S", b"* OK [UIDNEXT 9] x\r\n* OK [PERMANENTFLAGS (\\Seen)] x\r\na5 OK [READ-WRITE] x\r\n"),
    ("C", b"a6 FETCH 1 (BODY.PEEK[] UID)\r\n"),
    ("S", b"* 1 FETCH (BODY[] {%d}\r\n" % len(LONG) + LONG + b" UID 8)\r\na6 OK done\r\n"),
    ("C", b"a7 FETCH 1 BODY.PEEK[]\r\n"),
    ("S", b"* 1 FETCH (BODY[] {4}\r\na\n\n\r)\r\na7 OK done\r\n"),
    ("C", b"a8 LOGOUT\r\n"),
    ("S", b"* BYE bye\r\na8 OK done\r\n"),
]


def lines() -> tuple[Line, ...]:
    transcript = Transcript(started=0.0)
    transcript.secrets.add(b"secret")
    for number, (way, octets) in enumerate(SESSION):
        transcript.add("C" if way == "C" else "S", octets, float(number))
    return tuple(transcript.lines())


@pytest.mark.parametrize(
    "form",
    [
        "{way}: {text}",
        "  {when:7.3f} {way}: {text}",
        "  main {way}: {text}",
        "!main {way}: {text}",
        "| {way}: {text}",
    ],
)
@pytest.mark.parametrize("fence", ["", "```text\n"])
def test_a_transcript_is_never_accused(form: str, fence: str, tmp_path: Path) -> None:
    text = "\n".join(
        form.format(way=line.direction, text=line.text, when=line.when) for line in lines()
    )
    assert "secret" not in text
    path = tmp_path / "transcript.txt"
    path.write_text(fence + text + "\n" + ("```\n" if fence else ""))
    verdicts = Verdicts()
    (read,) = lint([path], verdicts)
    assert (read.format, read.sessions, read.commands) == ("text", 1, 8)
    assert [entry.seen.finding.requirement for entry in verdicts.entries] == []
