"""What was said in a session, and the Markdown case file that it becomes.

Client lines stay as they were typed; of what the server said the case keeps what another run has
to see again, and leaves open what changes from run to run (`_OPEN`). No password is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.casefile.document import slug
from conformance.casefile.labels import Start
from conformance.shell.typed import TypedLine, plain
from conformance.syntax.responses import Response
from conformance.syntax.values import Group, Leaf, Value
from conformance.syntax.values import Mapping as Items
from conformance.wire.dialogue import Arrival

REQUIREMENT: Final = "3501-2.2.2-one-completion"
"""What every session proves, if nobody says what else."""

# Values that differ from one run to the next: what stands for them in the case.
_OPEN: Final[Mapping[str, str]] = {
    "UID": "{:uniqueid}",
    "INTERNALDATE": "{*}",
    "MODSEQ": "{*}",
    "RECENT": "{:number}",
    "UIDNEXT": "{:nz_number}",
    "UIDVALIDITY": "{:nz_number}",
}
# Data that other servers may leave out, or send, unless one of these commands asks for it.
_SIZES: Final = frozenset({"SELECT", "EXAMINE"})
_ASKED: Final[Mapping[str, frozenset[str]]] = {
    "EXISTS": _SIZES,
    "RECENT": _SIZES,
    "EXPUNGE": frozenset({"EXPUNGE", "UID EXPUNGE"}),
    "FETCH": frozenset({"FETCH", "STORE", "UID FETCH", "UID STORE"}),
    "CAPABILITY": frozenset({"CAPABILITY"}),
    "FLAGS": _SIZES,
}
# Commands that read or change a mailbox, and which of their arguments name it.
_FIRST = dict.fromkeys(
    ["SELECT", "EXAMINE", "CREATE", "DELETE", "STATUS", "SUBSCRIBE", "UNSUBSCRIBE", "APPEND"],
    slice(1),
)
_MAILBOXES: Final[Mapping[str, slice]] = {
    **_FIRST,
    "RENAME": slice(2),
    "COPY": slice(-1, None),
    "UID COPY": slice(-1, None),
}
_KEPT_CODES: Final = frozenset({"READ-ONLY", "READ-WRITE", "TRYCREATE"})
_PRINTABLE = re.compile(rb"[\x20-\x7e]*")
_NAME = re.compile(r"(?<![^ (])(?:\"(?P<quoted>[^\"\\{}]+)\"|(?P<bare>[^\s\"(){}%*\\]+))(?![^ )])")


@dataclass(frozen=True, slots=True)
class Sent:
    """Client lines that went out at once, with the name of their command.

    `goes_on` says that the command began in lines before these.
    """

    command: str
    lines: tuple[TypedLine, ...]
    goes_on: bool = False


@dataclass(slots=True)
class SessionRecord:
    """Everything that was said since the shell began to speak, in order."""

    events: list[Sent | Arrival] = field(default_factory=list)
    unsaved: str = ""
    """Why the session can not be saved; empty when it can."""

    def script(self, names: Mapping[bytes, str]) -> list[str]:
        """Return the lines of the case. `names` are names of mailboxes and what stands for them."""
        names = {**self._created(), **names}
        lines: list[str] = []
        command = ""
        for event in self.events:
            if isinstance(event, Sent):
                command = event.command
                for line in event.lines:
                    mark = "C|" if line.literal else "C:"
                    text = (
                        line.text if event.goes_on or line.literal else _renamed(line.text, names)
                    )
                    lines.append(
                        f"{mark} {text}".rstrip(" ") if not text else f"{mark} {_end(text)}"
                    )
            else:
                said = pattern(event.response, command, names)
                asked = _ASKED.get(event.response.name, (command,))
                lines += [f"S{':' if command in asked else '?'} {said}"] if said else []
        return lines

    def uses_others(self, names: Mapping[bytes, str]) -> bool:
        """Whether commands name mailboxes that are not the case's own: the account's INBOX, say."""
        own = {**self._created(), **names}
        return any(name not in own for name in self._named())

    def _named(self) -> Iterator[bytes]:
        for event in self.events:
            if not isinstance(event, Sent) or event.goes_on or event.command not in _MAILBOXES:
                continue
            # A name that is sent as a literal stands on no first line: it counts as another's.
            yield from _arguments(event)[_MAILBOXES[event.command]] or [b""]

    def _created(self) -> dict[bytes, str]:
        """Name the mailboxes that the session itself has made."""
        made: dict[bytes, str] = {}
        for event in self.events:
            done = event.answers if isinstance(event, Arrival) and event.status == "OK" else None
            if done is None or done.name not in ("CREATE", "RENAME"):
                continue
            for name in _words(done.arguments)[-1:]:
                label = slug(name.decode("ascii", "replace")) or "new"
                if name.upper() != b"INBOX" and name not in made:
                    taken = f"mailbox.{label}" in made.values()
                    made[name] = f"mailbox.{label}{f'-{len(made)}' if taken else ''}"
        return made


def _arguments(sent: Sent) -> list[bytes]:
    """Return the arguments of a command that can be mailboxes."""
    words = sent.lines[0].octets.rstrip(b"\r\n").split(b" ", 2)
    return _words(words[2]) if len(words) > 2 else []


def _words(arguments: bytes) -> list[bytes]:
    """Return the words and quoted strings among arguments."""
    found = _NAME.finditer(arguments.decode("latin-1"))
    return [(each["quoted"] or each["bare"] or "").encode("latin-1") for each in found]


def _renamed(text: str, names: Mapping[bytes, str]) -> str:
    """Put names in braces in the place of the mailboxes that they stand for."""

    def put(found: re.Match[str]) -> str:
        name = (found["quoted"] or found["bare"] or "").encode()
        return f"{{{names[name]}}}" if name in names else found[0]

    head = text.split(" ", 2)
    if len(head) < 3:
        return text
    return " ".join((*head[:2], _NAME.sub(put, head[2])))


def _end(text: str) -> str:
    """Spell out a blank at the end of a line, which editors remove."""
    return f"{text[:-1]}{{0x20}}" if text.endswith(" ") else text


# -- what the server said --------------------------------------------------------------------


def pattern(response: Response, command: str, names: Mapping[bytes, str]) -> str:
    """Return what a case awaits for a response; empty when it should await nothing.

    `command` is the name of the command in flight, `names` as for `Record.script`.
    """
    if response.kind == "continuation":
        return "+"
    if response.kind == "tagged":
        code = response.code.name if response.code else ""
        shown = f" [{code}]" if code in _KEPT_CODES else ""
        return f"{plain(response.tag.decode('latin-1'))} {response.name}{shown}"
    if response.kind == "status":
        return _status(response)
    if response.name == "SEARCH" and command.startswith("UID "):
        return "* SEARCH ..."
    maker = _DATA.get(response.name)
    return maker(response, names) if maker else ""


def _status(response: Response) -> str:
    if response.name == "BYE":
        return "* BYE"
    code = response.code
    if response.name != "OK" or code is None:
        return ""
    if code.name == "PERMANENTFLAGS":
        return "* OK [PERMANENTFLAGS (...)]"
    if code.name == "UNSEEN":
        return f"* OK [UNSEEN {' '.join(_value(value) for value in code.values)}]"
    return f"* OK [{code.name} {_OPEN[code.name]}]" if code.name in _OPEN else ""


def _numbered(response: Response, _names: Mapping[bytes, str]) -> str:
    number = _OPEN.get(response.name) or str(response.count)
    return f"* {number} {response.name}"


def _fetch(response: Response, _names: Mapping[bytes, str]) -> str:
    items = " ".join(
        f"{plain(key.decode('latin-1'))} {_item(key, value)}"
        for key, value in response.items.entries
    )
    return f"* {response.count} FETCH ({items})" if items else ""


def _item(key: bytes, value: Value) -> str:
    name = key.decode("latin-1")
    if name in _OPEN:
        return _OPEN[name]
    if name == "FLAGS" and isinstance(value, Group):
        kept = [item for item in value.items if _value(item).upper() != "\\RECENT"]
        return f"({' '.join(map(_value, kept))})"
    return _value(value)


def _counts(response: Response, names: Mapping[bytes, str]) -> str:
    mailbox = _mailbox(response, names)
    items = " ".join(
        f"{key.decode('latin-1')} {_item(key, value)}" for key, value in response.items.entries
    )
    return f"* STATUS {mailbox} ({items})" if mailbox else ""


def _listed(response: Response, names: Mapping[bytes, str]) -> str:
    """Keep the mailboxes of the case; what else is in the account is nobody's business."""
    mailbox = _mailbox(response, names)
    return f"* {response.name} (...) {{delim}} {mailbox}" if mailbox else ""


