"""Generated messages, names and flags: valid, within their bounds, and simple when shrunk."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, find, given, settings
from imapclient.imap_utf7 import decode, encode

from conformance.message.envelope import envelope
from conformance.message.fetching import FetchItem, expected
from conformance.message.parts import Part, read_message
from conformance.message.strategies import flags, keywords, mailbox_names, messages
from conformance.syntax import grammar

bounded = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # of the machine, not of the strategies
)
ITEMS = [
    FetchItem(name) for name in (b"ENVELOPE", b"BODY", b"BODYSTRUCTURE", b"RFC822.SIZE", b"RFC822")
]


@bounded
@given(messages())
def test_mime_leaves_one_way_to_read_each_generated_message(octets: bytes) -> None:
    for part in read_message(octets).walk():
        assert part.sure
        assert part.header.sound


@bounded
@given(messages())
def test_the_oracle_leaves_no_item_of_a_generated_message_open(octets: bytes) -> None:
    message = read_message(octets)
    assert not any(expected(message, item).open for item in ITEMS)
    assert not any(envelope(part.header).open for part in message.walk())


@bounded
@given(messages())
def test_a_generated_message_has_crlf_line_ends_short_lines_and_a_bounded_size(
    octets: bytes,
) -> None:
    bare = octets.replace(b"\r\n", b"")
    assert b"\r" not in bare
    assert b"\n" not in bare
    assert b"\0" not in bare
    assert len(octets) <= 4096
    assert max(map(len, octets.split(b"\r\n"))) <= 998


@settings(bounded, max_examples=10)
@given(messages(large=True))
def test_a_large_message_has_64_kb_at_most(octets: bytes) -> None:
    assert len(octets) <= 65536
    assert max(map(len, octets.split(b"\r\n"))) <= 998


def test_a_message_shrinks_to_one_field() -> None:
    assert (
        find(messages(), lambda _: True, settings=settings(bounded, max_examples=20))
        == b"Subject: a\r\n\r\n"
    )


def _kinds(part: Part) -> set[bytes]:
    return {each.media.type + b"/" + each.media.subtype for each in part.walk()}


WORTHWHILE: list[Callable[[Part], bool]] = [
    lambda m: b"MULTIPART/MIXED" in _kinds(m),
    lambda m: b"MULTIPART/DIGEST" in _kinds(m),
    lambda m: any(p.message and p.message.is_multipart for p in m.walk()),
    lambda m: any(p.encoding == b"BASE64" for p in m.walk()),
    lambda m: any(p.encoding == b"QUOTED-PRINTABLE" and p.body for p in m.walk()),
    lambda m: not m.octets.isascii(),
    lambda m: not m.header.ended,
    lambda m: bool(m.body) and not m.body.endswith(b"\r\n"),
    lambda m: b"=?utf-8?" in m.header.octets,
    lambda m: any(b":" in field.body for field in m.header.all(b"TO")),
    lambda m: len(m.header.all(b"X-A")) > 1,
]


def test_what_is_worth_a_test_is_generated() -> None:
    seen: set[int] = set()

    @settings(bounded, max_examples=250, phases=[Phase.generate])
    @given(messages())
    def draw(octets: bytes) -> None:
        message = read_message(octets)
        seen.update(number for number, wanted in enumerate(WORTHWHILE) if wanted(message))

    draw()
    assert seen == set(range(len(WORTHWHILE)))


@bounded
@given(mailbox_names(b"/"))
def test_a_tame_mailbox_name_is_modified_utf_7_as_it_has_to_be_written(name: bytes) -> None:
    assert encode(decode(name)) == name
    levels = decode(name).split("/")
    assert 0 < len(levels) <= 3
    for level in levels:
        assert level
        assert level.upper() != "INBOX"
        assert not set(level) & set('*%". \\{}#~')


@bounded
@given(mailbox_names(b".", tame=False))
def test_an_untamed_name_keeps_out_wildcards_slashes_and_space_at_the_ends(name: bytes) -> None:
    assert encode(decode(name)) == name
    for level in decode(name).split("."):
        assert level == level.strip(" ")
        assert level[0] not in "#~."
        assert not set(level) & set("*%/")


@bounded
@given(mailbox_names(None))
def test_a_name_without_hierarchy_has_no_usual_delimiter(name: bytes) -> None:
    assert not set(name) & set(b"/.")


@bounded
@given(keywords(), flags())
def test_keywords_and_flags_are_those_of_the_grammar(keyword: bytes, flag: bytes) -> None:
    rules = grammar.load()
    assert rules.matches("flag_keyword", keyword)
    assert rules.matches("flag", flag)
