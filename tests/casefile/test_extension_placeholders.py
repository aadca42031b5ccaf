"""Placeholders of an extension's rules work in the cases that need the extension."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.casefile.suite import Suite
from conformance.catalogue.errors import CaseError

CASE = """# A case

## MODSEQ comes when it is asked for

`MUST` `3501-6.4.5-each` {needs} `state=selected` `mailbox=five`

It says when the flags changed.

```imap
C: a1 FETCH 1 (MODSEQ)
S: * 1 FETCH (MODSEQ ({{:mod_sequence_value}}))
S: a1 OK
```
"""


def load(folder: Path, needs: str) -> int:
    path = folder / "7.4.2-case.md"
    path.write_text(CASE.format(needs=needs), encoding="utf-8")
    return len(Suite().load(path))


def test_a_case_knows_the_rules_of_what_it_needs(tmp_path: Path) -> None:
    assert load(tmp_path, "`needs=CONDSTORE`") == 1


def test_a_case_does_not_know_the_rules_of_other_extensions(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="mod-sequence-value"):
        load(tmp_path, "")
