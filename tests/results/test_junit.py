from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from results_sample import HOSTILE, REQUIREMENT, failed, result

from conformance.results.junit import class_name, properties
from conformance.results.records import Known, Verdict

CONFTEST = """
import pytest
from results_sample import HOSTILE, failed

from conformance.results.junit import properties


@pytest.fixture(autouse=True)
def _attach(request):
    request.node.user_properties.extend(properties(failed(cause=HOSTILE)))
"""


def test_properties_say_what_a_dashboard_needs() -> None:
    pairs = properties(failed(requirements=("a", "b"), known=Known(Verdict.FAIL, "issue 1")))
    assert [value for name, value in pairs if name == "requirement"] == ["a", "b"]
    assert dict(pairs)["verdict"] == "fail"
    assert dict(pairs)["known"] == "issue 1"
    assert "cause" not in dict(properties(result()))


def test_pytest_writes_them_and_keeps_hostile_text_as_text(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n", encoding="utf-8")
    here = Path(__file__).resolve().parent
    paths = os.pathsep.join([str(here), str(here.parents[1])])
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--junit-xml=junit.xml", "-q"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    tree = ET.parse(tmp_path / "junit.xml")  # noqa: S314 - our own file
    found = {p.get("name"): p.get("value") for p in tree.iter("property")}
    assert found["requirement"] == REQUIREMENT
    assert "<script>" in str(found["cause"])
    assert "\x1b" not in str(found["cause"])
    assert HOSTILE[:25] in str(found["cause"])


def test_a_case_is_in_a_class_of_its_file_and_a_check_among_the_checks() -> None:
    assert class_name(result("rfc3501/6.3.1-select/a/b")) == "rfc3501.6-3-1-select"
    assert class_name(result("ambient/3501-9-text", kind="ambient")) == "ambient.checks"
