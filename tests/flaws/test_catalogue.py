"""The rows of the catalogue are in order: ids, origins, rules, backends, records."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from conformance.casefile.suite import Suite, load_all
from conformance.catalogue.catalogue import Catalogue
from conformance.flaws.catalogue import ALLOWED, CONCURRENT, FACADES, FLAWS
from conformance.flaws.flaw import Flaw
from conformance.flaws.found import Found, load_found, save_found, seen_failing
from conformance.selfcheck.many import Manner, share_out
from conformance.targets import SERVERS

ROWS = [*FLAWS.values(), *ALLOWED.values(), *CONCURRENT.values()]


def test_ids_are_unique() -> None:
    counts = Counter(row.id for row in ROWS)
    assert [name for name, count in counts.items() if count > 1] == []
    assert set(counts) == {*FLAWS, *ALLOWED, *CONCURRENT}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The rules of all RFCs, read once for more than a thousand rows."""
    return Suite().catalogue


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_is_in_order(row: Flaw, catalogue: Catalogue) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", row.id)
    assert row.title[0].isupper() or row.title[0] in "`\\"
    assert not row.title.endswith(".")
    assert [each for each in row.origin if not re.fullmatch(r"[A-G]\d\d", each)] == []
    assert row.requirements
    assert [each for each in row.requirements if each not in catalogue] == []
    assert row.backend in ("", *SERVERS)
    assert row.facade in ("", *FACADES)
    assert bool(row.acts) != bool(row.pop3)


@pytest.mark.parametrize("row", FACADES.values(), ids=lambda row: row.id)
def test_a_facade_is_in_order(row: Flaw) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", row.id)
    assert row.id not in {*FLAWS, *ALLOWED}
    assert row.backend in SERVERS
    assert not row.facade
    assert row.acts


def test_a_flaw_of_imap4rev2_is_checked_in_its_sessions() -> None:
    names = [name for name, row in FLAWS.items() if row.of_rev2]
    other = next(name for name, row in FLAWS.items() if not row.of_rev2)
    assert len(names) >= 60
    works = share_out([*names[:2], other], server="dovecot", jobs=1, manner=Manner())
    assert [(work.server, work.rev2, work.flaws) for work in works] == [
        ("cyrus310", True, tuple(names[:2])),
        ("dovecot", False, (other,)),
    ]


def test_no_two_shares_write_to_one_folder() -> None:
    works = share_out([*FLAWS], server="dovecot", jobs=3, manner=Manner())
    folders = {work.apart for work in works}
    assert len(folders) == len(works) > 6
    assert folders.isdisjoint(FLAWS)


def test_the_record_speaks_of_what_there_is() -> None:
    cases = {case.id for case, _ in load_all(Suite())}
    for name, row in load_found().items():
        assert name in FLAWS
        assert row.cases
        assert set(row.cases) <= cases, name
        assert {*row.requirements, *row.alone} <= set(FLAWS[name].requirements)
        assert set(row.alone.values()) <= cases, name


def test_a_record_is_read_as_it_was_written(tmp_path) -> None:  # type: ignore[no-untyped-def]
    record = {
        "b": Found(("x/y/z",), ("3501-2.2-crlf",), ()),
        "a": Found(("c",), ("r",), ("s", "t"), {"u": "d"}),
    }
    save_found(record, tmp_path / "found.toml")
    assert load_found(tmp_path / "found.toml") == record
    assert seen_failing(tmp_path / "found.toml") == {
        "3501-2.2-crlf": ("b",),
        "r": ("a",),
        "s": ("a",),
        "t": ("a",),
        "u": ("a",),
    }
    assert load_found(tmp_path / "none.toml") == {}
