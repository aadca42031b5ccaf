"""Which cases have logins refused on purpose: servers hold that against whoever comes next."""

from __future__ import annotations

from conformance.casefile.document import Case
from conformance.casefile.plan import Step
from conformance.casefile.script import ClientLine
from conformance.play.patience import LOGINS


def refuses_logins(case: Case, steps: tuple[Step, ...]) -> bool:
    """Whether a case logs in, or tries another mechanism, and a NO is what it waits for.

    Where NO is one of several right answers, too; BAD alone is an answer to a malformed line, which
    says nothing about who is knocking.
    """
    logins: dict[tuple[str, bytes], bool] = {}
    for step in steps:
        if case.labels.state_of(step.who) not in ("raw", "greeted"):
            continue
        for send in step.sends:
            if tag := _login(send):
                logins[step.who, tag] = True
        for expected in step.expects:
            statuses = [
                (pattern.tag, pattern.response.name.upper().split("|"))
                for pattern in expected.patterns
                if pattern.response is not None and (step.who, pattern.tag) in logins
            ]
            if expected.required and any("NO" in names for _, names in statuses):
                return True
    return False


def _login(send: ClientLine) -> bytes:
    """Return the tag of a line that begins a LOGIN or an AUTHENTICATE, b"" for any other line."""
    if send.kind not in ("line", "raw") or not send.pieces or not isinstance(send.pieces[0], bytes):
        return b""
    tag, _, rest = send.pieces[0].partition(b" ")
    verb = rest.split(b" ", 1)[0].decode("latin-1").upper()
    return tag if verb in LOGINS else b""
