"""Flaws of refusals: what is done and called refused, or refused for nothing (section 7.1)."""

from __future__ import annotations

from conformance.flaws.acts import answer, replace
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "create-refused-and-done",
        "CREATE of a name with two levels above it is refused, and has created them",
        "",
        "3501-7.1.2-nothing-done",
        replace(rb"\A(\S+) OK [^\r]*", rb"\1 NO No such parent", to="CREATE", where=rb"/[^/\r]+/"),
    ),
    flaw(
        "macro-refused",
        "FETCH FULL is answered with BAD",
        "",
        "3501-7.1.3-well-formed",
        answer(b"{tag} BAD No such item\r\n", name="FETCH", where=rb" FULL\r"),
    ),
    flaw(
        "create-error-bad",
        "A CREATE that fails is answered BAD",
        "",
        "3501-6.3.3-error-no",
        replace(rb"\A(\S+) NO ", rb"\1 BAD ", to="CREATE", kind="tagged"),
    ),
    flaw(
        "rename-error-bad",
        "A RENAME that fails is answered BAD",
        "",
        "3501-6.3.5-error-no",
        replace(rb"\A(\S+) NO ", rb"\1 BAD ", to="RENAME", kind="tagged"),
    ),
)
