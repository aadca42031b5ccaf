from __future__ import annotations

import html.parser
import re

import pytest

from conformance.results import shorter
from conformance.results.shorter import compact, packed_folds, unpacked_folds

LONG = "what a line of the server says of the mailbox, at a length that is worth it to be packed"
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


@pytest.fixture
def nothing_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shorter, "PLAIN", 0)


@pytest.mark.usefixtures("nothing_plain")
def test_what_is_folded_away_is_packed_and_found_again() -> None:
    body = f"<p>In sight</p>{FOLDED}<i>between</i>{FOLDED}"
    made = packed_folds(body)
    assert LONG not in made
    assert made.count("<summary>More</summary></details>") == 2
    assert made.startswith('<p>In sight</p><details data-n="0"><summary>More</summary></details>')
    for page in (made, compact(made)):
        assert Reader(unpacked_folds(page)).words == Reader(body).words
    assert packed_folds(body) == made


@pytest.mark.usefixtures("nothing_plain")
def test_of_a_row_of_the_table_only_the_place_is_left() -> None:
    row = f"{shorter.ROW_FOLD}{FOLDED.removeprefix('<details>')}"
    made = str(shorter.packed_folds(f"<td>one {row}</td><td>two</td>{FOLDED}"))
    assert made.startswith('<td>one <wbr data-n="0"></td><td>two</td><details data-n="1">')
    whole = f"<td>one {shorter.compact(row)}</td><td>two</td>{FOLDED}"
    assert shorter.unpacked_folds(made) == whole


@pytest.mark.usefixtures("nothing_plain")
def test_a_part_within_another_goes_with_it() -> None:
    within = f"<details class=a><summary>All</summary>{FOLDED}{FOLDED}</details><p>after</p>"
    made = packed_folds(within)
    assert made.startswith('<details class=a data-n="0"><summary>All</summary></details><p>after')
    assert Reader(unpacked_folds(made)).words == Reader(within).words


@pytest.mark.usefixtures("nothing_plain")
@pytest.mark.parametrize(
    "body",
    [
        f"<p><code>{LONG}</code></p>",
        "<details><summary>More</summary>short</details>",
        FOLDED.replace("<details>", "<details open>"),
        FOLDED.replace("<code>", '<code id="a">'),  # a link leads here
    ],
)
def test_anything_else_stays(body: str) -> None:
    assert packed_folds(body) == body
    assert unpacked_folds(body) == body


def test_the_first_that_is_folded_away_stays_for_who_has_no_scripts() -> None:
    fits = shorter.PLAIN // (FOLDED.index("</details>") - FOLDED.index("<p>"))
    made = packed_folds(FOLDED * (fits + 3))
    assert made.startswith(FOLDED * fits)
    assert made.count("<summary>More</summary></details>") == 3


@pytest.mark.usefixtures("nothing_plain")
def test_what_a_server_sent_is_not_taken_for_a_part_that_is_packed() -> None:
    sent = "&lt;details data-n=0&gt;&lt;summary&gt;&lt;/summary&gt; <i>x</i>" * 9
    body = f"<p>{sent}</p><details><summary>{sent}</summary>{sent}</details>"
    made = packed_folds(body)
    assert Reader(unpacked_folds(made)).words == Reader(body).words


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
    made = compact(packed_folds("<p>&lt;b title=&quot;x&quot;&gt;&amp;lt;</p>" * 2))
    assert re.findall("<[^>]*>", made) == ["<p>", "</p>"] * 2
