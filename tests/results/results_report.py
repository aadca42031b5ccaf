"""A report of invented results, written by pytest-html through the hooks that a run uses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = """
import pytest
from pytest_html import extras
from pytest_metadata.plugin import metadata_key
from results_sample import (
    HOSTILE, failed, finding, lines, result, run, syntax_finding, whole_run
)

from conformance.results import html as report
from conformance.results import shorter
from conformance.results.page import html_report
from conformance.results.summary import end_record

shorter.PLAIN = 9_000  # some of it is packed, as in a larger one
_, MORE, FINDINGS = whole_run()
RESULTS = {
    "test_good": result(title=HOSTILE),
    "test_bad": failed(reason=HOSTILE, transcript=lines(HOSTILE)),
    **{f"test_more[{number}]": one for number, one in enumerate(MORE)},
}
FINDINGS = [finding(received=HOSTILE), syntax_finding(message=HOSTILE), *FINDINGS]
HEAD = run(server=HOSTILE)


def pytest_configure(config):
    config.stash[metadata_key].clear()
    config.stash[metadata_key].update(report.environment(HEAD))
    config.pluginmanager.register(html_report(config.rootpath / "report.html", config))


def pytest_html_report_title(report):
    from conformance.results import html

    report.title = html.title(HEAD)


def pytest_html_results_table_header(cells):
    report.table_header(cells)


def pytest_html_results_table_row(report, cells):
    from conformance.results import html

    html.table_row(cells, report.nodeid, RESULTS.get(report.nodeid.rpartition("::")[2]))


def pytest_html_results_summary(prefix, summary, postfix, session):
    end = end_record(list(RESULTS.values()), FINDINGS, duration=1)
    prefix.extend(report.summary(HEAD, list(RESULTS.values()), FINDINGS, end))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    made = yield
    if made.when == "call" and item.name in RESULTS:
        one = RESULTS[item.name]
        seen = [f for f in FINDINGS if made.failed or one.id in f.cases]
        piece = report.result_extra(one, seen)
        made.extras = [extras.html(piece)] if piece else []
    return made
"""

TESTS = """
import pytest
from results_sample import HOSTILE, whole_run


@pytest.mark.parametrize("number", range(len(whole_run()[1])))
def test_more(number):
    pass


def test_good():
    print(HOSTILE.encode("ascii", "replace"))


def test_bad():
    assert False, HOSTILE.encode("ascii", "replace")


def test_other():
    pass
"""


def write_report(folder: Path) -> Path:
    """Let pytest run in an empty folder and write `report.html` there."""
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    here = Path(__file__).resolve().parent
    paths = [str(here), str(here.parents[1])]
    plugins = ["-p", "pytest_metadata.plugin", "-p", "pytest_html.plugin"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(paths), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed, 14 passed" in ran.stdout
    return folder / "report.html"
