"""The four records of a run: `Run`, then `Result`s and `Finding`s, then `End`.

Plain values with their JSON form, described by `schema.json`. How they come about,
are written, judged or shown is elsewhere. Text in them that stems from a server is
text to be escaped by whoever shows it.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from conformance.extending.documents import document_in
from conformance.results.text import kept

SCHEMA = 1
"""Version of the record format. Fields may be added within a version; none changes or goes."""

Json = dict[str, Any]


class Level(enum.StrEnum):
    """How binding a rule is (BCP 14; MUST NOT counts as MUST)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"

    @property
    def rank(self) -> int:
        """Order of severity, 0 for MUST."""
        return list(Level).index(self)


class Verdict(enum.StrEnum):
    """What became of a case or of an ambient check."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    WARN = "warn"
    YES = "yes"
    NO = "no"
    SKIP = "skip"
    BLOCKED = "blocked"
    ERROR = "error"


VERDICT_OF_LEVEL: Mapping[Level, Verdict] = {
    Level.MUST: Verdict.FAIL,
    Level.SHOULD: Verdict.WARN,
    Level.MAY: Verdict.NO,
}
"""The verdict that breaking a rule of this level earns."""

DECISIVE = frozenset({Verdict.FAIL, Verdict.BLOCKED, Verdict.ERROR})
"""Verdicts that make a run end with exit code 1, unless known: the rule is broken, or nobody
can say that it is kept."""

NOT_JUDGED = frozenset({Verdict.SKIP, Verdict.BLOCKED, Verdict.ERROR})
"""Verdicts that say nothing about the server's behaviour."""

ResultKind = Literal["case", "ambient", "fuzz", "load"]
FUZZ: ResultKind = "fuzz"
"""The kind of generated sessions; ids of their phases begin so, where cases have the RFC."""
REV1 = "rev1"
"""IMAP4rev1 as records name it, and what records of before this had a name are about."""
LOAD: ResultKind = "load"
"""The kind of what many users at once come to, and how its id begins."""
BUDGET = "budget"
"""The cause of a result that `--budget` has cut short; its reason begins with how far it came."""
Source = Literal["syntax", "framing", "ambient", "case"]
LineDirection = Literal["C", "S", "-"]


