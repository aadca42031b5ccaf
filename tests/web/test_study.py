"""A paste is read, judged and explained, and no password of it is in what is made."""

from __future__ import annotations

import dpkt
import pytest

from conformance.passive.recording import RecordingError
from conformance.web import page
from conformance.web.study import EXPLAINED, study

SESSION = """\
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] <blink>ready
C: A1 LOGIN fred s3cretword
S: A1 NO not with s3cretword
C: A2 LOGIN {4}
S: + go
C: fred {10}
S: + go
C: an0therone
S: A2 NO no
C: A3 AUTHENTICATE PLAIN
S: +
C: AGZyZWQAdGgxcmRzZWNyZXQ=
S: A3 NO no
C: A4 LOGIN fred xy
S: A4 OK [CAPABILITY IMAP4rev1] in
C: A5 SELECT INBOX
S: * FLAGS (\\Seen)
S: *  4 EXISTS
S: * 0 RECENT
S: * OK [UIDVALIDITY 7] x
S: * OK [UIDNEXT 99] x
S: * OK [PERMANENTFLAGS (\\Seen)] x
S: A5 OK [READ-WRITE] x
...
C: A6 FETHC 1
S: A6 BAD no
"""
SECRETS = ("s3cretword", "an0therone", "AGZyZWQAdGgxcmRzZWNyZXQ", "th1rdsecret")


def row(text: str, number: int):
    return next(row for row in study(text.encode()).rows if row.number == number)


def test_each_line_has_its_number_its_side_and_what_is_wrong_with_it() -> None:
    made = study(SESSION.encode())
    assert made.read is not None
    assert (made.read.format, made.read.sessions) == ("text", 1)
    found = [(entry.side, entry.seen.finding.requirement) for entry in made.entries]
    assert found == [("server", "3501-9-response-data"), ("client", "3501-9-command")]
    faulty = {row.number: row.findings for row in made.rows if row.findings}
    assert faulty == {18: (0,), 25: (1,)}
    assert row(SESSION, 25).explained.spoken.side == "client"
    assert [each.number for each in made.rows] == sorted(each.number for each in made.rows)


def test_what_was_left_out_stands_in_its_place() -> None:
    gap = row(SESSION, 24)
    assert (gap.explained, gap.left_out, gap.pasted) == (None, True, "...")


@pytest.mark.parametrize("make", [lambda made: page.result(made, "/share/x"), page.shared])
def test_no_password_is_on_a_page(make) -> None:
    html = make(study(SESSION.encode()))
    assert "[hidden]" in html
    assert "A4 LOGIN fred [hidden]" in html
    assert "fred xy" not in html
    assert not [secret for secret in SECRETS if secret in html]


def test_a_single_line_is_explained_and_its_password_hidden() -> None:
    made = study(b"a1 LOGIN fred s3cretword")
    assert made.read is None
    assert made.why
    html = page.shared(made)
    assert "s3cretword" not in html
    assert "each line is explained" in html
    assert "the state" in html or "password" in html


def test_a_broken_login_shows_no_password() -> None:
    html = page.shared(study(b"S: * OK x\nC: a1 LOGIN fred s3cret{word x\nS: a1 BAD s3cret{word\n"))
    assert "s3cret{word" not in html


@pytest.mark.parametrize("secret", ["s3crét-word", "s3cret(word", "word)s3cret"])
def test_a_secret_is_not_shown_in_halves_around_a_fault(secret: str) -> None:
    answer = f"S: * OK x\nC: a1 LOGIN fred {{{len(secret.encode())}}}\nS: + go\nC: {secret}\n"
    html = page.shared(study(f"{answer}S: a1 NO ({secret}) {secret}\nS: * {secret}\n".encode()))
    assert "s3cr" not in html
    assert "word" not in html.partition("<body>")[2].replace("keyword", "").replace("password", "")


def test_of_a_long_literal_the_first_lines_are_shown() -> None:
    mail = "a line of a long mail\n" * 5000
    size = len(mail) + 5000
    html = page.shared(study(f"S: * 1 FETCH (BODY[] {{{size}}}\n{mail}S: )\n".encode(), "text"))
    assert len(html) < 100_000


def test_what_was_pasted_stays_text() -> None:
    html = page.shared(study(SESSION.encode()))
    assert "<blink>" not in html
    assert "&lt;blink&gt;ready" in html
    assert "<script" not in html


def test_a_capture_is_read_by_its_packets() -> None:
    made = study(
        capture([(b"* OK hi\r\n", 0), (b"a1 NOOP\r\n", 1), (b"*  3 EXISTS\r\na1 OK x\r\n", 0)])
    )
    assert made.unit == "packet"
    assert any(row.findings for row in made.rows)


def capture(said: list[tuple[bytes, int]]) -> bytes:
    """A capture of a connection to port 143; 1 is said by the client."""
    import io  # noqa: PLC0415 - of this helper

    octets, next_ = io.BytesIO(), [1000, 2000]
    writer = dpkt.pcap.Writer(octets)
    for when, (data, way) in enumerate(said):
        ports = (143, 40000) if way == 0 else (40000, 143)
        tcp = dpkt.tcp.TCP(
            sport=ports[0], dport=ports[1], seq=next_[way], ack=next_[1 - way],
            flags=dpkt.tcp.TH_ACK | dpkt.tcp.TH_PUSH, data=data,
        )  # fmt: skip
        next_[way] += len(data)
        hosts = (b"\x7f\0\0\1", b"\x7f\0\0\2")
        ip = dpkt.ip.IP(src=hosts[way], dst=hosts[1 - way], p=6, data=tcp)
        frame = dpkt.ethernet.Ethernet(src=b"\0" * 6, dst=b"\0" * 6, type=0x800, data=ip)
        writer.writepkt(bytes(frame), when)
    return octets.getvalue()


@pytest.mark.parametrize("octets", [b"", b"\n \n", b"\0\0"])
def test_nothing_is_no_paste(octets: bytes) -> None:
    with pytest.raises(RecordingError):
        study(octets)


def test_a_format_that_does_not_fit_is_told() -> None:
    with pytest.raises(RecordingError, match="no line in it is like"):
        study(b"C: a1 NOOP\nS: a1 OK x\n", "thunderbird")


def test_a_long_session_is_explained_in_part_and_judged_to_its_end() -> None:
    noops = "".join(f"C: a{n} NOOP\nS: a{n} OK x\n" for n in range(EXPLAINED))
    made = study(("S: * OK hi\n" + noops + "S: *  3 EXISTS\n").encode())
    assert len(made.rows) == EXPLAINED
    assert made.unexplained == EXPLAINED + 2
    assert made.entries[0].seen.place.number == 2 * EXPLAINED + 2
    assert f"and {made.unexplained} more lines" in page.shared(made)
