from __future__ import annotations

import pytest

from conformance.play.fetch_deviation import fetch_deviation
from conformance.syntax.bodies import has_extension_data
from conformance.syntax.responses import read_response
from conformance.syntax.values import Value

PART = '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)'
PICTURE = '("IMAGE" "GIF" NIL NIL NIL "BASE64" 9)'
STATUS = '("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 9)'
MESSAGE = f'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 (NIL NIL) {PART} 1)'


@pytest.mark.parametrize(
    "body",
    [
        PART,
        PICTURE,
        STATUS,
        MESSAGE,
        MESSAGE.replace("RFC822", "X"),
        f'({PART}{PICTURE} "MIXED")',
        f'(({PART}{STATUS} "A"){MESSAGE} "MIXED")',
        "NIL",
        "()",
    ],
)
def test_a_body_has_no_extension_data(body: str) -> None:
    assert not has_extension_data(_body(body))


@pytest.mark.parametrize(
    "body",
    [
        f"{PART[:-1]} NIL)",
        f'{PICTURE[:-1]} NIL ("INLINE" NIL))',
        f'{STATUS[:-1]} "md5")',
        f"{MESSAGE[:-1]} NIL)",
        MESSAGE.replace(" 9 1)", " 9 1 NIL)"),
        f'({PART} {PICTURE} "MIXED" ("BOUNDARY" "x"))',
        f'(({PART}{STATUS} "A" NIL){MESSAGE} "MIXED")',
    ],
)
def test_a_body_has_extension_data(body: str) -> None:
    assert has_extension_data(_body(body))


@pytest.mark.parametrize(
    ("reason", "items", "deviation"),
    [
        ("BODY: expected 3 values, received 4", f"BODY ({PART} 1 2 3)", "extension data in BODY"),
        ("BODY: expected 4 values, received 3", f"BODY ({PART} 1 2)", None),
        ("BODY: expected 2 values, received 3", f'BODY ({PART}{PART} "A")', None),
        ("BODYSTRUCTURE: expected 3 values, received 4", f"BODYSTRUCTURE ({PART} 1 2)", None),
        ("no item BODY[1]<0>", "BODY[1]<0.5> {5}", "other name of a piece"),
        ("no item BODY[1]<0>", "BODY[1] NIL BODY[1]<0.5> NIL", "other name of a piece"),
        ("no item BODY[1]<0>", "BODY[1] NIL", "a piece without the octet where it begins"),
        ("no item BODY[1]<0>", "BODY[1]<7> NIL BODY[2]<0.5> NIL", None),
        ("no item BODY[1]", "BODY[1]<0.5> NIL", None),
        ("BODY, lines: expected 4, received '5'", "", "other number of lines"),
        ("BODY, part 2, lines: expected 4 or 5, received '6'", "", "other number of lines"),
        ("BODYSTRUCTURE, value 1, value 8: expected 2, received 3", "", "other number of lines"),
        ("BODYSTRUCTURE, value 7: expected 2, received 3", "", None),
        ("ENVELOPE, value 8: expected 2, received 3", "", None),
        ("ENVELOPE, subject: expected NIL, received ''", "", "the empty string for NIL"),
        ("ENVELOPE, value 2: expected NIL, received 'x'", "", None),
        ("ENVELOPE, value 2: expected '', received NIL", "", None),
    ],
)
def test_what_a_fetch_response_does_otherwise(
    reason: str, items: str, deviation: str | None
) -> None:
    response = read_response(f"* 1 FETCH ({items})\r\n".encode())
    assert fetch_deviation(reason, response) == deviation


def _body(text: str) -> Value:
    body = read_response(f"* 1 FETCH (BODY {text})\r\n".encode()).items.get(b"BODY")
    assert body is not None
    return body
