"""What a response announces or has turned on, however much of it there is."""

from __future__ import annotations

import pytest

from conformance.wire.announced import announced, enabled


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"* CAPABILITY IMAP4rev1 idle\r\n", {"IMAP4REV1", "IDLE"}),
        (b"* OK [CAPABILITY IMAP4rev1 ID] hi\r\n", {"IMAP4REV1", "ID"}),
        (b"a1 OK  [capability IMAP4rev1] in\r\n", {"IMAP4REV1"}),
        (b"* OK CAPABILITY IMAP4rev1\r\n", None),
        (b"* CAPABILITYX IMAP4rev1\r\n", None),
        (b"* OK [UIDNEXT 4] [CAPABILITY ID]\r\n", None),
    ],
)
def test_a_list_of_capabilities(text: bytes, names: set[str] | None) -> None:
    assert announced(text) == names


def test_what_is_on_adds_up_and_is_bounded() -> None:
    on = enabled(b"* ENABLED condstore\r\n", enabled(b"* ENABLED UTF8=ACCEPT\r\n"))
    assert on == {"CONDSTORE", "UTF8=ACCEPT"}
    for row in range(30):
        on = enabled(
            b"* ENABLED " + b" ".join(b"X%d-%d" % (row, n) for n in range(9)) + b"\r\n", on
        )
    assert len(on) == 100
    assert {"CONDSTORE", "UTF8=ACCEPT"} <= on
    assert enabled(b"* ENABLEDX Y\r\n") == frozenset()
