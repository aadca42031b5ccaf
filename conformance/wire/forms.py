"""The form of a command: its name with the keywords of its arguments.

It is the same however names and numbers are written, so it says which command a server did
otherwise to. It is read from the text of a command, whether of a case, with its holes, or as sent.
"""

from __future__ import annotations

import re

_DATE = re.compile(r'"[ 0-9]\d-[A-Z][a-z]{2}-\d{4} [^"]*"')
_FLAGS = re.compile(r"\((?:\\[A-Za-z]+|[$A-Za-z][A-Za-z0-9-]*)(?: [\\$A-Za-z0-9-]+)*\)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_HOLE = re.compile(r"\{[^}]*\}")
_KEYWORD = re.compile(r"[A-Z][A-Z0-9]+(?:\.[A-Z0-9.]+)*(?:\[[A-Z0-9.]*)?|\(\)")
_WILDCARD = re.compile(r"[%*]")
_PARTS = {"FLAGS": "(flags)", "DATE": "date", "()": "()"}
_LITERAL = re.compile(r"\{[#\d]")
_ASTERISK = re.compile(r"(?:^|[ ,:])\*")
_SEARCHING = frozenset({"SEARCH", "UID SEARCH"})
_LISTING = frozenset({"LIST", "LSUB"})


def form_of(name: str, arguments: str) -> str:
    r"""Return a command's name with the keywords of its arguments.

    >>> form_of("APPEND", r'{mailbox} (\Seen) {#}')
    'APPEND (flags)'
    """
    bare = _STRING.sub(" ", arguments)
    if name == "APPEND":
        text = _FLAGS.sub(" FLAGS ", _DATE.sub(" DATE ", arguments))
        words = [_PARTS[word] for word in re.findall(r"FLAGS|DATE|\(\)", text)]
    else:
        listing = name in _LISTING
        words = _WILDCARD.findall(arguments) if listing else _KEYWORD.findall(_HOLE.sub(" ", bare))
        words += ["*"] if not listing and _ASTERISK.search(bare) else []
        words += ["()"] if name in _SEARCHING and "(" in bare else []
        words += ["literal"] if _LITERAL.search(bare) else []
    return " ".join([name, *dict.fromkeys(words)])
