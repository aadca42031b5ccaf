"""How large a report is, and how long a browser takes to open it and to filter it.

    python tests/bench/bench_report.py [REPORT] [--rounds N]

Without a report, runs the whole suite against the embedded server first, which takes a minute.
Each round opens it anew in a headless Chromium; milliseconds on a machine that does other things
besides tell little, the smallest tells most.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
_ELEMENTS = "document.getElementsByTagName('*').length"
_FILTERED = """() => {
  const words = document.querySelector('input[type=search]');
  words.value = 'fetch body';
  const begin = performance.now();
  words.dispatchEvent(new Event('input', { bubbles: true }));
  document.body.offsetHeight;
  return performance.now() - begin;
}"""


def make(folder: Path) -> Path:
    """Run the suite and return its report."""
    words = ["run", "--server", "pymap", "--quiet", "--output", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "conformance.cli", *words],
        stdout=subprocess.DEVNULL,
        timeout=900,
        check=False,  # findings are what the report is to be full of
    )
    return folder / "report.html"


def rounds(browser: Browser, report: Path, number: int) -> tuple[list[float], list[float], int]:
    """Open the report so often: milliseconds to open and to filter, and the number of elements."""
    opened, filtered, elements = [], [], 0
    for _ in range(number):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(report.resolve().as_uri())
        opened.append(float(page.evaluate(_LOADED)))
        filtered.append(float(page.evaluate(_FILTERED)))
        elements = int(page.evaluate(_ELEMENTS))
        page.close()
    return opened, filtered, elements


def show(what: str, times: list[float]) -> None:
    middle = statistics.median(times)
    print(f"{what:10} {min(times):6.0f} ms at best, {middle:6.0f} in the middle, of {len(times)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", nargs="?", type=Path, help="a report.html of a run")
    parser.add_argument("--rounds", type=int, default=7, choices=range(1, 100), metavar="N")
    options = parser.parse_args()
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        parser.error("Chromium is not installed")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        report = options.report or make(Path(folder))
        if not report.is_file():
            parser.error(f"there is no {report}")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened, filtered, elements = rounds(browser, report, options.rounds)
        browser.close()
        print(f"size       {report.stat().st_size / 1e6:.2f} MB, {elements} elements")
    show("opens in", opened)
    show("filters in", filtered)
    return 0


if __name__ == "__main__":
    sys.exit(main())
