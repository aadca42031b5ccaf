"""The page of the formal syntax: each rule with its definition and where it is used and seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.book.definitions import Definition, Definitions, Fragment
from conformance.book.frame import Page
from conformance.book.places import Places, listed
from conformance.extending.documents import place_of
from conformance.results.markup import Html, join, tag
from conformance.syntax.modules import Module

_SHOWN = 3
"""Of the cases in which a rule was seen, so many are named."""

_HELP = (
    "The rules have their names of the RFCs. Definitions are shown in the notation of Lark, in "
    "which the suite's grammar files are written: alternatives are divided by |, what is in square "
    "brackets may be missing, * + ? are as in regular expressions, an i behind a string means that "
    "its case does not matter, and slashes enclose a regular expression."
)
_CHANGES = {"extend": "also", "override": "instead"}


def grammar_page(
    places: Places,
    modules: Sequence[Module],
    proven: Mapping[str, Sequence[str]],
    seen: Mapping[str, Sequence[str]],
) -> Page:
    """Return the page.

    `proven` are the rules of the catalogue that each rule of the grammar proves, and `seen` the
    cases in whose transcripts it was found.
    """
    definitions = places.definitions
    parts = []
    for module in modules:
        own = [each for each in definitions.all if each.module == module.name]
        needs = ", ".join(sorted(module.capabilities))
        parts += [
            tag("h2", place_of(module.rfc, module.section)),
            tag("p", f"Holds where the server announces {needs}.") if needs else Html(""),
            tag("dl", *(_entry(each, places, proven, seen) for each in own)),
        ]
    title = "Formal syntax"
    return Page("grammar.html", title, join(tag("h1", title), tag("p", _HELP), *parts))


def _entry(
    its: Definition,
    places: Places,
    proven: Mapping[str, Sequence[str]],
    seen: Mapping[str, Sequence[str]],
) -> Html:
    definitions = places.definitions
    first = definitions.by_name[its.name][0] is its
    note = _CHANGES[its.change] if its.change else ""
    stands = f" stands for {its.abnf}" if its.helper else ""
    lines = (_line(line, definitions) for line in its.pieces())
    users = definitions.users.get(its.name, ()) if first else ()
    rules = proven.get(its.name, ()) if first else ()
    cases = () if its.helper or not first else seen.get(its.name, ())
    return join(
        tag(
            "dt",
            tag("code", _title(its)),
            f"{stands} " if stands else Html(" "),
            tag("span", note, class_="t") if note else None,
            id=its.name if first else f"{its.module}.{its.name}",
        ),
        tag(
            "dd",
            tag("pre", join(*lines, by=Html("\n"))),
            tag("div", "Used by ", join(*(_link(name, definitions) for name in users), by=", "))
            if users
            else None,
            tag("div", "Proves ", listed(map(places.rule, rules), "rules")) if rules else None,
            _seen(cases, places),
        ),
    )


def _seen(cases: Sequence[str], places: Places) -> Html | None:
    if not cases:
        return None
    links = listed(map(places.case, cases[:_SHOWN]), "of them")
    return tag("div", f"Seen in the transcripts of {len(cases)} cases ", links)


def _title(its: Definition) -> str:
    return its.name.lstrip("_").upper() if its.helper else its.abnf


def _line(pieces: Sequence[Fragment], definitions: Definitions) -> Html:
    return join(*(_piece(piece, definitions) for piece in pieces)) or Html(" ")


def _piece(piece: Fragment, definitions: Definitions) -> Html:
    if piece.kind == "name" and piece.text.lower() in definitions.by_name:
        return _link(piece.text.lower(), definitions)
    if piece.kind in ("string", "regexp"):
        return tag("span", piece.text, class_="h")
    return join(piece.text)


def _link(name: str, definitions: Definitions) -> Html:
    return tag("a", _title(definitions.by_name[name][0]), href=f"#{name}")
