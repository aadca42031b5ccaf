"""What published servers do about a rule, as the report of a run tells it."""

from __future__ import annotations

import json
from pathlib import Path

from results_pair import MAY, bad, good
from results_sample import REQUIREMENT

from conformance.results.matrix import matrix
from conformance.results.others import Others, others_of, published


def told() -> Others:
    compared = matrix([good(), bad(name="Othermail", version="")])
    said = json.loads(others_of(compared, ["examplemail-1.2", "othermail 3"]))
    return Others(tuple(said["servers"]), said["rules"])


def test_who_keeps_a_rule_and_who_does_not() -> None:
    assert told().of(REQUIREMENT) == "not kept by othermail 3; kept by Examplemail 1.2"
    assert told().of(MAY) == "done by Examplemail 1.2; not done by othermail 3"


def test_nothing_is_said_of_the_server_itself_and_of_what_nobody_was_asked() -> None:
    assert told().of(REQUIREMENT, "Examplemail 1.2") == "not kept by othermail 3"
    assert told().of("3501-9-nothing") == ""


def test_where_nothing_is_published_nothing_is_said(tmp_path: Path) -> None:
    assert published(tmp_path / "none.json").of(REQUIREMENT) == ""


def test_what_this_project_has_published_is_told() -> None:
    said = published()
    assert len(said.servers) > 3
    assert "kept by" in said.of("3501-6.1.2-ok")
