"""A transcript as a sequence diagram that one can step through, for the report and for the book.

It is a list in HTML, readable as it stands: `diagram.css` draws lanes, arrows and the messages of a
mailbox, `diagram.js` adds the steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from conformance.extending.documents import place_of
from conformance.results.annotate import BETWEEN, Note
from conformance.results.mailbox_state import KnownMailbox, KnownMessage, states
from conformance.results.markup import Html, join, tag
from conformance.results.records import RecordedLine
from conformance.results.text import end_visible

_DRAWN = 12
"""Messages of a mailbox that are drawn one by one."""
_LANES = 4
"""Lanes that the style sheet can draw for sessions; further sessions share the last."""
_WHO = {"C": "ic-client", "-": "ic-note"}
_WIRE = "Transcript: seconds, C for client or S for server, what was sent"


def wire(
    lines: Sequence[RecordedLine],
    notes: Sequence[Note | None] = (),
) -> Html:
    """Return a transcript as a sequence diagram: a lane a session, and one for the server.

    It is a list whose style sheet draws the lanes and arrows. Beside a line stands what the session
    knows of its mailbox from then on; below it, where there are `notes`, what the line is.
    """
    if not lines:
        return Html("")
    sessions = list(dict.fromkeys(line.session for line in lines))
    lanes = {session: min(n, _LANES - 1) for n, session in enumerate(sessions)}
    noted = notes or [None] * len(lines)
    rows = (
        _line(line, _noted(note) if note else None, note, state, lanes)
        for line, note, state in zip(lines, noted, states(lines), strict=True)
    )
    count = f" ic-n{min(len(sessions), _LANES)}" if len(sessions) > 1 else ""
    heads = (tag("span", name) for name in (*sessions[:_LANES], "server"))
    # Wide lines scroll within the list, which therefore has to take the focus.
    return join(
        tag("div", *heads, class_=f"ic-heads{count}", aria_hidden="true"),
        tag("ol", *rows, class_=f"ic-wire{count}", tabindex="0", aria_label=_WIRE),
    )


def _line(
    line: RecordedLine,
    noted: Html | None,
    note: Note | None,
    state: KnownMailbox | None,
    lanes: Mapping[str, int],
) -> Html:
    several = len(lanes) > 1
    session = f"{line.session} " if several else ""
    kinds = (
        _WHO.get(line.direction),
        f"ic-s{lanes[line.session]}" if lanes[line.session] else None,
        "ic-fault" if line.mark else None,
    )
    said: object = end_visible(line.text)
    if line.mark:
        said = _marked(line.text, note.fault if note else None)
    return tag(
        "li",
        f"{line.t:.3f} {session}{line.direction}: ",
        tag("code", said),
        tag("em", " at fault") if line.mark else None,
        noted,
        tag("small", session, "knows: ", *_drawn(state), class_="ic-state") if state else None,
        class_=" ".join(filter(None, kinds)) or None,
    )


def _drawn(state: KnownMailbox) -> Iterator[Html]:
    """Draw a mailbox as a session knows it: a box a message, with its number, UID and flags."""
    boxes = [_box(*each) for each in enumerate(state.messages[:_DRAWN], 1)]
    yield join(state.head)
    yield join(" ", tag("samp", join(*boxes, by=" "))) if boxes else Html("")
    left = (state.count or 0) - _DRAWN
    if left > 0:
        yield join(f" and {left} more")


def _box(number: int, message: KnownMessage) -> Html:
    uid = f" UID {message.uid}" if message.uid is not None else ""
    flags = " ".join(message.flags or ())
    return tag("i", tag("b", number), uid, f" {flags}" if flags else None)


def _marked(text: str, fault: tuple[int, int] | None) -> Html:
    """Mark the characters at fault: all of the line where it is not known which."""
    begin, end = fault or (0, len(text))
    inside = end_visible(text[begin:end]) or "(end of line)"
    return join(text[:begin], tag("mark", inside), end_visible(text[end:]))


def _noted(note: Note) -> Html:
    """Return what a line is."""
    place = f" ({place_of(note.rfc, note.section)})"
    words = f"{note.words}{BETWEEN}" if note.words else ""
    return tag("small", words, note.rules[-1], _within(note), place)


def _within(note: Note) -> str:
    around = note.rules[:-1]
    return f" in {' in '.join(reversed(around))}" if around else ""


def style() -> str:
    """Return the style sheet of diagrams; it takes its colours from that of the page."""
    return files("conformance.results").joinpath("diagram.css").read_text(encoding="utf-8")


def script() -> str:
    """Return the script that makes steps of what is marked as played, or is unfolded."""
    return files("conformance.results").joinpath("diagram.js").read_text(encoding="utf-8")
