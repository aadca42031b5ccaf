"""Files of known deviations of before, rewritten by the record of a new run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from results_sample import EXPUNGE, REQUIREMENT, SELECT, SYNTAX, failed, finding, result, run

from conformance.cli import main as cli
from conformance.known.migrate import Old, account_of, load_old, migrate
from conformance.results.errors import KnownError
from conformance.results.known import KnownDeviations
from conformance.results.records import Finding, Result
from conformance.results.summary import end_record

NO_FLAGS = "SELECT: no untagged OK [PERMANENTFLAGS]"
RECENT = "syntax flag: \\Recent in FLAGS"
BRACKET = 'syntax flag-list: "]" for ")" or SP in FLAGS'

OLD = f"""# Examplemail 1.2

[[deviation]]
id = "{SELECT}"
verdict = "fail"
reason = "upstream issue 7"

[[deviation]]
id = "{SYNTAX}"
verdict = "fail"
reason = "it lists what it has"

[[deviation]]
id = "3501-6.4.3-renumber"
verdict = "fail"
reason = "gone in 1.2"

[[deviation]]
id = "3501-9-text"
verdict = "fail"
reason = "rare"
case = "rfc3501/9/not-played"
"""


def record() -> tuple[list[Result], list[Finding]]:
    results = [failed(deviation=NO_FLAGS), result(EXPUNGE)]
    syntax = {"source": "syntax", "cases": (SELECT, EXPUNGE)}
    return results, [
        finding(deviation=NO_FLAGS),
        finding(SYNTAX, deviation=RECENT, **syntax),
        finding(SYNTAX, deviation=BRACKET, **syntax),
        finding("3501-7-x", deviation="NOOP: no tagged OK", cases=(EXPUNGE,)),
    ]


def write(tmp_path: Path, text: str = OLD) -> Path:
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_deviation_that_an_entry_excused_becomes_an_entry(tmp_path: Path) -> None:
    results, findings = record()
    migrated = migrate(load_old(write(tmp_path)), results, findings)
    entries = {entry.deviation: entry for entry in migrated.entries}
    assert set(entries) == {NO_FLAGS, RECENT, BRACKET}
    assert entries[NO_FLAGS].reason == "upstream issue 7"
    assert entries[BRACKET].reason == "it lists what it has"
    assert [entry.deviation for entry in migrated.new] == ["NOOP: no tagged OK"]


def test_what_became_of_each_is_said(tmp_path: Path) -> None:
    migrated = migrate(load_old(write(tmp_path)), *record())
    assert [fate for _, fate, _ in migrated.fates] == [
        "carried over",
        "split",
        "dropped",
        "not found",
    ]
    said = account_of(migrated)
    assert "3501-9-text in rfc3501/9/not-played" in said
    assert "4 entries of before: 1 carried over, 1 split, 1 dropped, 1 not found" in said
    assert "not known before (1): not written" in said


def test_an_entry_for_a_case_is_about_what_the_case_found() -> None:
    old = Old(SELECT, "fail", "why")
    results, findings = record()
    migrated = migrate([old], results, findings[:1])
    assert migrated.fates == ((old, "carried over", (NO_FLAGS,)),)
    gone = migrate([old], [result()], [])
    assert gone.fates == ((old, "dropped", ()),)
    generated = Old(REQUIREMENT, "fail", "why", "fuzz")
    found = finding(deviation="x", cases=("fuzz/programs",))
    (entry,) = migrate([generated], [], [found]).entries
    assert entry.cases == ("fuzz",)


def test_a_new_file_is_not_migrated(tmp_path: Path) -> None:
    text = '[[deviation]]\ndeviation = "x"\nrule = "r"\nverdict = "fail"\nreason = "y"\n'
    with pytest.raises(KnownError, match="nothing to convert"):
        load_old(write(tmp_path, text))


def test_the_verb_rewrites_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, results = write(tmp_path), tmp_path / "results.jsonl"
    cases, findings = record()
    end = end_record(cases, findings, duration=1.0)
    rows = [run(), *cases, *findings, end]
    results.write_text("".join(json.dumps(row.to_json()) + "\n" for row in rows), encoding="utf-8")
    assert cli.main(["known", "migrate", str(path), "--results", str(results)]) == 0
    assert "4 entries of before" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8").startswith("# Examplemail 1.2\n")
    assert len(KnownDeviations.load(path).entries) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["migrate"], "known migrate FILE"),
        (["rewrite", "x"], "known migrate FILE"),
        (["migrate", "{file}"], "give --results of a new run, or a server"),
        (["migrate", "{file}", "--results", "none.jsonl"], "No such file"),
        (["migrate", "none.toml", "--server", "pymap"], "No such file"),
    ],
)
def test_wrong_words_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    path = write(tmp_path)
    assert cli.main(["known", *(word.format(file=path) for word in words)]) == 2
    assert message in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == OLD
