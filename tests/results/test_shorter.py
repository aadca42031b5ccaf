from __future__ import annotations

import html.parser
import re

import pytest
from results_sample import finding, run

from conformance.results.html_finding import Teller
from conformance.results.records import RecordedLine
from conformance.results.shorter import compact, told_once

LONG = "what a line of the server says of the mailbox"
FOLDED = f"<details><summary>More</summary><p><code>{LONG}</code></p></details>"


class Reader(html.parser.HTMLParser):
    """What a piece of HTML says: elements with their attributes, and words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_what_is_folded_away_twice_is_told_once() -> None:
    first, second = told_once(FOLDED * 2).split("</details>")[:2]
    assert first.endswith(f'<code id="n0">{LONG}</code></p>')
    assert second.endswith('<code data-n="0"></code></p>')


def test_what_is_not_folded_away_is_what_is_referred_to() -> None:
    made = told_once(f"{FOLDED}<p><span>{LONG}</span></p><p><span>{LONG}</span></p>")
    assert made.count(LONG) == 2
    assert '<code data-n="0"></code></p></details>' in made
    assert f'<p><span id="n0">{LONG}</span></p><p><span>{LONG}</span></p>' in made


def test_the_boxes_of_a_mailbox_are_told_once_with_their_markup() -> None:
    boxes = "<samp><i><b>1</b> UID 5 \\Seen</i> <i><b>2</b></i></samp>"
    made = told_once(f"<details>{boxes}{boxes}</details>")
    assert made.count("UID 5") == 1
    assert '<samp data-n="0"></samp>' in made


@pytest.mark.parametrize(
    "body",
    [
        f"<p><code>{LONG}</code></p>" * 2,  # in sight
        FOLDED,  # once
        "<details><code>short</code><code>short</code></details>",
        f"<details open><summary><span>{LONG}</span></summary></details>" * 2,  # its heading
        f'<details><code id="a">{LONG}</code><code id="b">{LONG}</code></details>',
    ],
)
def test_anything_else_is_written_out(body: str) -> None:
    assert told_once(body) == body


def test_what_a_line_is_stands_on_the_page_once() -> None:
    twice = (RecordedLine(0.1, "main", "S", "* 3 EXISTS"),) * 2
    again = [finding(shape=str(n), transcript=twice) for n in range(3)]
    told = Teller(run()).group("Violations", again)
    note = "how many messages the mailbox holds"
    assert told.count(note) == 6
    assert told_once(told).count(note) == 1


def test_a_compact_body_says_the_same() -> None:
    body = (
        '<ul class="ic-plain"><li>a = &quot;b&quot; &amp;quot; &lt;/li&gt;</li><li>it&#x27;s</li>'
        "</ul>"
        '<table><tr><th scope="col">x</th><td title="RFC 3501" class="">y</td></tr></table>'
        '<dl><dt>class=&quot;z&quot;</dt><dd title="&quot;&gt;">w</dd></dl>'
    )
    made = compact(body)
    assert len(made) < len(body)
    assert (Reader(made).seen, Reader(made).words) == (Reader(body).seen, Reader(body).words)


def test_what_a_server_sent_gets_no_markup_by_being_compact() -> None:
    made = compact(told_once("<p>&lt;b title=&quot;x&quot;&gt;&amp;lt;</p>" * 2))
    assert re.findall("<[^>]*>", made) == ["<p>", "</p>"] * 2
