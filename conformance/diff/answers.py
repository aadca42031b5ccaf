"""Commands of a case and their answers, out of transcripts, in a form that can be compared.

Left out is what differs from run to run, or from server to server by right: text for people
(RFC 3501 section 7.1), names that the suite has made up, values of UIDVALIDITY and the like, the
time of day, lists of capabilities, and the order of untagged responses. UIDs are compared by how
far they are above the lowest one of the case. What is shown is as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.results.markdown import plain
from conformance.results.records import RecordedLine

_OWN_TAG: Final = re.compile(r"c\d+ ")
"""Tags of the suite's own commands, by which a session is brought to its state."""
_STATUS: Final = re.compile(r"(\S+ (?:OK|NO|BAD|BYE|PREAUTH))( \[[^\]]*\])?(?: .*)?", re.IGNORECASE)
_LIST: Final = re.compile(r" \[CAPABILITY [^\]]*\]", re.IGNORECASE)
_VALUE: Final = re.compile(
    r"\b(UIDVALIDITY|HIGHESTMODSEQ|MODSEQ|APPENDUID|COPYUID)(?: \(?[\d:,]+\)?)+", re.IGNORECASE
)
_UID: Final = re.compile(r"(?<=\bUID )\d+|(?<=\bUIDNEXT )\d+", re.IGNORECASE)
_UID_COMMAND: Final = re.compile(r"\S+ UID (?!SEARCH)\w+ ([\d:,*]+)", re.IGNORECASE)
_UID_SEARCH: Final = re.compile(r"\S+ UID SEARCH\b", re.IGNORECASE)
_UIDS: Final = re.compile(r"\* (?:SEARCH|VANISHED(?: \(EARLIER\))?)((?: [\d:,]+)+)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+")
_OBJECT: Final = re.compile(r"\b(EMAILID|THREADID|MAILBOXID) \([^)]*\)", re.IGNORECASE)
_CAPABILITY: Final = re.compile(r"\* CAPABILITY .*", re.IGNORECASE)
_DATE: Final = re.compile(r'"[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [-+]\d{4}"')


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """One line of a client, and what the server said until the next one."""

    session: str
    sent: str
    said: tuple[str, ...]
    lowest: int = 1
    """The lowest UID that was told in the case."""

    def compared(self, day: str) -> tuple[str, ...]:
        """Return what is compared; dates of `day` (`07-Jan-2026`) are those of the run."""
        by_uid = _UID_SEARCH.match(self.sent) is not None
        return tuple(sorted(self._without_chance(line, day, by_uid) for line in self.said))

    @property
    def asked(self) -> tuple[str, str]:
        """What was sent, the same on every server."""
        found = _UID_COMMAND.match(self.sent)
        sent = self.sent
        if found is not None:
            sent = sent[: found.start(1)] + self._lowered(found[1]) + sent[found.end(1) :]
        return self.session, plain(sent)

    def _lowered(self, numbers: str) -> str:
        return _NUMBER.sub(lambda found: f"{int(found[0]) - self.lowest + 1}", numbers)

    def _without_chance(self, text: str, day: str, by_uid: bool) -> str:
        """Return a line without what differs by right."""
        uids = _UIDS.match(text)
        if uids is not None and (by_uid or "VANISHED" in uids[0].upper()):
            text = text[: uids.start(1)] + self._lowered(uids[1]) + text[uids.end(1) :]
        return _without_chance(_UID.sub(lambda found: self._lowered(found[0]), text), day)


def exchanges(lines: Sequence[RecordedLine]) -> Iterator[AnsweredLine]:
    """Return what the case itself has sent, and the answers."""
    uids = [int(n) for line in lines if line.direction == "S" for n in _UID.findall(line.text)]
    lowest = min(uids, default=1)
    session, sent, said = "", "", list[str]()
    for line in lines:
        if line.direction == "C":
            if sent:
                yield AnsweredLine(session, sent, tuple(said), lowest)
            session, sent, said = line.session, line.text, []
            if _OWN_TAG.match(sent):
                sent = ""
        elif line.direction == "S":
            said.append(line.text)
    if sent:
        yield AnsweredLine(session, sent, tuple(said), lowest)


def _without_chance(text: str, day: str) -> str:
    """Return a line without what differs by right."""
    if text.startswith("+"):
        return "+"
    if _CAPABILITY.fullmatch(text):
        return "* CAPABILITY"
    text = _VALUE.sub(r"\1 n", plain(text))
    text = _OBJECT.sub(r"\1 (id)", text)
    text = _DATE.sub(
        lambda found: "now" if found[0][1:12].replace(" ", "0") == day else found[0], text
    )
    status = _STATUS.fullmatch(text)
    if status is None:
        return text
    return status[1].upper() + _LIST.sub("", status[2] or "")
