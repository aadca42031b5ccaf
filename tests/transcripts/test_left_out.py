"""What a paste has hidden, cut short or left out is noted, and accuses nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.passive.lint import lint
from conformance.passive.verdicts import Verdicts

GREETING = ["S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5 SASL-IR LITERAL+] ready"]
LOGGED_IN = [
    *GREETING,
    "C: A1 LOGIN fred secret",
    "S: A1 OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] done",
]
SELECTED = [
    *LOGGED_IN,
    "C: A2 SELECT INBOX",
    "S: * FLAGS (\\Seen)",
    "S: * 4 EXISTS",
    "S: * 0 RECENT",
    "S: * OK [UIDVALIDITY 7] x",
    "S: * OK [UIDNEXT 99] x",
    "S: * OK [PERMANENTFLAGS (\\Seen)] x",
    "S: A2 OK [READ-WRITE] x",
]
BEHIND = ["C: A4 NOOP", "S: *  5 EXISTS", "S: A4 OK x"]
"""What follows is judged: its second line is wrong."""
FAULT = [("server", "3501-9-response-data")]


def judged(lines: list[str], folder: Path) -> tuple[list[tuple[str, str]], str]:
    """Return what is found, and the notes."""
    path = folder / "pasted.txt"
    path.write_text("\n".join(lines) + "\n")
    verdicts = Verdicts()
    (read,) = lint([path], verdicts)
    found = [(entry.side, entry.seen.finding.requirement) for entry in verdicts.entries]
    return found, "; ".join(read.notes)


MASKS = (
    "*", "********", "****** [52]", "[hidden]", "<redacted>", "[REDACTED]", "**REDACTED**",
    "<password>", "<user> <pass>", "(14 bytes)", "[14 bytes]", "XXXXXXXX", "xxxx", "[...]", "...",
    "(* value hidden *)", "[Redact: Count=2 Showcredentials=OFF]", "<hidden>", "[removed]",
    "•••••", "{password}", "####", "<14 octets>", "[PASSWORD]", "***removed***", "$PASSWORD", "…",
    "<auth data>", "[base64 string]", "<snip>", "",
)  # fmt: skip


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize(
    "exchange",
    [
        ["C: A1 LOGIN {mask}", "S: A1 OK [CAPABILITY IMAP4rev1] x"],
        ["C: A1 LOGIN fred {mask}", "S: A1 OK [CAPABILITY IMAP4rev1] x"],
        ["C: A1 AUTHENTICATE PLAIN {mask}", "S: A1 OK [CAPABILITY IMAP4rev1] x"],
        ["C: A1 AUTHENTICATE PLAIN", "S: +", "C: {mask}", "S: A1 OK [CAPABILITY IMAP4rev1] x"],
        [
            "C: A1 AUTHENTICATE CRAM-MD5",
            "S: + {mask}",
            "C: {mask}",
            "S: A1 OK [CAPABILITY IMAP4rev1] x",
        ],
        ["C: A1 AUTHENTICATE PLAIN", "S: +", "S: A1 OK [CAPABILITY IMAP4rev1] x"],
        ["C: A1 AUTHENTICATE PLAIN", "C: {mask}", "S: A1 OK [CAPABILITY IMAP4rev1] x"],
    ],
)
def test_a_mask_is_no_fault(exchange: list[str], mask: str, tmp_path: Path) -> None:
    lines = [line.replace("{mask}", mask).rstrip() for line in exchange]
    assert judged([*GREETING, *lines, *BEHIND], tmp_path)[0] in (
        FAULT,
        [*FAULT, ("server", "3501-7.3-selected")],
    )


CUT = (
    ["S: [...]", "S: )"],
    ["S: <redacted>", "S: )"],
    ["S: [LITERAL DATA: 220 bytes]", "S: )"],
    ["S: [220]", "S: )"],
    ["S: )"],
    [],
    ["S: Subject: x", "S: )"],
    ["S: Subject: x", "S: ...", "S: )"],
    ["S: Subject: x)"],
    ["S:  FLAGS (\\Seen))"],
    ["S: Subject: x", "S:  FLAGS (\\Seen))"],
    ["S: * 1 FETCH (UID 5 )"],
    ["...", "S: )"],
    ["[mail left out]", "S: )"],
    ["Subject: x", "", "text", "S: )"],
)


@pytest.mark.parametrize("cut", CUT, ids=" | ".join)
def test_a_literal_that_is_cut_is_no_fault(cut: list[str], tmp_path: Path) -> None:
    lines = [
        *SELECTED,
        "C: A3 UID FETCH 5 (UID BODY.PEEK[])",
        "S: * 1 FETCH (UID 5 BODY[] {220}",
        *cut,
        "S: A3 OK done",
        *BEHIND,
    ]
    found, notes = judged(lines, tmp_path)
    assert found == FAULT
    assert "hidden, cut short or left out" in notes


@pytest.mark.parametrize(
    "message", [["C: [message]"], ["C: Subject: x", "C: ..."], [], ["C: Subject: x", "C:", "C: a"]]
)
@pytest.mark.parametrize("sync", [True, False])
def test_a_message_that_is_cut_is_no_fault(message: list[str], sync: bool, tmp_path: Path) -> None:
    lines = [
        *SELECTED,
        "C: A3 APPEND Sent (\\Seen) {3043370" + ("}" if sync else "+}"),
        *(["S: + go"] if sync else []),
        *message,
        "S: A3 OK [APPENDUID 7 8] done",
        *BEHIND,
    ]
    assert judged(lines, tmp_path)[0] == FAULT


def test_passwords_in_literals_are_hidden_too(tmp_path: Path) -> None:
    lines = [
        *GREETING,
        "C: A1 LOGIN {4}",
        "S: + go",
        "C: <redacted> {6}",
        "S: + go",
        "C: <redacted>",
        "S: A1 OK [CAPABILITY IMAP4rev1] in",
    ]
    assert judged(lines, tmp_path)[0] == []


GAPS = (
    ["..."], ["[...]"], ["S: ..."], ["S: * ..."], ["[snip]"], ["<snip>"], ["--- 8< ---"], ["…"],
    ["S: [...]"], ["(lines omitted)"],
)  # fmt: skip


@pytest.mark.parametrize("gap", GAPS, ids=" ".join)
def test_lines_that_are_left_out_are_missed_by_nobody(gap: list[str], tmp_path: Path) -> None:
    lines = [
        *LOGGED_IN,
        "C: A2 SELECT INBOX",
        *gap,
        "S: A2 OK [READ-WRITE] x",
        "C: A3 FETCH 1 (FLAGS)",
        "S: * 1 FETCH (FLAGS ())",
        "S: A3 OK x",
        *BEHIND,
    ]
    found, notes = judged(lines, tmp_path)
    assert found == FAULT
    assert notes.startswith("1 place is hidden, cut short or left out")


@pytest.mark.parametrize(
    "lines",
    [
        [*GREETING, "...", "C: A7 FETCH 1 (FLAGS)", "S: A7 OK x"],
        [*GREETING, "S: A1 OK logged in", "C: A2 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ..."],
        [*SELECTED, "...", "S: A9 OK done", "C: A10 UID FETCH 5 (FLAGS)", "S: A10 OK x"],
        [*SELECTED, "C: A3 NOOP", "S: A3 OK x", "S: A5 OK what was asked is not here"],
        ["S: * OK [CAPABILITY IMAP4rev1 ...] x", "C: A1 LOGIN a b", "S: A1 OK x", "C: A2 IDLE"],
        [*SELECTED, "C: A3 FETCH 1,2,... (FLAGS)", "S: * 1 FETCH (FLAGS ...)", "S: A3 OK x"],
        [*SELECTED, 'C: A3 LIST "" *', 'S: * LIST (...) "/" ...', "S: A3 OK x"],
        ["S: * 1 FETCH (FLAGS ())", "S: A3 OK x", "C: A4 NOOP", "S: A4 OK x"],
        ["S: of a mail", "S: )", "S: A3 OK x", "C: A4 NOOP", "S: A4 OK x"],
        ["C: A3 IDLE", "S: + idling", "C: DONE", "S: A3 OK x"],
        [*SELECTED, "C: A3 FETCH 1 (BODY.PEEK[])", "S: * 1 FETCH (BODY[] {200}", "S: Subject: x"],
        [*SELECTED, "C: A3 FETCH 1 (BODY.PEEK[])"],
        [*SELECTED, "C: A3 APPEND x {20}"],
    ],
)
def test_what_begins_or_ends_in_the_middle_is_judged_as_far_as_it_can(
    lines: list[str], tmp_path: Path
) -> None:
    assert judged(lines, tmp_path)[0] == []


@pytest.mark.parametrize(
    ("size", "mail", "found"),
    [
        (18, ["S: Subject: x", "S:", "S: hi", "S:  FLAGS ())"], []),  # its lines end in CRLF
        (18, ["S: Subject: x", "S:", "S: hello", "S:  FLAGS ())"], []),  # in LF
        (16, ["S: Subject: x", "S:", "S: hi FLAGS ())"], []),  # its last line has no end
        (16, ["S: Subject: x", "S:", "S: hi", "S:  FLAGS ())"], []),  # and the log gave it one
        (16, ["S: Subject: x", "S:", "S: hi  FLAGS ())"], [("server", "3501-9-msg-att")]),
    ],
)
def test_a_literal_that_is_whole_is_judged(
    size: int, mail: list[str], found: list[tuple[str, str]], tmp_path: Path
) -> None:
    lines = [
        *SELECTED,
        "C: A3 UID FETCH 5 (UID BODY.PEEK[] FLAGS)",
        f"S: * 1 FETCH (UID 5 BODY[] {{{size}}}",
        *mail,
        "S: A3 OK done",
    ]
    assert judged(lines, tmp_path) == (found, "")


def test_more_than_was_announced_is_the_servers_fault(tmp_path: Path) -> None:
    lines = [
        *SELECTED,
        "C: A3 UID FETCH 5 (UID BODY.PEEK[TEXT])",
        "S: * 1 FETCH (UID 5 BODY[TEXT] {3}",
        "S: a longer text)",
        "S: A3 OK done",
    ]
    assert ("server", "3501-4.3-count") in judged(lines, tmp_path)[0]


def test_a_new_session_begins_where_tags_begin_anew(tmp_path: Path) -> None:
    assert judged([*SELECTED, *SELECTED, *BEHIND], tmp_path)[0] == FAULT


@pytest.mark.parametrize("word", ["(SNIPPET", "[CUTOFF", "(hidden-flag", "<Masked_2"])
def test_a_word_that_begins_like_a_mark_is_none(word: str, tmp_path: Path) -> None:
    _, notes = judged([*GREETING, f"S: A9 NO {word} x)"], tmp_path)
    assert notes.startswith("1 place is hidden"), "the password of the greeting's LOGIN"
