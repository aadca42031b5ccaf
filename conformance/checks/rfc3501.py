"""IMAP4rev1 (RFC 3501): its checks, by families, and what its commands do to flags and messages."""

from __future__ import annotations

from conformance.checks import (
    capabilities,
    closing,
    flags,
    names,
    refused,
    required,
    reserved,
    sizes,
    static,
    tags,
    uids,
)
from conformance.checks.effects import Effect

CHECKS = (
    *closing.CHECKS,
    *tags.CHECKS,
    *sizes.CHECKS,
    *uids.CHECKS,
    *static.CHECKS,
    *flags.CHECKS,
    *names.CHECKS,
    *capabilities.CHECKS,
    *required.CHECKS,
    *reserved.CHECKS,
    *refused.CHECKS,
)

# fmt: off
EFFECTS = (
    Effect((
        "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "SELECT", "EXAMINE",
        "CREATE", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB", "STATUS", "CHECK", "SEARCH",
        "UID SEARCH",
    ), keeps_flags=True),
    Effect(("STORE", "UID STORE"), brings_flags=True),
    Effect(("APPEND", "COPY", "UID COPY"), keeps_flags=True, brings_flags=True),
    Effect(("CLOSE", "EXPUNGE"), keeps_flags=True, removes=True),
    Effect(("DELETE", "RENAME"), keeps_flags=True, renames=True),
)
# fmt: on
