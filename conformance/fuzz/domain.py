"""What generated commands say: values that make sense on an account, and how they are written.

Names and credentials are generated as stand-ins, which hold nothing that has to be quoted, and
are replaced when a command is sent: by what they stand for on the wire, by a placeholder in a case
file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import strategies as st

from conformance.casefile.bindings import astring, quoted
from conformance.casefile.compose import ComposedPiece, Named, Payload
from conformance.syntax.derivations import (
    Derivation,
    Fill,
    Path,
    Production,
    ProductionPair,
    Spoken,
    Written,
)
from conformance.syntax.grammar import Grammar
from conformance.syntax.strategies import LITERAL, Values, Words, write_literal

HOME, OTHER, FREE, USER, PASSWORD = b"xHOMEx", b"xOTHERx", b"xFREEx", b"xUSERx", b"xPASSx"
PLACEHOLDERS: Mapping[bytes, str] = {
    HOME: "name.mailbox",
    OTHER: "name.mailbox.b",
    FREE: "name.mailbox.none",
    USER: "user",
    PASSWORD: "password",
}
"""Stand-in -> the placeholder of case files: a full mailbox, an empty one, a free name, ..."""

_PLACEHOLDER = re.compile(b"|".join(PLACEHOLDERS))
_QUOTED_CREDENTIAL = re.compile(b'"(' + USER + b"|" + PASSWORD + b')"')
_INBOX_IS_SAFE = ("examine", "status")  # SELECT takes the flag Recent away

MESSAGES = (
    b"Subject: generated\r\n\r\nA generated message.\r\n",
    b"From: a@example.com\r\nSubject: two\r\nDate: Wed, 31 Jan 2024 12:00:00 +0000\r\n\r\nText\r\n",
)
FIELDS = (b"Subject", b"From", b"DATE", b"x-none", b"Content-Type")
STRINGS = (b"anna", b"Harvest", b"barley", b"", b"EXAMPLE.ORG", b"no such text")

WORDS_HERE: Words = {
    "seq_number NZ_NUMBER": st.sampled_from(
        [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"99"]
    ),
    "section_spec SECTION_PART": st.sampled_from([b"1", b"2", b"1.1", b"2.1", b"2.2.1", b"3"]),
    "auth_type ATOM": st.sampled_from([b"XNONE", b"X-NO-SUCH"]),
    f"append {LITERAL}": st.sampled_from(MESSAGES),
    "list_mailbox LIST_CHARS": st.sampled_from([b"*", b"%", HOME + b"*", HOME, b"x%y*"]),
    # Days that the fixture of searches has, and those beside them.
    "date_text DATE_DAY": st.sampled_from([b"2", b"1", b"3", b"03", b"4", b"28"]),
    "date_text DATE_MONTH": st.sampled_from([b"Feb", b"feb", b"Jan"]),
    "date_text DATE_YEAR": st.sampled_from([b"2024", b"2024", b"2025"]),
    # Sizes that it has, and those beside them.
    "search_key NUMBER": st.sampled_from([b"500", b"499", b"501", b"450", b"0", b"4294967295"]),
    # Within a mailbox name wildcards are for nobody, and a reference is only a name.
    "flag_keyword ATOM": st.sampled_from([b"$Generated", b"kw", b"a.b", b"KW"]),
}


def shown(placeholder: bytes) -> str:
    """Return a mailbox as a case file names it, by its placeholder; INBOX has none."""
    return (
        f"{{{PLACEHOLDERS[placeholder].removeprefix('name.')}}}"
        if placeholder in PLACEHOLDERS
        else "INBOX"
    )


def values(*, disposable: bool) -> Values:
    """Give what string-like rules mean."""
    safe = [HOME, OTHER, FREE, b"INBOX", b"inbox"]
    names = safe if disposable else safe[:3]
    return {
        "mailbox": st.sampled_from(names),
        **{f"{command} mailbox": st.sampled_from(safe) for command in _INBOX_IS_SAFE},
        "list mailbox": st.sampled_from([b"", HOME, b"INBOX"]),
        "lsub mailbox": st.sampled_from([b"", HOME, b"INBOX"]),
        # RENAME of INBOX moves all mail away (RFC 3501 section 6.3.5).
        "rename mailbox": st.sampled_from(names[:3]),
        "userid": st.just(USER),
        "password": st.just(PASSWORD),
        "header_fld_name": st.sampled_from(FIELDS),
        "search_key astring": st.sampled_from(STRINGS),
        "search astring": st.sampled_from([b"US-ASCII", b"us-ascii", b"UTF-8", b"X-NONE"]),
    }


# -- the deterministic cover --------------------------------------------------------------

_NUMBERS: Mapping[tuple[str, str], bytes] = {
    ("NUMBER", "search_key"): b"500",
    ("NZ_NUMBER", "seq_number"): b"4",  # a message, and the UID of another one
}
_MEANT: Mapping[str, bytes] = {
    "mailbox": HOME,
    "create": FREE,
    "userid": USER,
    "password": PASSWORD,
    "header_fld_name": b"Subject",
    "search_key": b"anna",
    "search": b"US-ASCII",
    "auth_type": b"XNONE",
    "flag_keyword": b"$Generated",
    "list_mailbox": b"*",
}


def simplest(grammar: Grammar, *, misnamed: bool = False) -> Fill:
    """Fill terminals with what makes sense where they stand, others with the simplest example.

    With `misnamed`, mailboxes are those that are not there, and what is created is there already.
    """
    fixed = grammar.fixed_terminals("command")

    def fill(path: Path, terminal: str) -> Written:
        if terminal in fixed:
            return Written(terminal, fixed[terminal])
        if terminal not in ("ASTRING_ATOM", "QUOTED", "ATOM", "LIST_CHARS", LITERAL):
            return Written(
                terminal, _NUMBERS.get((terminal, path[-1]), grammar.examples[terminal][0])
            )
        meant = next((_MEANT[rule] for rule in reversed(path) if rule in _MEANT), b"x")
        if meant in (HOME, FREE):
            meant = FREE if ("create" in path) is not misnamed else HOME
        if terminal == LITERAL:
            return write_literal(MESSAGES[0] if path[-1] == "append" else meant)
        return Written(terminal, b'"%s"' % meant if terminal == "QUOTED" else meant)

    return fill


# -- from the derivation to the wire -------------------------------------------------------


def sent_as(derivation: Derivation, meaning: Callable[[bytes], bytes]) -> Iterator[ComposedPiece]:
    """Give the pieces of a command behind its tag, stand-ins replaced by placeholders.

    `meaning` says what a stand-in is on the wire.
    """
    words = list(derivation.words())[2:-1]  # without tag, the space behind it and the line end
    text = b""
    for word in words:
        if word.payload is None:
            text += word.octets
            continue
        yield from _placeholders(text, meaning)
        text = b""
        yield _payload(word.payload, meaning)
    yield from _placeholders(text, meaning)


def _payload(octets: bytes, meaning: Callable[[bytes], bytes]) -> Payload:
    if octets in PLACEHOLDERS:
        return Payload(meaning(octets), PLACEHOLDERS[octets])
    return Payload(_PLACEHOLDER.sub(lambda m: meaning(m[0]), octets))


def _placeholders(text: bytes, meaning: Callable[[bytes], bytes]) -> Iterator[ComposedPiece]:
    position = 0
    for found in _finders(text):
        if found.start() > position:
            yield text[position : found.start()]
        if found[0].startswith(b'"'):
            yield Named(f"quoted.{PLACEHOLDERS[found[1]]}", quoted(meaning(found[1])))
        elif found[0] in (USER, PASSWORD):
            yield Named(PLACEHOLDERS[found[0]], astring(meaning(found[0])).spelling)
        else:
            yield Named(PLACEHOLDERS[found[0]], meaning(found[0]))
        position = found.end()
    if position < len(text):
        yield text[position:]


def _finders(text: bytes) -> Sequence[re.Match[bytes]]:
    quoted = list(_QUOTED_CREDENTIAL.finditer(text))
    inside = {found.start(1) for found in quoted}
    plain = [found for found in _PLACEHOLDER.finditer(text) if found.start() not in inside]
    return sorted((*quoted, *plain), key=lambda found: found.start())


def is_unsafe(derivation: Derivation) -> bool:
    """Whether a command may change INBOX or all of an account, for disposable accounts only."""
    for each in below(derivation):
        if each.production.rule == "resetkey" and b" " not in each.spoken().octets:
            return True  # it makes all URLs void that the user has given away (RFC 4467)
        if each.production.rule in _INBOX_IS_SAFE or each.production.rule in ("list", "lsub"):
            return False
        if each.production.rule == "mailbox" and b"INBOX" in each.spoken().octets.upper():
            return True
    return False


def below(derivation: Derivation) -> Iterator[Derivation]:
    """Give a derivation and all in it, from the top."""
    yield derivation
    for child in derivation.children:
        if isinstance(child, Derivation):
            yield from below(child)


def spoken_as(derivation: Derivation, meaning: Callable[[bytes], bytes]) -> Spoken:
    """Give a command with its tag as it is sent, stand-ins replaced by what they mean."""
    text = next(derivation.words()).octets + b" "
    literals: list[bytes] = []
    for piece in sent_as(derivation, meaning):
        if isinstance(piece, Payload):
            text += b"{%d}\r\n" % len(piece.octets)
            literals.append(piece.octets)
        else:
            text += piece.octets if isinstance(piece, Named) else piece
    return Spoken(text + b"\r\n", tuple(literals))


def cover(grammar: Grammar) -> Iterator[tuple[Production, Derivation]]:
    """Give a shortest command through every alternative of the grammar (see `Productions`)."""
    return grammar.productions("command").cover(simplest(grammar))


def named(grammar: Grammar) -> Iterator[tuple[ProductionPair, Derivation]]:
    """Give a command of each kind that names a mailbox, with a name that makes sense, and one not.

    In the shortest commands INBOX stands where a name can.
    """
    for misnamed in (False, True):
        fill = simplest(grammar, misnamed=misnamed)
        seen: set[bytes] = set()
        for pair, each in grammar.productions("command").pair_cover(fill):
            text = each.spoken().octets
            verb = text.split()[2 if b" UID " in text else 1]
            if verb not in seen and (HOME in text or FREE in text):
                seen.add(verb)
                yield pair, each


def pair_cover(grammar: Grammar) -> Iterator[tuple[ProductionPair, Derivation]]:
    """Give a shortest command through every pair of alternatives."""
    return grammar.productions("command").pair_cover(simplest(grammar))