def section_key(section: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts section 6.10 behind 6.9."""
    return tuple((int(p), "") if p.isdecimal() else (1 << 30, p) for p in section.split("."))


def _object(value: Any) -> Json:
    return {f.name: _json(getattr(value, f.name)) for f in dataclasses.fields(value)}


def _json(value: Any) -> Any:
    if isinstance(value, RecordedLine):
        return value.to_json()
    if dataclasses.is_dataclass(value):
        return _object(value)
    if isinstance(value, enum.StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_json(item) for item in value]
    return value


def _fields(cls: Any, data: Mapping[str, Any]) -> Json:
    """Return what `cls` knows of `data`: fields that a later suite added are passed over."""
    return {name: data[name] for name in _names(cls) if name in data}


@functools.cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """One line of a transcript, escaped.

    `t` is in seconds since the session began, `direction` is C (sent by the suite), S (sent
    by the server) or - (a note of the suite), `mark` is set on the line that offends.
    """

    t: float
    session: str
    direction: LineDirection
    text: str
    mark: bool = False

    def to_json(self) -> Json:
        """Return the JSON form; `mark` appears only where set."""
        data: Json = {
            "t": round(self.t, 6),
            "session": self.session,
            "direction": self.direction,
            "text": self.text,
        }
        return data | {"mark": True} if self.mark else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the line that `data` describes."""
        return cls(**_fields(cls, data))

    def masked(self, mask: Callable[[str], str]) -> RecordedLine:
        """Return the line with `mask` applied to its text."""
        return dataclasses.replace(self, text=mask(self.text))


@dataclass(frozen=True, slots=True)
class Known:
    """What the known-deviations file says of a result or finding."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class SuiteRecord:
    """The suite that ran."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """The server under test as the user named it. `label` never holds a password.

    `disposable`: the account was made for this run. `security`: "none", "starttls" or
    "implicit". `name` and `version` are empty where unknown.
    """

    label: str
    name: str = ""
    version: str = ""
    disposable: bool = False
    security: str = "none"


@dataclass(frozen=True, slots=True)
class Run:
    """Head of a results file. `server` is the greeting or ID text, `started` ISO 8601 in UTC.

    `undescribed` are the capabilities whose syntax is in none of the suite's grammar files.
    """

    suite: SuiteRecord
    target: TargetRecord
    server: str
    capabilities: tuple[str, ...]
    grammar: tuple[str, ...]
    started: str
    python: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    seed: int | None = None
    undescribed: tuple[str, ...] = ()
    schema: int = SCHEMA

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"type": "run", "schema": self.schema} | _object(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the run that `data` describes; `data` is valid by the schema."""
        values = _fields(cls, data)
        values["suite"] = SuiteRecord(**_fields(SuiteRecord, data["suite"]))
        values["target"] = TargetRecord(**_fields(TargetRecord, data["target"]))
        values["capabilities"] = tuple(data["capabilities"])
        values["grammar"] = tuple(data["grammar"])
        values["undescribed"] = tuple(data.get("undescribed", ()))
        return cls(**values)

    def masked(self, mask: Callable[[str], str]) -> Run:
        """Return the run with `mask` applied to every text that could hold a secret."""
        target = dataclasses.replace(self.target, label=mask(self.target.label))
        options = {k: mask(v) if isinstance(v, str) else v for k, v in self.options.items()}
        return dataclasses.replace(self, target=target, server=mask(self.server), options=options)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case, or of one ambient check over the whole run.

    `duration` is in seconds. `cause` classes the `reason` ("timeout", "missing", "unexpected",
    "closed", ...). `file` and `line` (from 1) are the place in the case file, of the line that
    failed where one did. `repeat` is the command that runs just this case. `transcript` is
    empty for a pass, unless the run was to keep it. `known` is set whenever the id is listed as
    a known deviation, whether or not the verdict is the listed one. `deviation` is what the
    server did otherwise, in the words of `Finding.deviation`: of a case that is blocked, what
    blocks it; `by_should` is set where that breaks no MUST. `protocol` is the revision of IMAP4
    that was spoken, "rev1" or "rev2": a run about both has results of one id in each.
    """

    id: str
    kind: ResultKind
    title: str
    verdict: Verdict
    level: Level
    section: str
    rfc: str
    requirements: tuple[str, ...]
    duration: float
    reason: str = ""
    cause: str = ""
    known: Known | None = None
    file: str = ""
    line: int = 0
    repeat: str = ""
    transcript: tuple[RecordedLine, ...] = ()
    deviation: str = ""
    by_should: bool = False
    protocol: str = REV1

    @property
    def excused(self) -> bool:
        """Whether the verdict is the listed one."""
        return self.known is not None and self.known.verdict is self.verdict

    @property
    def decides(self) -> bool:
        """Whether this alone makes the run end with exit code 1."""
        return self.verdict in DECISIVE and not (self.excused or self.by_should)

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"type": "result"} | _object(self) | {"duration": round(self.duration, 6)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the result that `data` describes; `data` is valid by the schema."""
        values = _fields(cls, data)
        values["verdict"] = Verdict(data["verdict"])
        values["level"] = Level(data["level"])
        values["requirements"] = tuple(data["requirements"])
        values["known"] = _known(data)
        values["transcript"] = tuple(map(RecordedLine.from_json, data["transcript"]))
        return cls(**values)

    def masked(self, mask: Callable[[str], str]) -> Result:
        """Return the result with `mask` applied to every text that could hold a secret."""
        return dataclasses.replace(
            self,
            reason=kept(self.reason, mask),
            repeat=mask(self.repeat),
            transcript=tuple(line.masked(mask) for line in self.transcript),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One distinct violation, however often it was seen.

    `rule` is the requirement in our own words, `message` what is wrong here. `offending` are
    the octets at fault as escaped text. `cases` are the first ids where it was seen; `repeat` is
    a command that shows it.

    `deviation` says in a few words what the server did otherwise, and is the same for the same
    cause: over runs, seeds, ports and spellings, and under whatever rule it is seen. It is what
    makes findings distinct. `also` are further rules that were seen broken by it, `blocks` counts
    the cases that could not be judged for it. `shape` tells violations of one requirement apart
    for those who found them. `protocol` is the revision of IMAP4 under which it was seen.
    """

    requirement: str
    level: Level
    section: str
    rule: str
    message: str
    expected: str
    received: str
    offending: str
    source: Source
    shape: str
    count: int = 1
    cases: tuple[str, ...] = ()
    repeat: str = ""
    transcript: tuple[RecordedLine, ...] = ()
    known: Known | None = None
    deviation: str = ""
    also: tuple[str, ...] = ()
    blocks: int = 0
    protocol: str = REV1

    @property
    def rfc(self) -> str:
        """Number of the RFC that states the rule: the first part of the requirement's id."""
        return document_in(self.requirement)

    @property
    def under(self) -> str:
        """The revision of IMAP4 in words, where neither it is the first nor the rule says it."""
        return "under IMAP4rev2" if self.protocol != REV1 and self.rfc != "9051" else ""

    @property
    def verdict(self) -> Verdict:
        """The verdict that this finding is."""
        return VERDICT_OF_LEVEL[self.level]

    @property
    def excused(self) -> bool:
        """Whether it is listed with this verdict."""
        return self.known is not None and self.known.verdict is self.verdict

    @property
    def decides(self) -> bool:
        """Whether this alone makes the run end with exit code 1."""
        return self.verdict in DECISIVE and not self.excused

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"type": "finding"} | _object(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the finding that `data` describes; `data` is valid by the schema."""
        values = _fields(cls, data)
        values["level"] = Level(data["level"])
        values["cases"] = tuple(data["cases"])
        values["also"] = tuple(data.get("also", ()))
        # Records of before deviations had names know them by rule and shape.
        values.setdefault("deviation", f"{data['requirement']} {data['shape']}".strip())
        values["known"] = _known(data)
        values["transcript"] = tuple(map(RecordedLine.from_json, data["transcript"]))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """One thing that a server does, or does not where `holds` is false; `said` is how it shows."""

    name: str
    sentence: str
    holds: bool
    said: str = ""

    def masked(self, mask: Callable[[str], str]) -> RecordedFact:
        """Return the fact with `mask` applied to every text that could hold a secret."""
        return dataclasses.replace(
            self, sentence=kept(self.sentence, mask), said=kept(self.said, mask)
        )


@dataclass(frozen=True, slots=True)
class End:
    """Foot of a results file: its absence means that the run was cut short.

    `totals` counts results by verdict, `findings` distinct violations by level. `duration` is
    in seconds. `unexpected` are the listed deviations that were not met. `lost` says why a run was
    interrupted where the server is why. `left_behind` are the names of the suite's mailboxes that
    the server did not let be removed, `facts` what the run has learnt of the server: what cases
    lean on, and how fixtures and connections were made. `unjudged` counts responses that were
    judged in part or not at all, by the name of what no grammar describes. `figures` is what a
    load run has measured.
    """

    totals: Mapping[str, int]
    findings: Mapping[str, int]
    duration: float
    exit_code: int
    interrupted: bool = False
    unexpected: tuple[str, ...] = ()
    lost: str = ""
    left_behind: tuple[str, ...] = ()
    facts: tuple[RecordedFact, ...] = ()
    unjudged: Mapping[str, int] = dataclasses.field(default_factory=dict)
    figures: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"type": "end"} | _object(self) | {"duration": round(self.duration, 6)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the end that `data` describes; `data` is valid by the schema."""
        lists = {name: tuple(data.get(name, ())) for name in ("unexpected", "left_behind")}
        facts = tuple(RecordedFact(**_fields(RecordedFact, each)) for each in data.get("facts", ()))
        return cls(**_fields(cls, data) | lists | {"facts": facts})


Record = Run | Result | Finding | End

RECORDS: Mapping[str, type[Run] | type[Result] | type[Finding] | type[End]] = {
    "run": Run,
    "result": Result,
    "finding": Finding,
    "end": End,
}
"""The record class for each value of the field `type`."""


def _known(data: Mapping[str, Any]) -> Known | None:
    known = data["known"]
    return None if known is None else Known(Verdict(known["verdict"]), known["reason"])
