"""Diagrams: every rule has one, links lead somewhere, nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from xml.etree import ElementTree as ET

import pytest

from conformance.explain.railroad import UnknownRuleError, railroad_page
from conformance.extending.documents import place_of
from conformance.syntax.grammar import Grammar, load
from conformance.syntax.modules import available


@cache
def everything() -> Grammar:
    return load({name for module in available() for name in module.capabilities})


@cache
def whole() -> str:
    """The page of every rule, drawn by the first test that looks at it."""
    return railroad_page(everything())


def section(page: str, rule: str) -> str:
    found = re.search(rf'<section id="{rule}">.*?</section>', page, re.DOTALL)
    assert found is not None, rule
    return found[0]


def texts(page: str, rule: str) -> list[str]:
    """Return what stands in the boxes of a rule's diagram."""
    found = re.findall(r"<text[^>]*>([^<]*)", section(page, rule))
    return [text.strip().replace("&quot;", '"') for text in found]


def test_every_rule_has_its_diagram() -> None:
    for name, origin in everything().rules.items():
        part = section(whole(), name)
        assert part.count("<svg") == 1
        assert place_of(origin.rfc, origin.section) in part


@pytest.mark.parametrize("make", [whole, lambda: railroad_page(load(), "FETCH")])
def test_links_lead_to_diagrams_of_the_page(make: Callable[[], str]) -> None:
    page = make()
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert len(targets) > 10
    assert targets <= set(re.findall(r'<section id="([^"]+)"', page))


def test_the_page_needs_nothing_from_elsewhere() -> None:
    assert not re.search(r'(?:src|href)="(?!#)', whole())
    assert "<script" not in whole()
    assert "url(" not in whole()
    for drawing in re.findall(r"<svg.*?</svg>", whole(), re.DOTALL):
        ET.fromstring(drawing.replace("xlink:href", "href"))  # noqa: S314 - our own page


def test_a_rule_is_generated_with_the_names_of_the_abnf() -> None:
    boxes = texts(whole(), "mailbox_list")
    assert {"mbx-list-flags", "DQUOTE QUOTED-CHAR DQUOTE", "nil", "mailbox", "SP"} <= set(boxes)
    assert {'"("', '")"'} <= set(boxes)


def test_a_page_of_one_rule_holds_what_it_needs_and_no_more() -> None:
    page = railroad_page(load(), "mailbox-list")
    assert page.index('id="mailbox_list"') < page.index('id="mailbox"')
    section(page, "astring")
    assert 'id="envelope"' not in page


def test_extensions_add_alternatives_and_replace_rules() -> None:
    base, extended = railroad_page(load()), railroad_page(load(["IDLE", "UIDPLUS", "LITERAL+"]))
    assert "idle" in texts(extended, "command_auth")
    assert "append" in texts(extended, "command_auth")
    assert "idle" not in texts(base, "command_auth")
    assert '"+"' in texts(extended, "literal")
    assert '"+"' not in texts(base, "literal")


def test_a_lexical_rule_shows_what_it_is_made_of() -> None:
    assert "ATOM-CHAR" in texts(whole(), "atom")
    assert any(box.startswith("/") for box in texts(whole(), "flag_extension"))


def test_users_of_a_rule_are_linked() -> None:
    assert 'used by <a href="#flag">' in section(whole(), "flag_keyword").replace("\n", "")


def test_an_unknown_rule_names_those_that_are_near() -> None:
    with pytest.raises(UnknownRuleError, match=r"'mailbox-lst': mailbox-list or"):
        railroad_page(load(), "mailbox-lst")
    with pytest.raises(UnknownRuleError, match=r"'zzzzzz'$"):
        railroad_page(load(), "zzzzzz")
