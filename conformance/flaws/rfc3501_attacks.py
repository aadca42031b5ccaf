"""Flaws that only a probe shows: old TLS, time by the square, memory, times that tell of users."""

from __future__ import annotations

import re
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from conformance.flaws.acts import command, negotiating, remembering
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.tls import Handshake

_SLOW = 6.0  # seconds for the largest message
_WORK = 0.03  # seconds for a password
_WRONG = b"wrong-by-design"
_ENDLESS = 1 << 30  # octets of a line
_SIZE = re.compile(rb"\{(\d+)\+?\}\r\n\Z")
_UID = re.compile(rb"(?:FETCH|SEARCH UID) (\d+)")


def _speaking(version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> Act:
    """Speak this version of TLS too, and take every one of these ciphers."""
    return negotiating(Handshake(version, None, ciphers))


def _showing(name: str, days: float) -> Act:
    """Show a certificate of this name that is good for so many days more."""

    def change(context: ssl.SSLContext) -> None:
        ends = datetime.now(UTC) + timedelta(days=days)
        made = trustme.CA().issue_cert(name, not_after=ends)
        with tempfile.TemporaryDirectory(prefix="imapc-") as folder:
            path = Path(folder) / "all.pem"
            made.private_key_and_cert_chain_pem.write_to_path(path)
            context.load_cert_chain(path)

    return Act(tls=change)


def _weigh(talk: Talk, request: Request) -> None:
    """Remember how large each message is that comes into the mailbox of a case."""
    if size := _SIZE.search(request.octets):
        talk.memory.setdefault("sizes", []).append(int(size[1]))


def _by_the_square(talk: Talk, request: Request) -> None:
    """Take time by the square of the size of the message that is asked for."""
    sizes, found = talk.memory.get("sizes", []), _UID.search(request.octets)
    if found and 0 < int(found[1]) <= len(sizes):
        talk.rest(_SLOW * (sizes[int(found[1]) - 1] / max(sizes)) ** 2)


def _work_for_known(talk: Talk, request: Request) -> bytes | None:
    """Refuse at once, but for a user that there is: then work on the password."""
    if _WRONG not in request.octets:
        return None
    if b"nobody" not in request.octets:
        talk.rest(_WORK)
    talk.say(request.tag + b" NO [AUTHENTICATIONFAILED] Not you\r\n")
    return b""


FLAWS = (
    flaw(
        "tls-10",
        "TLS 1.0 is spoken with whoever offers nothing else",
        "",
        "8996-4-tls10",
        _speaking(ssl.TLSVersion.TLSv1),
    ),
    flaw(
        "tls-11",
        "TLS 1.1 is spoken with whoever offers nothing else",
        "",
        "8996-5-tls11",
        _speaking(ssl.TLSVersion.TLSv1_1),
    ),
    flaw(
        "tls-without-encryption",
        "A cipher that does not encrypt is taken",
        "",
        "9325-4.1-null",
        _speaking(ssl.TLSVersion.TLSv1_2, "ALL:COMPLEMENTOFALL:!aNULL:@SECLEVEL=0"),
    ),
    flaw(
        "tls-without-certificate",
        "A key exchange without a certificate is taken",
        "",
        "5246-A.5-anonymous",
        _speaking(ssl.TLSVersion.TLSv1_2, "ALL:!eNULL:@SECLEVEL=0"),
    ),
    flaw(
        "certificate-of-another",
        "The certificate is one for another name",
        "",
        "7817-3-name",
        _showing("other.example", days=30),
    ),
    flaw(
        "certificate-of-last-year",
        "The certificate has not been good for a year",
        "",
        "7817-3-name",
        _showing("localhost", days=-365),
    ),
    flaw(
        "time-by-the-square",
        "A message that is ten times as large takes a hundred times as long",
        "",
        "3501-11-in-proportion",
        command(_weigh, name="APPEND", early=True),
        remembering(_by_the_square, name="UID FETCH, UID SEARCH"),
    ),
    flaw(
        "lines-are-kept",
        "A line is kept however long it is, until its end comes",
        "",
        "3501-11-held",
        Act(command=lambda _talk, _request: None, longest=_ENDLESS),
        backend="dovecot24",
    ),
    flaw(
        "time-tells-of-users",
        "A wrong password takes longer for a user that there is",
        "",
        "3501-11.2-by-time",
        command(_work_for_known, name="LOGIN"),
    ),
)
