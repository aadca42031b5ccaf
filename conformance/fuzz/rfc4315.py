"""UIDPLUS (RFC 4315) in generated programs: UID EXPUNGE."""

from __future__ import annotations

from conformance.fuzz import on_messages
from conformance.fuzz.operation import PICKS, Operation

OPERATIONS = (Operation("uid expunge", on_messages.expunge, {"picks": PICKS}, needs="UIDPLUS"),)
