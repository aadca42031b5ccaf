"""Who mistypes a name is asked what was meant."""

from __future__ import annotations

import pytest
from in_process import call

from conformance.syntax.near import near, question


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        (["runn"], "there is no verb 'runn': run?"),
        (["run", "--maxfial", "3"], "unknown option --maxfial: --maxfail"),
        (["lint", "--formta=text", "x"], "unknown option --formta: --format"),
        (["explain", "--railroad", "ftch"], "'ftch': fetch?"),
        (["run", "--server", "pymap", "rfc3501/6.4.5-fecth"], "or begins with it: rfc3501/6.4.5-"),
        (["run", "--server", "pymap", "rfc3501/6.1.2-noop/nop"], ": rfc3501/6.1.2-noop/"),
        (["flawed", "expunge-sevn"], "no flaw is called 'expunge-sevn': "),
        (["hostile", "endles-line"], "no hostile behaviour is called 'endles-line': "),
    ],
)
def test_a_name_that_is_near_is_named(words: list[str], asks: str) -> None:
    ran = call(*words)
    assert ran.returncode == 2
    assert asks in ran.stderr


def test_a_keyword_that_is_nearly_right_is_named() -> None:
    ran = call("explain", "a1 FETHC 1 FLAGS", "a2 FROB")
    assert ran.returncode == 1
    assert ran.stdout.count("meant?") == 1
    assert "was FETCH meant?" in ran.stdout


def test_what_is_like_nothing_is_not_asked_about() -> None:
    assert near("zzz", ["abc", "abd"]) == []
    assert question("zzz", ["abc"]) == ""
    assert question("zzz", ["abc"], none=": see there") == ": see there"
    assert near("ABX", ["abc", "abd"]) == ["abd", "abc"]
    assert near("", ["abc"]) == []