def _mailbox(response: Response, names: Mapping[bytes, str]) -> str:
    name = response.mailbox
    if name == b"INBOX":
        return "INBOX"
    return f"{{{names[name]}}}" if name is not None and name in names else ""


def _found(response: Response, _names: Mapping[bytes, str]) -> str:
    return " ".join(("* SEARCH", *map(_value, response.leaves)))


_DATA = {
    "CAPABILITY": lambda _response, _names: "* CAPABILITY IMAP4rev1 ...",
    "FLAGS": lambda _response, _names: "* FLAGS (...)",
    "LIST": _listed,
    "LSUB": _listed,
    "STATUS": _counts,
    "SEARCH": _found,
    "EXISTS": _numbered,
    "RECENT": _numbered,
    "EXPUNGE": _numbered,
    "FETCH": _fetch,
}


def _value(value: Value) -> str:
    """Write a value as a pattern; what does not fit on a line is any value."""
    if isinstance(value, Group):
        return f"({' '.join(map(_value, value.items))})"
    if isinstance(value, Items):
        pairs = (f"{_quoted(key)} {_value(item)}" for key, item in value.entries)
        return f"({' '.join(pairs)})"
    return _leaf(value)


def _leaf(leaf: Leaf) -> str:
    octets = bytes(leaf.octets)
    if not _PRINTABLE.fullmatch(octets):
        return "{*}"
    return plain(octets.decode("ascii")) if leaf.form == "atom" else _quoted(octets)


def _quoted(octets: bytes) -> str:
    text = octets.decode("latin-1").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain(text)}"'


# -- the file --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the lines of a case: its title and its labels."""

    title: str
    level: str
    requirements: Sequence[str]
    state: Start
    fixture: str
    disposable: bool
    needs: Sequence[str] = ()


def case_text(head: Head, lines: Sequence[str]) -> str:
    """Write one case of a case file, from its heading on."""
    labels = [head.level, *head.requirements, f"state={head.state}"]
    if head.fixture != "empty":
        labels.append(f"mailbox={head.fixture}")
    if head.needs:
        labels.append(f"needs={','.join(head.needs)}")
    if head.disposable:
        labels.append("disposable")
    return "\n".join(
        (
            f"## {head.title}",
            "",
            " ".join(f"`{label}`" for label in labels),
            "",
            "```imap",
            *lines,
            "```",
            "",
        )
    )
