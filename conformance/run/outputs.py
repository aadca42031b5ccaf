"""What a run leaves behind besides its record and pytest's reports: pages, badge, last words.

Written from what a campaign keeps when it is over; the views themselves are in `results`.
"""

from __future__ import annotations

import json
import os

from rich.console import Console

from conformance.results import github
from conformance.results.badge import badge_json, badge_of, badge_svg
from conformance.results.findings import findings_page
from conformance.results.formats import WRITERS
from conformance.results.job_page import job_page
from conformance.results.reader import RunRecording
from conformance.results.summary import violations
from conformance.results.terminal import print_summary
from conformance.run.campaign import Campaign
from conformance.run.leftovers import clean_command, print_left
from conformance.run.record import RESULTS

_NAMED = {
    "report": "report.html",
    "findings": "findings.md",
    "record": RESULTS,
    "JUnit": "junit.xml",
    "for CI": "summary.md",
}


def write_pages(campaign: Campaign, *, left_out: str = "") -> None:
    """Write `findings.md`, `summary.md` and the badge; nothing if the run did not happen.

    `left_out` says in words what was not played. On GitHub the summary goes to the page of the
    job too, and the numbers of violations are outputs of the step.

    Raises:
        OSError: one of them can not be written.
    """
    run, end, results = campaign.record.run, campaign.record.end, campaign.record.results
    if run is None or end is None:
        return
    findings = campaign.record.marked_findings()
    badge = badge_of(results, findings, end)
    page = job_page(
        run, results, findings, end, unexpected=campaign.record.unexpected, left_out=left_out
    )
    pages = {
        "findings.md": findings_page(run, findings),
        "summary.md": page,
        "badge.json": badge_json(badge),
        "badge.svg": badge_svg(badge),
    }
    if campaign.generated.exercised:
        pages["grammar.json"] = json.dumps(campaign.generated.exercised.to_json()) + "\n"
    record = RunRecording(run, tuple(results), tuple(findings), end)
    made = (WRITERS[name](record) for name in campaign.settings.formats)
    pages |= {each.name: each.text for each in made}
    for name, text in pages.items():
        (campaign.settings.output / name).write_text(text, encoding="utf-8")
    github.add_summary(page, os.environ)
    github.add_outputs(violations(results, findings), os.environ)


def print_outcome(campaign: Campaign, console: Console, *, left_out: str = "") -> None:
    """Print what the run found; on GitHub also as annotations of the job."""
    run, end, output = campaign.record.run, campaign.record.end, campaign.settings.output
    if run is None or end is None:
        return
    findings = campaign.record.marked_findings()
    named = [("noted", fact.line) for fact in campaign.facts if fact.remarkable]
    named += [("left out", left_out)] if left_out else []
    files = {name: output / file for name, file in _NAMED.items()}
    named += [(name, str(file)) for name, file in files.items() if file.exists()]
    with github.fence(console.out, os.environ):
        print_summary(
            console,
            run,
            campaign.record.results,
            findings,
            end,
            unexpected=campaign.record.unexpected,
            known_file=campaign.settings.known.source,
            since=campaign.record.since,
            reports=named,
            verbose=campaign.settings.verbose,
            slowest=campaign.settings.durations,
        )
    settings = campaign.settings
    again = clean_command(settings.repeat, settings.options, campaign.hidden)
    print_left(console, end.left_behind, again)
    if github.here(os.environ):
        for line in github.annotate(violations(campaign.record.results, findings)):
            console.out(line, highlight=False)
