"""Flaws of BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2)."""

from __future__ import annotations

from conformance.flaws.acts import replace
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "quoted-octet-count",
        "The octet count in a BODYSTRUCTURE is a quoted string",
        "",
        "3501-9-body-fld-octets 3501-9-body-fields",
        replace(rb'(BODYSTRUCTURE \(.*?"(?:7BIT|8BIT)") (\d+)', rb'\1 "\2"', only="FETCH"),
    ),
)
