"""The lines of a session as HTML: what was said, and behind it the tree of its rules.

Every text passes `_ShownStudy.text`, which hides secrets and escapes. What stands for a password in
a login is hidden in its place besides, however short it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.explain.explained import Explained
from conformance.explain.show import TreeRow, brief, meant_by, pointed_at, rows
from conformance.explain.source import SourceLine
from conformance.passive.secrets import secret_from
from conformance.results.markup import Html, join, tag
from conformance.secrecy.secrets import MASK
from conformance.syntax.grammar import SyntaxFault
from conformance.syntax.meanings import Meaning
from conformance.syntax.shown import clip
from conformance.syntax.tree import Node
from conformance.web.study import Study, StudyRow
from conformance.wire.transcript import escape

_LINES = 40  # of one response or command
_WIDTH = 1000  # characters of one line
_AROUND = 60  # characters on either side of a fault
_HIDDEN = frozenset({"password", "base64"})
"""Rules whose octets are a secret where a client logs in."""
_LINE_END = re.compile(r"\\x0d\\x0a")


LINE = Html("\n")
"""Ends a line within `pre`, where a line end of the paste would be spelt out."""


def anchor(number: int) -> str:
    """Return the name of a place in the session, as links call it."""
    return f"at{number}"


def session(study: Study) -> Html:
    """Return the session as a list, one entry for each response and command."""
    shown = _ShownStudy(study)
    named: set[int] = set()
    entries: list[Html] = []
    for row in study.rows:
        name = None if row.number in named or not row.number else anchor(row.number)
        named.add(row.number)
        entries.append(shown.entry(row, name))
    return tag("ol", *entries, class_="session")


@dataclass(frozen=True, slots=True)
class _ShownStudy:
    study: Study

    def text(self, text: str) -> str:
        """Return a text of the paste without secrets; `tag` escapes it."""
        return self.study.secrets.mask(text)

    def entry(self, row: StudyRow, name: str | None) -> Html:
        """Return one line, which opens to what there is to say of it."""
        if row.explained is None:
            what = clip(self.text(row.pasted), _WIDTH)
            return tag(
                "li",
                tag("p", self._number(row), tag("code", what), " ", _chip("left out", "gap")),
                class_="gap",
                id=name,
            )
        explained, spoken = row.explained, row.explained.spoken
        client = spoken.side == "client"
        lines = self._said(row, spoken)
        summary = tag(
            "summary",
            tag("b", "C" if client else "S", title=spoken.side, class_="who"),
            self._number(row),
            tag("small", self.text(spoken.who), " ") if spoken.who else None,
            tag("code", lines[0]),
            *self._chips(row, explained),
        )
        body = list(self._body(row, explained, lines[1:]))
        return tag(
            "li",
            tag("details", summary, *body, open=bool(row.findings)),
            class_="client" if client else "server",
            id=name,
        )

    def _number(self, row: StudyRow) -> Html | None:
        return tag("span", str(row.number), " ", class_="at") if row.number else None

    def _chips(self, row: StudyRow, explained: Explained) -> Iterator[Html]:
        for number in row.findings:
            entry = self.study.entries[number]
            yield join(" ", _chip(f"breaks a {entry.seen.finding.level}", "bad"))
        if not explained.conforms and not row.findings:
            yield join(" ", _chip("against the syntax", "warn"))
        if row.left_out:
            yield join(" ", _chip("left out", "gap"))

    def _said(self, row: StudyRow, spoken: SourceLine) -> list[str]:
        """Return the lines of a response or command, as they are shown."""
        octets = spoken.frame.octets
        secret = _secret(spoken)
        if secret is None and row.pasted:
            return [clip(self.text(row.pasted), _WIDTH)]
        shown = octets[:secret].removesuffix(b"\r\n")
        # More is masked than is shown, so that no secret is cut in two where the text ends.
        lines = _LINE_END.split(self.text(escape(shown[: 4 * _LINES * _WIDTH])))
        left = shown.count(b"\r\n") + 1 - _LINES
        lines = [clip(line, _WIDTH) for line in lines[:_LINES]]
        if left > 0:
            lines.append(f"[... {left} lines ...]")
        elif secret is not None:
            lines[-1] += MASK
        return lines

    def _body(self, row: StudyRow, explained: Explained, more: list[str]) -> Iterator[Html]:
        if more:
            yield tag("pre", join(*more, by=LINE))
        for number in row.findings:
            entry = self.study.entries[number]
            finding = self.text(entry.seen.finding.message)
            link = tag("a", entry.seen.finding.requirement, href=f"#finding{number + 1}")
            yield tag("p", f"The {entry.side}: {finding} (", link, ")", class_="bad")
        for line in brief(explained):
            yield tag("p", self.text(line))
        for fault in explained.faults:
            yield self._fault(explained, fault)
        if explained.faults and explained.allowed_with:
            yield tag("p", f"allowed with the capability {' or '.join(explained.allowed_with)}")
        if explained.tree is not None:
            yield self._tree(explained.tree, explained.spoken)

    def _fault(self, explained: Explained, fault: SyntaxFault) -> Html:
        """Return a place that breaks the grammar, marked in its line."""
        rules = " > ".join((*fault.inside, fault.rule))
        meant = meant_by(fault)
        return tag(
            "div",
            self._marked(explained.spoken, fault),
            tag("p", self.study.secrets.mask_pieces(fault.message), class_="bad"),
            tag("p", self.text(meant)) if meant else None,
            tag("p", f"in {rules} (RFC {fault.rfc} section {fault.section})"),
            class_="fault",
        )

    def _marked(self, spoken: SourceLine, fault: SyntaxFault) -> Html | None:
        """Return the line with the place marked; None where there is a secret in it."""
        line, at = pointed_at(spoken.frame, fault)
        if _secret(spoken) is not None or self.text(line) != line:
            return None  # its halves on both sides of the mark would not be known for it
        before, behind = line[max(0, at - _AROUND) : at], line[at + 1 : at + _AROUND]
        return tag("pre", before, tag("mark", line[at : at + 1] or " "), behind)

    def _tree(self, tree: Node, spoken: SourceLine) -> Html:
        """Return the tree of rules as a table."""
        tree.source.mask(self.study.secrets.blank)
        if _secret(spoken) is not None:
            _blank(tree)
        told: set[Meaning] = set()
        body: list[Html] = []
        for row in rows(tree):
            meanings = [each for each in row.meanings if each not in told]
            told.update(meanings)
            means = join(*(f"{each.says} ({each.reference})" for each in meanings), by="; ")
            body.append(_tree_row(row, means))
        head = tag("tr", *(tag("th", name, scope="col") for name in _COLUMNS))
        return tag(
            "div",
            tag("table", tag("thead", head), tag("tbody", *body)),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label="the tree of rules",
        )


_COLUMNS = ("rule", "where", "octets", "meaning")


def _tree_row(row: TreeRow, means: Html) -> Html:
    label = tag("code", "\xa0" * (2 * (row.depth - 1)) + row.label.strip())
    return tag(
        "tr",
        tag("th", label, scope="row"),
        tag("td", row.section),
        tag("td", tag("code", row.octets)),
        tag("td", means),
    )


def _chip(text: str, kind: str) -> Html:
    return tag("span", text, class_=f"chip {kind}")


def _secret(spoken: SourceLine) -> int | None:
    """Return where a secret begins in what a client says; None where there is none."""
    if spoken.side != "client":
        return None
    return 0 if spoken.start == "authenticate_line" else secret_from(spoken.frame.octets)


def _blank(tree: Node) -> None:
    """Write asterisks over what a login keeps secret, payloads of literals included."""
    source = tree.source
    skeleton = bytearray(source.text)
    for node in tree.walk():
        if node.name in _HIDDEN:
            skeleton[node.start : node.end] = b"*" * (node.end - node.start)
    text = source.text
    source.mask(lambda octets: bytes(skeleton) if octets is text else b"*" * len(octets))
