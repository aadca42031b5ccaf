"""What the modules of RFCs register is found by itself, and a wrong registration is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.extending import registry
from conformance.extending.attached import Attached
from conformance.extending.offered import offers


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "made_up"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "rfc9586.py").write_text("ROWS = (3, 4)\nTABLE = {'c': 3}\n")
    (folder / "rfc822.py").write_text("ROWS = (2,)\n")
    (folder / "rfc3501.py").write_text("ROWS = (1,)\nTABLE = {'a': 1}\n")
    (folder / "rfc9586_more.py").write_text("ROWS = (5,)\n")
    (folder / "x_gm_ext_1.py").write_text("ROWS = (6,)\n")
    (folder / "draft_ietf_morg_inthread.py").write_text("ROWS = (7,)\n")
    (folder / "reference.py").write_text("ROWS = (9,)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.modules.cache_clear()
    yield "made_up.user"
    for name in [name for name in sys.modules if name.partition(".")[0] == "made_up"]:
        del sys.modules[name]
    registry.modules.cache_clear()


def test_modules_of_rfcs_are_joined_by_number_and_the_base_comes_first(package: str) -> None:
    assert registry.rows(package, "ROWS", int) == (1, 2, 3, 4, 5, 7, 6)
    assert registry.entries(package, "TABLE") == {"a": 1, "c": 3}
    assert registry.rows(package, "NONE", int) == ()


def test_a_row_of_another_kind_is_told_with_its_module(package: str) -> None:
    with pytest.raises(TypeError, match=r"made_up\.rfc3501\.ROWS: 1 is no str"):
        registry.rows(package, "ROWS", str)


def test_what_is_registered_twice_is_told(package: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'x' is registered twice"):
        registry.by_key(("x", "x"), lambda row: row)
    (tmp_path / "made_up/rfc9999.py").write_text("TABLE = {'a': 1}\n")
    with pytest.raises(ValueError, match=r"rfc9999\.TABLE: 'a' is registered twice"):
        registry.entries(package, "TABLE")


@pytest.mark.parametrize(
    ("needs", "met"),
    [
        ("", True),
        ("MOVE", True),
        ("QRESYNC", False),
        ("MOVE&UIDPLUS", True),
        ("MOVE&QRESYNC", False),
        ("QRESYNC|MOVE&UIDPLUS", True),
        ("QRESYNC|MOVE&ESEARCH", False),
        ("IMAP4rev2|Move", True),
    ],
)
def test_what_an_extension_needs_is_met_or_not(needs: str, met: bool) -> None:
    assert offers({"MOVE", "UIDPLUS"}, needs) is met


def test_what_is_attached_is_one_object_of_each_class() -> None:
    class Moved:
        def __init__(self) -> None:
            self.uids: set[int] = set()

    here, there = Attached(), Attached()
    here.of(Moved).uids.add(5)
    assert here.of(Moved).uids == {5}
    assert there.of(Moved).uids == set()
