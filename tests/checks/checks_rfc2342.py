"""Rows of `checks_rows` for NAMESPACE (RFC 2342)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 NAMESPACE", "S: c1 OK done"]


def namespace(*said: str, caps: list[str] | None = None) -> list[str]:
    """Return a NAMESPACE command, what comes for it, and its OK."""
    lines = [f"S: * NAMESPACE {line}" for line in said]
    return [*(CAPS if caps is None else caps), "C: a1 NAMESPACE", *lines, "S: a1 OK done"]


BROKEN = [
    ("OK to NAMESPACE, and nothing before it", ["2342-5-response"], namespace()),
    (
        "the response to the NAMESPACE before does not count",
        ["2342-5-response"],
        [*namespace('(("" "/")) NIL NIL'), "C: a2 NAMESPACE", "S: a2 OK done"],
    ),
    (
        "a prefix whose coded part does not end",
        ["2342-6-utf-7"],
        namespace('(("" "/")) NIL (("&AOk/" "/"))'),
    ),
    (
        "an extension without X-",
        ["2342-5-extensions"],
        namespace('(("" "/" "PARAM" ("FLAG1" "FLAG2"))) NIL NIL'),
    ),
    (
        "the second of two extensions without X-",
        ["2342-5-extensions"],
        namespace('(("" "/")("b" "/" "X-A" ("1") "OWN" ("2"))) NIL NIL'),
    ),
]

KEPT = [
    ("three classes", namespace('(("" "/")) (("~" "/")) (("#a/" "/")("#news." "."))')),
    ("two responses", namespace('(("" "/")) NIL NIL', '(("" "/")) NIL NIL')),
    ("no namespace at all", namespace("NIL NIL NIL")),
    ("a coded prefix", namespace('(("" "/")) (("Andere &- B&APw-ro/" "/")) NIL')),
    ("an extension with X-", namespace('(("" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL NIL')),
    (
        "a translation of the prefix (RFC 5255)",
        namespace('(("" "/")) (("Other/" "/" "TRANSLATION" ("Andere/"))) NIL'),
    ),
    (
        "IMAP4rev2 has no rule for names of extensions",
        namespace(
            '(("" "/" "PARAM" ("FLAG1"))) NIL NIL',
            caps=[CAPS[0], CAPS[1] + " IMAP4rev2", CAPS[2]],
        ),
    ),
    ("a NAMESPACE that is refused", [*CAPS, "C: a1 NAMESPACE", "S: a1 NO not now"]),
]
