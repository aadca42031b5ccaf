"""The base subject: each step of RFC 5256 section 2.1 by hand, and what holds for any subject."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.message.base_subject import base_subject

PLAIN = {
    "": "",
    "one": "one",
    "one \t two": "one two",
    "one\r\n\ttwo": "one two",
    "  one  ": "one",
    "[a]": "[a]",
    "[a] one": "one",
    "[a][b] one": "one",
    "[a] [b]": "[b]",
    "[a [b] one": "[a [b] one",
    "one [a]": "one [a]",
    "one (fwd) two": "one (fwd) two",
    "one (not fwd)": "one (not fwd)",
    "report: one": "report: one",
    "re one": "re one",
    "fwdd: one": "fwdd: one",
    "[fwd: one] two": "two",
    "[fwd one]": "[fwd one]",
}
ANSWERS = {
    "Re: one": "one",
    "RE:RE: one": "one",
    "re : one": "one",
    "Re[2]: one": "one",
    "Re [x] : one": "one",
    "Fw: one": "one",
    "Fwd: Re: one": "one",
    "[a] Re: [b] one": "one",
    "[a] [b]re: one": "one",
    "Re: [a]": "[a]",
    "Re:": "",
    "one (fwd)": "one",
    "one (FWD)(fwd) ": "one",
    "(fwd)": "",
    "[fwd: one]": "one",
    "[a] [Fwd: one]": "one",
    "[fwd: Re: one (fwd)]": "one",
    "[fwd: [fwd: one]]": "one",
    "[fwd: [a] one]": "one",
    "Re: [fwd: one] (fwd)": "one",
    "[fwd:]": "",
}
TOKENS = ("re", "fwd", "Fw", ":", " ", "[", "]", "[fwd:", "(fwd)", "a", "\t", "ä")


@pytest.mark.parametrize(("subject", "wanted"), PLAIN.items())
def test_what_stays_and_is_no_reply(subject: str, wanted: str) -> None:
    assert base_subject(subject) == (wanted, False)


@pytest.mark.parametrize(("subject", "wanted"), ANSWERS.items())
def test_what_is_removed_makes_a_reply(subject: str, wanted: str) -> None:
    assert base_subject(subject) == (wanted, True)


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_a_base_subject_is_its_own(subject: str) -> None:
    text = base_subject(subject).text
    assert base_subject(text) == (text, False)
    assert text == text.strip()


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_a_prefix_changes_nothing(subject: str) -> None:
    text = base_subject(subject).text
    assert base_subject("Re: " + subject) == (text, True)
