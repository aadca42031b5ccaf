"""The pages: where to paste, what came of it, and the same as one file that stands alone.

No page has a script, and each names its own style as the only thing that a browser may take.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from conformance.passive.exchanges import SHOWN, Refused
from conformance.passive.lint import counts
from conformance.passive.verdicts import DistinctFinding
from conformance.results.markup import Html, join, tag
from conformance.syntax.shown import clip
from conformance.transcripts.table import FORMATS
from conformance.web.lines import LINE, anchor, session
from conformance.web.study import Study

NOTHING_ELSE = "default-src 'none'; base-uri 'none'; "
_TITLE = "Explain a session"
_FINDINGS = 200  # that are shown
_CONTEXT = 8  # lines of a finding's transcript


@functools.cache
def style() -> str:
    """Return the style of all pages."""
    return files("conformance.web").joinpath("web.css").read_text(encoding="utf-8")


@functools.cache
def policy(*, forms: bool) -> str:
    """Return what a browser may do for a page: show its style, and send the form where it is."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    target = "'self'" if forms else "'none'"
    return f"{NOTHING_ELSE}style-src 'sha256-{digest}'; form-action {target}"


def entrance(error: str = "") -> str:
    """Return the page with the form; `error` says why the last paste was not taken."""
    return framed(
        _TITLE,
        tag("h1", _TITLE),
        tag("p", "What a client and a server said, as any program logs it: each line is explained"
            " by the rules of the formal syntax, and both sides are judged. It stays on this"
            " machine. Passwords are hidden in what is shown."),
        tag("p", error, class_="bad", role="alert") if error else None,
        _form(),
        tag("h2", "Learn"),
        tag("p", tag("a", "Exercises", href="/exercises"), ": a client has said something. You type"
            " what the server has to say now, and it is judged."),
        forms=True,
    )  # fmt: skip


def result(study: Study, share: str) -> str:
    """Return what came of a paste; `share` is the address of the same as one file."""
    return framed(
        f"{_TITLE}: what was found",
        tag("h1", "What was found"),
        tag(
            "nav",
            tag("a", "Paste another", href="/"),
            " ",
            tag("a", "Save as one HTML file", href=share, download="session.html"),
            aria_label="What to do next",
        ),
        *_findings(study),
        forms=True,
    )


def shared(study: Study) -> str:
    """Return what came of a paste as a file that needs nothing else."""
    return framed(
        "An IMAP session, explained",
        tag("h1", "An IMAP session, explained"),
        *_findings(study),
        forms=False,
    )


def framed(title: str, *body: object, forms: bool) -> str:
    """Return a whole page; `forms`: it has one to be sent."""
    # Only characters that have no meaning in HTML stand in the policy, but for the quotes.
    meta = Html(f'<meta http-equiv="Content-Security-Policy" content="{policy(forms=forms)}">')
    html = tag(
        "html",
        tag(
            "head",
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            meta,
            tag("title", title),
            tag("style", Html(style())),
        ),
        tag("body", tag("main", *body)),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{html}\n"


def _form() -> Html:
    names = (tag("option", f"{form.name}: {form.of}", value=form.name) for form in FORMATS)
    area = Html('<textarea id="text" name="text" rows="16" spellcheck="false"></textarea>')
    return tag(
        "form",
        tag("label", "The session", for_="text"),
        area,
        tag(
            "p",
            tag("label", "or a file, a capture too: ", for_="file"),
            Html('<input type="file" id="file" name="file">'),
        ),
        tag(
            "p",
            tag("label", "Format: ", for_="format"),
            tag(
                "select",
                tag("option", "found out from the lines", value=""),
                *names,
                id="format",
                name="format",
            ),
        ),
        tag("button", "Explain", type="submit"),
        method="post",
        action="/",
        enctype="multipart/form-data",
    )


# -- what was found ------------------------------------------------------------------------


def _findings(study: Study) -> Iterator[Html]:
    yield from _verdict(study)
    if study.entries:
        yield tag("h2", "Findings")
        shown = study.entries[:_FINDINGS]
        yield join(*(_finding(study, number, each) for number, each in enumerate(shown, 1)))
        yield from _more(len(study.entries) - _FINDINGS, "findings")
    refused = study.verdicts.refused
    if refused:
        yield tag("h2", "Commands that were refused")
        yield tag("ul", *(_refused(study, each) for each in refused[:SHOWN]))
        yield from _more(len(refused) - SHOWN, "refusals")
    yield tag("h2", "The session")
    yield tag("p", "Open a line to see the rules that it is made of.")
    yield session(study)
    yield from _more(study.unexplained, "lines, which were judged and are not explained")


def _more(count: int, what: str) -> Iterator[Html]:
    if count > 0:
        yield tag("p", f"and {count} more {what}")


def _verdict(study: Study) -> Iterator[Html]:
    read = study.read
    if read is None:
        yield tag("p", "This is no session that can be judged, so each line is explained by itself:"
                  f" {study.secrets.mask(study.why)}", class_="verdict warn")  # fmt: skip
        return
    kind = "bad" if study.verdicts.exit_code else "warn" if study.entries else "good"
    yield tag("p", study.verdicts.summary(), class_=f"verdict {kind}")
    yield tag(
        "p",
        f"Read as {read.format}: {counts(read.sessions, read.commands, read.responses)}.",
    )
    if read.notes:
        yield tag("ul", *(tag("li", study.secrets.mask(note)) for note in read.notes))


def _finding(study: Study, number: int, entry: DistinctFinding) -> Html:
    finding, mask = entry.seen.finding, study.secrets.mask
    places = [tag("a", f"{study.unit} {place.number}", href=f"#{anchor(place.number)}")
              for place in entry.places]  # fmt: skip
    often = f" ({entry.count} times)" if entry.count > 1 else ""
    facts = (
        ("clause", f"RFC {entry.rfc} section {finding.section}"),
        ("rule", entry.rule),
        ("where", join(join(*places, by=", "), often)),
        ("found", mask(finding.message)),
        ("expected", mask(finding.expected)),
        ("received" if entry.side == "server" else "sent", tag("code", mask(finding.received))),
    )
    rows = (join(tag("dt", name), tag("dd", value)) for name, value in facts if value)
    said = finding.excerpt[-_CONTEXT:]
    context = join(*(f"{each.direction}: {mask(each.text)}" for each in said), by=LINE)
    return tag(
        "article",
        tag("h3", f"The {entry.side} breaks a {finding.level}: {finding.requirement}"),
        tag("dl", *rows),
        tag("pre", context, tabindex="0") if context else None,
        class_="finding" if entry.decides else "finding should",
        id=f"finding{number}",
    )


def _refused(study: Study, refused: Refused) -> Html:
    whose = "nobody's fault" if refused.fault == "nobody" else f"the {refused.fault}'s fault"
    place = tag(
        "a", f"{study.unit} {refused.place.number}", href=f"#{anchor(refused.place.number)}"
    )
    return tag(
        "li",
        tag("strong", f"{refused.status} to {refused.tag} {refused.command}: {whose}"),
        " (",
        place,
        "): ",
        clip(study.secrets.mask(refused.why), 1000),
    )
