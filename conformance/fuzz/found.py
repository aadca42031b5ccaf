"""What a search has found, written as case files that `run` plays and anybody can read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from conformance.casefile.compose import compose, file_name
from conformance.fuzz.failure import Failure, Rules

_TITLE = 90  # characters


def write(
    failure: Failure,
    rules: Rules,
    folder: Path,
    target: str,
    taken: Collection[Path] = (),
    shard: str = "",
) -> Path:
    """Write a failure as a case file into a folder; returns its path.

    `taken` are the files of other failures, which stay: two may have one title (FETCH, UID FETCH).
    `shard` is the number of a search among those that write into the folder at the same time.
    Raises OSError when it can not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rule = rules(failure.requirement)
    section = rule.section if rule else "9"
    title = _title(failure)
    named = folder / file_name(section, f"{failure.phase} {title}")
    path = named = named.with_stem(f"{named.stem}-shard{shard}") if shard else named
    number = 1
    while path in taken:
        number += 1
        path = named.with_stem(f"{named.stem}-{number}")
    for name, octets in failure.messages.items():
        (folder / name).write_bytes(octets.replace(b"\r\n", b"\n"))
    path.write_text(_text(failure, rules, title, target), encoding="utf-8")
    return path


def _text(failure: Failure, rules: Rules, title: str, target: str) -> str:
    rule = rules(failure.requirement)
    labels = [
        rule.level if rule else "MUST",
        failure.requirement,
        f"state={failure.start}",
        f"mailbox={failure.fixture}",
    ]
    return compose(
        title,
        labels,
        _prose(failure, rule.rule if rule else "", target),
        failure.exchanges,
        heading=f"Found by generated sessions on {target}",
        all_prove=True,
    )


def _title(failure: Failure) -> str:
    words = failure.message.replace("{name.mailbox", "{mailbox").replace("`", "").split()
    title = ""
    for word in words:
        if len(title) + len(word) >= _TITLE:
            break
        title = f"{title} {word}".strip()
    return "".join(c for c in title if c.isprintable() and c.isascii()) or failure.requirement


def _prose(failure: Failure, rule: str, target: str) -> str:
    lines = [rule, ""] if rule else []
    lines += [f"Seen on {target}: {_plain(failure.message)}", ""]
    if failure.received:
        lines += [f"Received: `{_plain(failure.received)}`", ""]
    if failure.source != "case":
        lines += ["An ambient check sees it; the answers below are those that came.", ""]
    if failure.tries:
        lines.append(f"Reproduced, {failure.seen} of {failure.tries} attempts showed it.")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Make text from a server safe for a line of Markdown."""
    return "".join(c if c.isprintable() and c != "`" else " " for c in text).strip()
