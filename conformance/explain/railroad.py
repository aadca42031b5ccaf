"""Railroad diagrams of grammar rules, as one HTML page that works offline.

Drawn from the definitions in `grammar/*.lark`, with the names of the ABNF; each rule links to the
diagrams of the rules that stand in it. The page's text goes through `results.markup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import lark
import railroad

from conformance.extending.documents import place_of
from conformance.results.markup import Html, join, tag
from conformance.syntax.grammar import Grammar
from conformance.syntax.meanings import load_meanings
from conformance.syntax.modules import available
from conformance.syntax.near import question
from conformance.syntax.shown import clip

_LONGEST = 60  # characters of a regular expression in a drawing
_EXTEND = re.compile(r"^%extend ", re.M)
_OVERRIDDEN_TERMINAL = re.compile(r"^%override (?=_?[A-Z])", re.M)
# Names of the core rules of ABNF (RFC 2234) that every diagram is full of.
_CORE = {"_SP": "SP", "_CRLF": "CRLF", "_DQUOTE": "DQUOTE"}

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
section { margin: 2.5rem 0; overflow-x: auto }
h2 { font: bold 1.2rem monospace; margin: 0 }
h2 small { font: .9rem system-ui, sans-serif; opacity: .75; margin-left: 1rem }
p { margin: .25rem 0 }
nav { columns: 14rem; font-family: monospace }
nav a { display: block }
.used { font-size: .9rem; opacity: .8 }
:target h2 { text-decoration: underline }
svg.railroad-diagram path { stroke-width: 2; stroke: currentColor; fill: none }
svg.railroad-diagram text { font: bold 14px monospace; text-anchor: middle; fill: currentColor }
svg.railroad-diagram text.comment { font: italic 12px monospace }
svg.railroad-diagram rect { stroke-width: 2; stroke: currentColor; fill: none }
svg.railroad-diagram a text { text-decoration: underline }
"""


class UnknownRuleError(ValueError):
    """No rule of the grammar has this name; says which names are near."""


def railroad_page(grammar: Grammar, rule: str = "") -> str:
    """Draw a rule (ABNF name, any letter case) and all that it needs; without one, every rule.

    Raises:
        UnknownRuleError: there is no such rule.
    """
    drawn = _Drawings(grammar)
    names = drawn.reachable(_key(rule, grammar)) if rule else list(drawn.definitions)
    title = f"The rule {grammar.rules[names[0]].abnf}" if rule else "The rules of the grammar"
    links = (tag("a", grammar.rules[name].abnf, href=f"#{name}") for name in sorted(names))
    sections = (drawn.section(name, names) for name in names)
    return "<!DOCTYPE html>\n" + tag(
        "html",
        tag(
            "head",
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", title),
            tag("style", Html(_STYLE)),
        ),
        tag("body", tag("h1", title), tag("nav", *links), tag("main", *sections)),
        lang="en",
    )


def _key(rule: str, grammar: Grammar) -> str:
    key = rule.lower().replace("-", "_")
    if key in grammar.rules:
        return key
    hint = question(rule, (origin.abnf for origin in grammar.rules.values()), within=False)
    raise UnknownRuleError(f"no rule of the grammar is called {rule!r}{hint}")


@lru_cache(maxsize=1)
def _language() -> lark.Lark:
    """Return the parser of grammar files: Lark's own grammar of its language."""
    return lark.Lark.open_from_package(
        "lark", "lark.lark", ("grammars",), parser="lalr", maybe_placeholders=False
    )


def _definitions(grammar: Grammar) -> Mapping[str, list[lark.Tree[lark.Token]]]:
    """Read the alternatives of every rule, those that extensions add or replace included."""
    found: dict[str, list[lark.Tree[lark.Token]]] = {}
    for module in available():
        if module.name not in grammar.modules:
            continue
        extended = set(re.findall(r"^%extend (\w+)", module.text, re.M))
        # Lark's own grammar does not know %extend, which is written as %override is, and overrides
        # rules only: a terminal stands as if it were new.
        text = _OVERRIDDEN_TERMINAL.sub("", _EXTEND.sub("%override ", module.text))
        for item in _language().parse(text + "\n").children:
            if not isinstance(item, lark.Tree):
                continue
            rule = item.children[0] if item.data == "override_rule" else item
            if not isinstance(rule, lark.Tree):
                continue
            name, body = str(rule.children[0]), rule.children[-1]
            if isinstance(body, lark.Tree):
                before = found.get(name.lower(), []) if name in extended else []
                found[name.lower()] = [*before, body]
    return found


