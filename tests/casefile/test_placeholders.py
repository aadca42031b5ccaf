from __future__ import annotations

import pytest

from conformance.casefile.placeholders import Placeholder, split

GOOD = [
    ("a1 NOOP", [b"a1 NOOP"]),
    ("", []),
    ("{{5}", [b"{5}"]),
    ("{sasl.cram-md5:c1}", [Placeholder("answer", name="sasl.cram-md5", text="c1")]),
    ("{sasl.plain.as-self}", [Placeholder("value", name="sasl.plain.as-self")]),
    ("x{0x00ff}y", [b"x\x00\xffy"]),
    ("caf\u00e9", ["caf\u00e9".encode()]),
    ("{uid:nz_number}", [Placeholder("capture", name="uid", rule="nz_number")]),
    ("{uid:nz-number}", [Placeholder("capture", name="uid", rule="nz_number")]),
    ("{:flag_list}", [Placeholder("capture", rule="flag_list")]),
    ("{*}", [Placeholder("any")]),
    ("{5}", [Placeholder("count", text="5")]),
    ("{5+}", [Placeholder("count", text="5+")]),
    ("{#}", [Placeholder("own-count")]),
    ("{#+}", [Placeholder("own-count", plus=True)]),
    ("{#user}", [Placeholder("wait", name="user")]),
    ("{#password+}", [Placeholder("wait", name="password", plus=True)]),
    ("{#name.mailbox.copy/sub}", [Placeholder("wait", name="name.mailbox.copy/sub")]),
    ("{mailbox/a/%}", [Placeholder("value", name="mailbox/a/%")]),
    ("{mailbox/}", [Placeholder("value", name="mailbox/")]),
    (
        "a {uid}:{last} b",
        [b"a ", Placeholder("value", name="uid"), b":", Placeholder("value", name="last"), b" b"],
    ),
    ("}", [b"}"]),
]


@pytest.mark.parametrize(("text", "pieces"), GOOD)
def test_splits(text: str, pieces: list[bytes | Placeholder]) -> None:
    assert split(text) == pieces


@pytest.mark.parametrize("text", ["{", "a{b", "{}", "{ uid}", "{0x0}", "{uid:}", "{#5}", "{-1}"])
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|not a placeholder"):
        split(text)
