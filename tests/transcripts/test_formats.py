"""Every format of the table reads its sample, alone and in whatever carries a paste.

The samples in `samples/` tell one session as each program logs it, with one fault of the server.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.explain.explained import explain
from conformance.explain.source import read as read_lines
from conformance.passive.lint import lint
from conformance.passive.verdicts import Verdicts
from conformance.syntax.grammar import load
from conformance.transcripts import table
from conformance.transcripts.table import BY_NAME, FORMATS

SAMPLES = Path(__file__).parent / "samples"
NAMES = [form.name for form in FORMATS]
FAULT = ("server", "3501-9-response-data")
# Their programs log neither the login nor, with JavaMail, its answer.
COUNTS = {"thunderbird": (4, 15), "unmarked": (4, 14)}


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.txt").read_bytes()


def found_in(path: Path, form: str | None = None) -> tuple[str, int, int, list[tuple[str, str]]]:
    verdicts = Verdicts()
    (read,) = lint([path], verdicts, form=form)
    found = [(entry.side, entry.seen.finding.requirement) for entry in verdicts.entries]
    return read.format, read.commands, read.responses, found


def as_html(octets: bytes) -> bytes:
    return b"<pre>" + html.escape(octets.decode(), quote=False).encode() + b"</pre>\n"


CARRIERS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda octets: octets,
    "CRLF": lambda octets: octets.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda octets: b"\xef\xbb\xbf" + octets,
    "UTF-16": lambda octets: octets.decode().encode("utf-16"),
    "a fence": lambda octets: b"I tried this:\n\n```log\n" + octets + b"```\nWhat is wrong?\n",
    "a quotation": lambda octets: b"".join(b"> " + line for line in octets.splitlines(True)),
    "HTML": as_html,
}


def test_every_format_has_a_sample() -> None:
    assert sorted(path.stem for path in SAMPLES.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read(name: str, carrier: str, tmp_path: Path) -> None:
    path = tmp_path / "pasted"
    path.write_bytes(CARRIERS[carrier](sample(name)))
    commands, responses = COUNTS.get(name, (5, 15))
    assert found_in(path) == (name, commands, responses, [FAULT])


@pytest.mark.parametrize("name", NAMES)
def test_a_format_can_be_named(name: str) -> None:
    assert found_in(SAMPLES / f"{name}.txt", name)[0] == name


@pytest.mark.parametrize("name", NAMES)
def test_explain_reads_the_same(name: str) -> None:
    grammar = load(["IMAP4rev1"])
    broken = [s for s in read_lines(sample(name)) if not explain(grammar, s).conforms]
    assert [spoken.frame.text for spoken in broken] == [b"*  3 EXISTS\r\n"]


def test_each_format_says_what_it_is() -> None:
    for form in FORMATS:
        assert form.of
        assert BY_NAME[form.name] is form
        assert table.read(form.example.encode(), form.name).said


@pytest.mark.parametrize(
    "octets",
    [b"", b"\0\0\0", b"\n \n", b"no session at all\n", b"\xff\xfe\0", b"220 smtp.example.com\n"],
)
def test_what_is_no_session_says_what_to_do(octets: bytes) -> None:
    with pytest.raises(table.UnreadableError) as error:
        table.read(octets)
    said = str(error.value)
    assert "\n" not in said
    assert said == "the file is empty" or all(
        word in said for word in ("Its first line is", "nearest forms", "Put C:", "--format")
    )
