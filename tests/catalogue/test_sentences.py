"""The keyword sentences of an RFC are found, and every one of each RFC is accounted for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.catalogue.errors import CaseError
from conformance.catalogue.sentences import SentenceAccount, compare, load_accounts, read_sentences
from conformance.data import CASES

MADE_UP = """\
Table of Contents

1.      Of Ships ................................................... 1
2.      Of Crews that MUST work .................................... 2

1.      Of Ships

   A ship SHOULD float (e.g., on water).  It
   MUST NOT sink, and SHOULD NOT leak.  Everybody may look, and
   musty sails are allowed.

        Note: a flag is RECOMMENDED; a second flag is OPTIONAL, and a




Author                      Standards Track                     [Page 1]
\f
RFC 9999                         Ships                        March 2003


        third one MAY
        not be seen.

1.1.    2 masts

   Every mast MUST
   NOT be shorter than it is.




Author                      Standards Track                     [Page 2]
\f
RFC 9999                         Ships                        March 2003


   A page break is no reason why a mast SHALL fall.
   SHALL it?

2.      Of Crews

crew  = cook
        ; The cook MUST cook

ship  = hull
        ; MUST NOT sink
"""

FOUND = [
    ("1", 1, ("SHOULD",)),
    ("1", 2, ("MUST NOT", "SHOULD NOT")),
    ("1", 3, ("RECOMMENDED", "OPTIONAL", "MAY")),
    ("1.1", 1, ("MUST NOT",)),
    ("1.1", 2, ("SHALL",)),
    ("1.1", 3, ("SHALL",)),
    ("2", 1, ("MUST",)),
    ("2", 2, ("MUST NOT",)),
]


def accounts(*changes: tuple[str, int, str]) -> dict[str, tuple[SentenceAccount, ...]]:
    made: dict[str, list[SentenceAccount]] = {}
    for section, _, words in FOUND:
        made.setdefault(section, []).append(SentenceAccount(words, why="client"))
    for section, place, word in changes:
        its = made.setdefault(section, [])
        its[place - 1 : place] = [SentenceAccount((word,), why="client")] if word else []
    return {section: tuple(its) for section, its in made.items()}


def test_sentences_are_found_across_lines_and_pages() -> None:
    found = [(s.section, s.place, s.words) for s in read_sentences(MADE_UP)]
    assert found == FOUND


def test_a_sentence_knows_its_line() -> None:
    lines = MADE_UP.split("\n")
    starts = [lines[sentence.line - 1] for sentence in read_sentences(MADE_UP)]
    assert starts[2].strip().startswith("Note: a flag")
    assert starts[4].strip().startswith("A page break")


def test_a_complete_account_is_silent() -> None:
    assert not list(compare(read_sentences(MADE_UP), accounts()))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("1", 3, ""), "section 1, sentence 3 (line 12) with RECOMMENDED, OPTIONAL, MAY is not"),
        (("1.1", 1, "SHOULD"), "section 1.1, sentence 1 (line 27) has MUST NOT, but its account"),
        (("2", 3, "MAY"), "section 2: 3 sentences are accounted for, but the text has 2"),
        (("3", 1, "MAY"), "section 3: 1 sentences are accounted for, but the text has 0"),
    ],
)
def test_a_wrong_account_is_told(change: tuple[str, int, str], says: str) -> None:
    (told,) = compare(read_sentences(MADE_UP), accounts(change))
    assert told.startswith(says)


@pytest.mark.parametrize(
    "text",
    [
        "[[",
        '["1"]\nwords = "MUST"',
        '["1"]\nsentences = "MUST"',
        '["1"]\nsentences = [{ words = "MUST" }]',
        '["1"]\nsentences = [{ words = 1, why = "client" }]',
        '["1"]\nsentences = [{ words = "MUST", why = "client", text = "x" }]',
    ],
)
def test_an_account_of_the_wrong_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sentences.toml"
    path.write_text(text + "\n")
    with pytest.raises(CaseError, match=r"sentences\.toml"):
        load_accounts(path)


FOLDERS = {
    "1939" if path.parent.name == "pop3" else path.parent.name.removeprefix("rfc"): path
    for path in sorted(CASES.glob("*/sentences.toml"))
}


@pytest.mark.parametrize("rfc", FOLDERS)
def test_every_keyword_sentence_of_the_rfc_is_accounted_for(rfc: str) -> None:
    beside = Path(__file__).resolve().parents[3] / "shared" / "rfc" / f"rfc{rfc}.txt"
    text = Path(os.environ.get(f"IMAP_CONFORMANCE_RFC{rfc}", beside))
    if not text.exists():
        pytest.skip(f"the text of RFC {rfc} is not at hand")
    sentences = read_sentences(text.read_text(encoding="utf-8"))
    assert sentences
    assert not list(compare(sentences, load_accounts(FOLDERS[rfc])))


def test_every_rfc_with_rules_has_accounts() -> None:
    without = {path.parent.name for path in CASES.glob("rfc*/requirements.toml")} - {
        path.parent.name for path in FOLDERS.values()
    }
    assert not without


def test_a_copy_with_one_blank_behind_each_sentence_is_read_alike() -> None:
    narrow = MADE_UP.replace(".  It", ". It").replace(".  Everybody", ". Everybody")
    assert narrow != MADE_UP
    assert [each.words for each in read_sentences(narrow)] == [words for *_, words in FOUND]


def test_appendices_are_sections_and_an_index_is_none() -> None:
    text = "1.  One\n\n   A MUST.\n\nAppendix B.  Two\n\n   A MAY.\n\nIndex\n\n   MUST  Section 1\n"
    found = [(each.section, each.words) for each in read_sentences(text)]
    assert found == [("1", ("MUST",)), ("B", ("MAY",))]
