"""The form of a command: its name with the keywords of its arguments.

It is the same however names and numbers are written, so it says which command a server did
otherwise to. It is read from the text of a command, whether of a case, with its placeholders, or as
sent.
"""

from __future__ import annotations

import re

_DATE = re.compile(r'"[ 0-9]\d-[A-Z][a-z]{2}-\d{4} [^"]*"')
_FLAGS = re.compile(r"\((?:\\[A-Za-z]+|[$A-Za-z][A-Za-z0-9-]*)(?: [\\$A-Za-z0-9-]+)*\)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_PART = re.compile(r"(?<=\[)\d+(?:\.\d+)*")
"""The numbers of a part in a section, of which only how many digits they have is kept."""
_KEYWORD = re.compile(r"[A-Z][A-Z0-9]+(?:\.[A-Z0-9.]+)*(?:\[[A-Zn.]*)?|\(\)")
_WILDCARD = re.compile(r"[%*]")
_PARTS = {"FLAGS": "(flags)", "DATE": "date", "()": "()"}
_LITERAL = re.compile(r"\{(?:#[^}]*|\d+\+?)\}")
_EMPTY_LITERAL = re.compile(r"\{0+\+?\}")
_NIL = re.compile(r"(?<!\S)NIL(?!\S)", re.IGNORECASE)
_BARE_FLAG = re.compile(r"FLAGS(?:\.SILENT)? [^( ]", re.IGNORECASE)
_ASTERISK = re.compile(r"(?:^|[ ,:])\*")
_SEARCHING = frozenset({"SEARCH", "UID SEARCH"})
_STORING = frozenset({"STORE", "UID STORE"})
_LISTING = frozenset({"LIST", "LSUB"})


def form_of(written: str, arguments: str) -> str:
    r"""Return a command's name with the keywords of its arguments, `lower` if it has small letters.

    >>> form_of("APPEND", r'{mailbox} (\Seen) {#}')
    'APPEND (flags)'
    >>> form_of("noop", "")
    'NOOP lower'
    """
    name = written.upper()
    bare = _STRING.sub(" ", arguments)
    if name == "APPEND":
        text = _FLAGS.sub(" FLAGS ", _DATE.sub(" DATE ", arguments))
        words = [_PARTS[word] for word in re.findall(r"FLAGS|DATE|\(\)", text)]
    else:
        words = _of_pattern(bare, arguments) if name in _LISTING else _of_keywords(bare)
        words += ["()"] if name in _SEARCHING and "(" in bare else []
        words += ["bare"] if name in _STORING and _BARE_FLAG.search(bare) else []
        words += ["literal"] if _LITERAL.search(bare) else []
    words += ["empty"] if _EMPTY_LITERAL.search(bare) else []
    words += [] if written == name else ["lower"]
    return " ".join([name, *dict.fromkeys(words)])


def _of_pattern(bare: str, arguments: str) -> list[str]:
    """Return the wildcards of LIST or LSUB, in quotes where only quoted ones are there; and NIL."""
    wildcards = _WILDCARD.findall(bare)
    words = wildcards or [f'"{wildcard}"' for wildcard in _WILDCARD.findall(arguments)]
    return words + (["NIL"] if _NIL.search(bare) else [])


def _of_keywords(bare: str) -> list[str]:
    text = _PART.sub(lambda part: re.sub(r"\d", "n", part[0]), _PLACEHOLDER.sub(" ", bare))
    words = _KEYWORD.findall(text)
    return words + (["*"] if _ASTERISK.search(bare) else [])
