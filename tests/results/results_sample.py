"""Records of an invented run, hostile text included, that the tests of results/ share."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from conformance.results.collector import default_deviation
from conformance.results.records import (
    Finding,
    Known,
    Level,
    RecordedLine,
    Result,
    Run,
    SuiteRecord,
    TargetRecord,
    Verdict,
)

HOSTILE = "<script>alert(1)</script> [bold]loud[/bold] \x1b[2J\x07 \u202egnp\nnew \udc80 &amp;"
SELECT = "rfc3501/6.3.1-select/select-sends-permanentflags"
EXPUNGE = "rfc3501/6.4.3-expunge/removals-are-numbered-one-after-the-other"
REQUIREMENT = "3501-6.3.1-permanentflags"
SYNTAX = "3501-9-env-from"


def run(**changes: object) -> Run:
    made = Run(
        suite=SuiteRecord("imap-conformance", "0.1.0"),
        target=TargetRecord("imap://u1@127.0.0.1:1143", "Examplemail", "1.2", security="starttls"),
        server="* OK Examplemail ready",
        capabilities=("IMAP4rev1", "IDLE", "UIDPLUS"),
        grammar=("rfc3501", "rfc2177", "rfc4315"),
        started="2026-01-02T03:04:05Z",
        python="3.11.9",
        options={"chop": 0, "timeout": 10.0},
        seed=7,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def lines(text: str = "* 3 EXISTS") -> tuple[RecordedLine, ...]:
    return (
        RecordedLine(0.001, "main", "C", "a1 SELECT box\\r\\n"),
        RecordedLine(0.002, "main", "S", text, mark=True),
        RecordedLine(0.003, "main", "-", "(12 octets left out)"),
        RecordedLine(0.004, "main", "S", "a1 OK done\\r\\n"),
    )


def result(case_id: str = SELECT, verdict: str = "pass", **changes: object) -> Result:
    made = Result(
        id=case_id,
        kind="case",
        title="SELECT sends PERMANENTFLAGS",
        verdict=Verdict(verdict),
        level=Level.MUST,
        section=case_id.split("/")[1].partition("-")[0] if "/" in case_id else "9",
        rfc="3501",
        requirements=(REQUIREMENT,),
        duration=0.25,
        file="cases/rfc3501/6.3.1-select.md",
        line=12,
        repeat=f"imap-conformance run imap://u1@127.0.0.1:1143 {case_id}",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def failed(case_id: str = SELECT, **changes: object) -> Result:
    changes = {
        "reason": "never received: * OK [PERMANENTFLAGS {:*}]",
        "cause": "missing",
        "transcript": lines(),
    } | changes
    return result(case_id, "fail", **changes)


def finding(requirement: str = REQUIREMENT, **changes: object) -> Finding:
    made = Finding(
        requirement=requirement,
        level=Level.MUST,
        section=requirement.split("-")[1],
        rule="The answer to SELECT names the flags that can be changed for good.",
        message="SELECT ended without PERMANENTFLAGS",
        expected="* OK [PERMANENTFLAGS (...)]",
        received="a1 OK done",
        offending="a1 OK done\\r\\n",
        source="case",
        shape="missing",
        count=1,
        cases=(SELECT,),
        repeat=f"imap-conformance run imap://u1@127.0.0.1:1143 {SELECT}",
        transcript=lines(),
    )
    made = dataclasses.replace(made, **changes)  # type: ignore[arg-type]
    return made if made.deviation else dataclasses.replace(made, deviation=default_deviation(made))


def syntax_finding(**changes: object) -> Finding:
    changes = {
        "rule": "env-from is a list of addresses or NIL.",
        "message": "env-from expected here: `(` or NIL",
        "expected": '"(" or "NIL"',
        "received": '"a@example.com"',
        "source": "syntax",
        "shape": "env-from:quoted",
        "count": 41,
        "cases": (SELECT, EXPUNGE),
    } | changes
    return finding(SYNTAX, **changes)


def whole_run() -> tuple[Run, list[Result], list[Finding]]:
    """One of everything."""
    skips = [
        result(f"rfc3501/6.4.5-fetch/skip-{n}", "skip", reason="second account missing")
        for n in range(3)
    ]
    results = [
        result("rfc3501/6.3.1-select/exists-is-sent"),
        failed(),
        failed(
            EXPUNGE,
            known=Known(Verdict.FAIL, "upstream issue 12"),
            title="Removals are numbered one after the other",
            requirements=("3501-6.4.3-renumber",),
        ),
        result("rfc3501/6.4.3-expunge/gone", "pass", known=Known(Verdict.FAIL, "was wrong in 1.1")),
        result("rfc3501/6.3.11-append/trycreate", "warn", level=Level.SHOULD, reason="no code"),
        result("rfc3501/6.1.2-noop/polls", "yes", level=Level.MAY, title="NOOP reports mail"),
        result("rfc3501/6.4.4-search/charset", "no", level=Level.MAY, title="SEARCH takes UTF-8"),
        *skips,
        result("rfc3501/6.4.6-store/blocked", "blocked", reason="CREATE was refused"),
        result("rfc3501/6.4.7-copy/error", "error", reason="KeyError: 'x'"),
    ]
    findings = [
        finding(),
        syntax_finding(received=HOSTILE, transcript=lines(HOSTILE)),
        finding(
            "3501-6.4.3-renumber",
            rule="Numbers shift with each EXPUNGE response.",
            cases=(EXPUNGE,),
            known=Known(Verdict.FAIL, "upstream issue 12"),
        ),
        finding(
            "3501-6.3.11-trycreate",
            level=Level.SHOULD,
            rule="APPEND to a missing mailbox hints TRYCREATE.",
            message="NO without TRYCREATE",
            cases=("rfc3501/6.3.11-append/trycreate",),
        ),
    ]
    return run(), results, findings


@dataclass(frozen=True)
class WireLine:
    when: float
    direction: str
    text: str


@dataclass(frozen=True)
class Fault:
    """What a check hands in."""

    requirement: str = SYNTAX
    level: str = "MUST"
    section: str = "9"
    message: str = "env-from expected here"
    expected: str = '"("'
    received: str = '"x"'
    shape: str = "env-from:quoted"
    source: str = "syntax"
    excerpt: tuple[WireLine, ...] = (
        WireLine(0.1, "C", "a1 FETCH 1 ENVELOPE"),
        WireLine(0.2, "S", "* 1 FETCH (ENVELOPE ...)"),
        WireLine(0.3, ".", "timed out"),
    )
    offending: bytes = b"* 1 FETCH\r\n"
    deviation: str = ""