class _Drawings:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._all = _definitions(grammar)
        self.definitions = {name: self._all[name] for name in grammar.rules if name in self._all}

    # -- which rules ------------------------------------------------------------------

    def reachable(self, first: str) -> list[str]:
        """Return a rule and those that its diagram leads to, in the order of meeting them."""
        names = [first]
        for name in names:
            for other in self._uses(name):
                if other not in names:
                    names.append(other)
        return names

    def _uses(self, name: str) -> Iterator[str]:
        waiting = list(self.definitions[name])
        for body in waiting:
            for token in body.scan_values(_is_name):
                key = self._linked(str(token))
                if key == name and token.type == "TOKEN" and body in self.definitions[name]:
                    waiting += self._all[str(token).lower()]
                elif key is not None and key != name:
                    yield key

    def _linked(self, symbol: str) -> str | None:
        """Return the key of the rule that a symbol of the grammar text is drawn as."""
        name = self._grammar.name_of(symbol)
        key = "" if name is None else name.lower().replace("-", "_")
        return key if key in self.definitions else None

    # -- drawing ----------------------------------------------------------------------

    def section(self, name: str, shown: list[str]) -> Html:
        """Return the part of the page about one rule."""
        origin = self._grammar.rules[name]
        meaning = load_meanings().rule(origin.abnf)
        users = sorted(other for other in shown if other != name and name in self._uses(other))
        used = join(*(tag("a", self._grammar.rules[u].abnf, href=f"#{u}") for u in users), by=", ")
        return tag(
            "section",
            tag("h2", origin.abnf, tag("small", place_of(origin.rfc, origin.section))),
            tag("p", f"{meaning.says} ({meaning.reference})") if meaning else None,
            self._diagram(name),
            tag("p", Html("used by "), used, class_="used") if users else None,
            id=name,
        )

    def _diagram(self, name: str) -> Html:
        alternatives = [self._draw(body, name) for body in self.definitions[name]]
        whole = alternatives[0] if len(alternatives) == 1 else railroad.Choice(0, *alternatives)
        written: list[str] = []
        railroad.Diagram(whole, type="complex").writeSvg(written.append)
        return Html("".join(written))  # the library escapes what it writes

    def _draw(self, item: lark.Tree[lark.Token] | lark.Token, rule: str) -> railroad.DiagramItem:
        if isinstance(item, lark.Token):
            return self._symbol(item, rule)
        kind = str(item.data)
        below = [self._draw(child, rule) for child in item.children if not _is_operator(child)]
        if kind == "expansions":
            return railroad.Choice(0, *below)
        if kind == "maybe":
            return railroad.Optional(below[0])
        if kind == "expr":
            repeated = {"*": railroad.ZeroOrMore, "+": railroad.OneOrMore, "?": railroad.Optional}
            return repeated[str(item.children[1])](below[0])
        return below[0] if len(below) == 1 else railroad.Sequence(*below)

    def _symbol(self, token: lark.Token, rule: str) -> railroad.DiagramItem:
        text = str(token)
        if token.type == "STRING":
            return railroad.Terminal(text.removesuffix("i"))
        if token.type == "REGEXP":
            return railroad.Terminal(clip(text, _LONGEST))
        if text in _CORE:
            return railroad.NonTerminal(_CORE[text])
        key = self._linked(text)
        if key == rule:  # a lexical rule under the name of its rule: what it is made of
            return self._draw(self._all[text.lower()][0], "")
        if key is not None:
            return railroad.NonTerminal(self._grammar.rules[key].abnf, href=f"#{key}")
        shown = self._grammar.stands_for(text)
        return railroad.NonTerminal(text if shown is None else shown)


def _is_name(value: object) -> bool:
    return isinstance(value, lark.Token) and value.type in ("RULE", "TOKEN")


def _is_operator(value: object) -> bool:
    return isinstance(value, lark.Token) and value.type == "OP"
