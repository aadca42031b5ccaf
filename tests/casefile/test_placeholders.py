from __future__ import annotations

import pytest

from conformance.casefile.placeholders import Hole, split

GOOD = [
    ("a1 NOOP", [b"a1 NOOP"]),
    ("", []),
    ("{{5}", [b"{5}"]),
    ("{sasl.cram-md5:c1}", [Hole("answer", name="sasl.cram-md5", text="c1")]),
    ("{sasl.plain.as-self}", [Hole("value", name="sasl.plain.as-self")]),
    ("x{0x00ff}y", [b"x\x00\xffy"]),
    ("caf\u00e9", ["caf\u00e9".encode()]),
    ("{uid:nz_number}", [Hole("capture", name="uid", rule="nz_number")]),
    ("{uid:nz-number}", [Hole("capture", name="uid", rule="nz_number")]),
    ("{:flag_list}", [Hole("capture", rule="flag_list")]),
    ("{*}", [Hole("any")]),
    ("{5}", [Hole("count", text="5")]),
    ("{5+}", [Hole("count", text="5+")]),
    ("{#}", [Hole("own-count")]),
    ("{#+}", [Hole("own-count", plus=True)]),
    ("{#user}", [Hole("wait", name="user")]),
    ("{#password+}", [Hole("wait", name="password", plus=True)]),
    ("{#name.mailbox.copy/sub}", [Hole("wait", name="name.mailbox.copy/sub")]),
    ("{mailbox/a/%}", [Hole("value", name="mailbox/a/%")]),
    ("{mailbox/}", [Hole("value", name="mailbox/")]),
    (
        "a {uid}:{last} b",
        [b"a ", Hole("value", name="uid"), b":", Hole("value", name="last"), b" b"],
    ),
    ("}", [b"}"]),
]


@pytest.mark.parametrize(("text", "pieces"), GOOD)
def test_splits(text: str, pieces: list[bytes | Hole]) -> None:
    assert split(text) == pieces


@pytest.mark.parametrize("text", ["{", "a{b", "{}", "{ uid}", "{0x0}", "{uid:}", "{#5}", "{-1}"])
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|not a hole"):
        split(text)
