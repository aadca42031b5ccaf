from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from results_sample import HOSTILE

from conformance.results.packed import packed_page, unpacked_page

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>A &amp; B</title></head>
<body><p id="p">söme</p><script>document.getElementById("p").append(" ran " + 6 * 7)</script>
</body></html>"""


def test_a_page_comes_out_as_it_went_in_and_the_same_each_time() -> None:
    packed = packed_page(PAGE, instead="findings.md")
    assert unpacked_page(packed) == PAGE
    assert packed == packed_page(PAGE, instead="findings.md")
    assert "<title>A &amp; B</title>" in packed
    assert 'href="findings.md"' in packed


def test_a_hostile_title_stays_text() -> None:
    hostile = HOSTILE.replace("\udc80", "")  # no file in UTF-8 holds that
    packed = packed_page(f"<title>{hostile}&lt;img src=x&gt;</title>", instead="x")
    assert "<script>alert" not in packed
    assert "<img" not in packed


def test_what_is_not_packed_is_said() -> None:
    with pytest.raises(ValueError, match="no packed page"):
        unpacked_page(PAGE)


def test_a_browser_opens_it_from_the_file_alone(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium")
    path = tmp_path / "report.html"
    path.write_text(packed_page(PAGE, instead="findings.md"), encoding="utf-8")
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    ran = subprocess.run(
        [chromium, *words, "--dump-dom", path.as_uri()],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "söme ran 42" in ran.stdout
