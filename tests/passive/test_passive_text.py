"""Text with C: and S:, as logs have it and as reports print it."""

from __future__ import annotations

import pytest

from conformance.passive.text import read_text
from conformance.wire.transcript import Transcript


def said(text: str) -> dict[str, bytes]:
    (group,) = read_text("log", text.encode()).groups
    return {
        way: b"".join(c.octets for c in group.chunks if c.direction == way) for way in ("C", "S")
    }


@pytest.mark.parametrize(
    "line",
    [
        "C: a1 NOOP",
        "   C: a1 NOOP",
        "! C: a1 NOOP",
        "!main C: a1 NOOP",
        " main C: a1 NOOP",
        "0.123456 C: a1 NOOP",
        "[12:30:01.5] C: a1 NOOP",
        "2024-07-17T10:00:00Z C: a1 NOOP",
        "C: a1 NOOP\r",
    ],
)
def test_a_mark_may_have_things_before_it(line: str) -> None:
    assert said(line)["C"] == b"a1 NOOP\r\n"


def test_each_line_gets_its_end_and_escapes_become_octets() -> None:
    text = "S: * OK caf\\xc3\\xa9\nC: a1 NOOP\\x0a\nC: a2 NOOP"
    assert said(text) == {"S": b"* OK caf\xc3\xa9\r\n", "C": b"a1 NOOP\na2 NOOP\r\n"}


def test_what_was_left_out_of_a_literal_is_filled_and_not_judged() -> None:
    text = "S: * 1 FETCH (BODY[] {1030}\nS: abc[... 1022 octets ...]xyzuv)\nS: a1 OK done"
    (group,) = read_text("log", text.encode()).groups
    assert b"".join(c.octets for c in group.chunks).count(b"x") == 1023
    assert [c.doubtful for c in group.chunks] == [False, True, False]


def test_a_hidden_literal_has_its_length() -> None:
    text = "C: a1 LOGIN fred {6}\nS: + go\nC: [hidden]\nS: a1 OK in"
    assert said(text)["C"] == b"a1 LOGIN fred {6}\r\nxxxxxx\r\n"


def test_a_literal_and_the_rest_of_its_command_may_be_two_lines() -> None:
    text = "C: a1 CREATE {3}\nS: + go\nC: box\nS: * 1 EXISTS\nC:\nS: a1 OK done"
    assert said(text)["C"] == b"a1 CREATE {3}\r\nbox\r\n"


def test_sessions_are_told_apart_by_name_and_by_a_new_greeting() -> None:
    text = "one S: * OK hi\ntwo S: * OK hi\none C: a LOGOUT\none S: * BYE\none S: a OK\n"
    text += "one S: * OK [ALERT] hi again\n"
    (recording,) = (read_text("log", text.encode()),)
    assert [s.name for s in recording.sessions] == ["one", "two", "one-2"]


def test_a_status_response_in_the_middle_is_no_greeting() -> None:
    text = "S: * OK hi\nC: a1 SELECT b\nS: * OK [UIDNEXT 1] next\nS: a1 OK done"
    assert [s.name for s in read_text("log", text.encode()).sessions] == ["main"]


def test_a_session_ends_where_octets_were_not_kept() -> None:
    text = "S: * OK hi\nC: a1 NOOP\nS: [... 99 octets not kept ...]\nS: a7 OK done"
    recording = read_text("log", text.encode())
    assert len(recording.groups[0].chunks) == 2
    assert recording.remarks == [
        "octets were not kept at log:3: what follows in that session is not judged"
    ]


def test_blocks_of_a_page_are_conversations_by_themselves() -> None:
    block = "```text\n  S: * OK hi\n! C: a1 NOOP\n```\n"
    page = f"# found\n{block}more\n{block}"
    recording = read_text("page", page.encode())
    assert len(recording.groups) == 2
    assert [s.name for s in recording.sessions] == ["main of block 1", "main of block 2"]


def test_blanks_that_a_page_has_lost_are_no_finding() -> None:
    block = "```\nS: * OK hi\nS: a1 BAD\nS: * 1 FETCH (BODY[] {9}\nS: To:\nS: x\nS: )\n```\n"
    (group,) = read_text("page", block.encode()).groups
    judged = [c.octets for c in group.chunks if not c.doubtful]
    assert judged == [b"* OK hi\r\n", b"* 1 FETCH (BODY[] {9}\r\n"]
    (group,) = read_text(
        "log", block.replace("```", "").replace("S: To:", "S: To: ").encode()
    ).groups
    assert [c.octets for c in group.chunks if c.doubtful] == [b""]  # a1 is not asked here


def test_a_session_ends_where_a_line_was_shortened() -> None:
    recording = read_text("log", b"S: * OK hi\nS: * LIST (\\HasNo [212 more]\nS: * OK\n")
    assert len(recording.groups[0].chunks) == 1
    assert "log:2" in recording.remarks[0]


def test_a_status_line_that_was_shortened_only_is_not_judged() -> None:
    (group,) = read_text("log", b"S: * OK [CAPABILITY A [212 more]\nC: a1 NOOP\n").groups
    assert [c.doubtful for c in group.chunks] == [True, False]


def test_an_excerpt_is_read_from_the_first_line_that_begins_something() -> None:
    text = "S: the end of mail\nS: )\nC: and of mine\nS: a1 OK done\nC: Subject: x\nC: a2 NOOP\n"
    assert said(text) == {"S": b"a1 OK done\r\n", "C": b"Subject: x\r\na2 NOOP\r\n"}
    (note,) = read_text("log", text.encode()).notes
    assert note.startswith("3 lines before")


def test_other_lines_are_counted() -> None:
    recording = read_text("log", b"# a log\n\nS: * OK hi\nconnected\n")
    assert recording.notes == ["2 lines of neither side were passed over"]


def test_what_a_transcript_shows_can_be_read_back() -> None:
    spoken = [
        ("S", b"* OK hi\r\n"),
        ("C", b"a1 APPEND b {8}\r\n"),
        ("S", b"+ go\r\n"),
        ("C", b"ab\r\ncd\r\n"),
        ("C", b"\r\n"),
        ("S", b"* 1 FETCH (BODY[] {4}\r\n\r\nx\n"),
        ("S", b" FLAGS ())\r\na1 OK\tdone\r\n"),
    ]
    transcript = Transcript(started=0.0)
    for number, (way, octets) in enumerate(spoken):
        transcript.add("C" if way == "C" else "S", octets, float(number))
    text = "".join(f"{line.direction}: {line.text}\n" for line in transcript.lines())
    for way in ("C", "S"):
        assert said(text)[way] == b"".join(octets for side, octets in spoken if side == way)
