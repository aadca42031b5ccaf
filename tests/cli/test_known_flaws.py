"""A flaw on top of a server is found beyond what the server itself is known to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cli import main as cli
from conformance.results.known import KnownDeviation, file_of
from conformance.results.records import Verdict as Judged
from conformance.selfcheck.check import FlawVerdict
from conformance.selfcheck.many import Manner, Work, do
from conformance.wire.errors import TargetError

FAIL = Judged.FAIL
ELSEWHERE = (
    "found/6.4.7-copy-behind-the-end/a-copy-of-the-last-message-and-one-behind-it-is-completed"
)
RECENT = KnownDeviation(r"syntax flag: \Recent in FLAGS", "3501-9-flag", FAIL, "why")
CLOSED = KnownDeviation("3501-3.4-bye end", "3501-3.4-bye", FAIL, "why", (ELSEWHERE,))


@pytest.mark.parametrize(
    ("server", "flaw", "known"),
    [
        # Closed without BYE by another command; the rule of a list with another fault before.
        ("dovecot", "malformed-search-hangs-up", CLOSED),
        ("pymap", "keyword-with-brackets", RECENT),
        ("pymap", "malformed-search-hangs-up", CLOSED),
    ],
)
def test_what_is_known_hides_no_flaw(
    tmp_path: Path, server: str, flaw: str, known: KnownDeviation
) -> None:
    file = tmp_path / "known.toml"
    file.write_text(file_of([known]), encoding="utf-8")
    work = Work(server, "", (flaw,), (), Manner(known=file))
    try:
        (checked,) = do(work)
    except TargetError as error:
        pytest.skip(str(error))
    assert isinstance(checked, FlawVerdict)
    assert not checked.trouble
    assert checked.found


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--known", "x.toml"], "--known needs the --server"),
        (["--known", "x.toml", "--server", "pymap", "--record"], "--known needs the --server"),
        (["--known", "x.toml", "--server", "pymap"], "x.toml: No such file"),
    ],
)
def test_wrong_words_are_said(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert cli.main(["selfcheck", "star-in-flags", *words]) == 2
    assert message in capsys.readouterr().err
