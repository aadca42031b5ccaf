"""The report as somebody meets it: in a browser, by keyboard, on a phone, offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from results_report import write_report
from results_sample import EXPUNGE

pytestmark = pytest.mark.browser

HOSTILE = "<script>alert(1)</script>"
ROWS = 15


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("report"))


@pytest.fixture
def page(chromium: Browser, report: Path) -> Iterator[Page]:
    """The report as it opens; nothing that a test does may run what it holds or fetch anything."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    amiss: list[str] = []
    page.on("request", lambda request: amiss.append(request.url))
    page.on("dialog", lambda dialog: (amiss.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: amiss.append(str(error)))
    page.goto(report.as_uri())
    yield page
    context.close()
    assert amiss == [report.as_uri()]


def rows(page: Page) -> int:
    return page.locator("#results-table tbody tr:visible").count()


def test_the_first_screen_says_what_was_tested_and_what_came_of_it(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("IMAP conformance of Examplemail 1.2")
    for text in ("distinct violations of MUST rules", "imap://u1@127.0.0.1:1143", "6.3.1"):
        expect(page.get_by_text(text).first).to_be_in_viewport()


def test_what_a_hostile_server_sent_stays_text(page: Page) -> None:
    assert page.locator("script").count() == 1
    assert HOSTILE in (page.locator("main").text_content() or "")
    page.evaluate(
        "() => { const s = document.createElement('script');"
        " s.textContent = 'window.ran = true'; document.body.append(s); }"
    )
    assert page.evaluate("window.ran") is None  # what the policy is for


def test_a_script_would_run_without_the_policy(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<script>window.ran = true</script>")
    assert page.evaluate("window.ran") is True
    page.close()


def test_the_table_is_filtered_by_keyboard(page: Page) -> None:
    assert rows(page) == ROWS
    page.get_by_label("Search").focus()
    page.keyboard.type("expunge numbered")
    assert rows(page) == 1
    expect(page.get_by_text(f"1 of {ROWS} shown")).to_be_visible()
    page.get_by_role("button", name="Show all").press("Enter")
    expect(page.get_by_text(f"{ROWS} of {ROWS} shown")).to_be_visible()
    page.get_by_label("Level").focus()
    page.keyboard.type("MAY")
    assert rows(page) == 2
    page.get_by_label(re.compile("^yes")).press("Space")
    assert rows(page) == 1


def test_the_table_is_filtered_by_section(page: Page) -> None:
    page.get_by_label("Section").select_option("RFC 3501 6.4.5")
    assert rows(page) == 3
    page.locator(".ic-sections a", has_text="6.4.3").press("Enter")
    assert rows(page) == 2
    expect(page.get_by_role("heading", name="All results")).to_be_in_viewport()


def test_the_table_is_sorted_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Section", exact=True).press("Enter")
    head = page.locator("#results-table").get_by_role("columnheader", name="Section")
    expect(head).to_have_attribute("aria-sort", "ascending")
    sections = page.locator("#results-table tbody tr td:nth-child(2)").all_inner_texts()
    assert sections.index("6.1.2") < sections.index("6.3.1") < sections.index("6.3.11")


def test_a_transcript_is_opened_by_keyboard(page: Page) -> None:
    finding = page.locator(".ic-finding").first
    summary = finding.get_by_text("Transcript", exact=True)
    expect(finding.locator(".ic-wire")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(finding.locator(".ic-wire")).to_be_visible()
    expect(finding.locator("mark").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_transcript_is_stepped_through_by_keyboard(page: Page) -> None:
    finding = page.locator(".ic-finding", has=page.locator(".ic-state")).first
    finding.get_by_text("Transcript", exact=True).press("Enter")
    wire = finding.locator(".ic-wire")
    expect(finding.locator(".ic-now")).to_have_count(0)
    wire.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(finding.locator(".ic-now")).to_have_count(1)
    expect(finding.locator(".ic-step output")).to_contain_text("Line 2 of 4")
    expect(finding.locator(".ic-later")).to_have_count(2)
    finding.get_by_role("button", name="Step").press("Enter")
    finding.get_by_role("button", name="Step").press("Enter")
    expect(finding.locator(".ic-step output")).to_contain_text("3 messages")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(finding.locator(".ic-now")).to_have_count(1)
    finding.get_by_role("button", name="All lines").press("Enter")
    expect(finding.locator(".ic-later")).to_have_count(0)


def test_what_is_packed_can_be_read_wherever_it_belongs(page: Page, report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert text.count("<details data-n=") > 3
    assert text.count("<wbr data-n=") > 1  # in rows
    assert "<details><summary>Transcript</summary><div" in text  # the first is not
    expect(page.locator("[data-n]")).to_have_count(0)
    empty = "[...document.querySelectorAll('details')].filter((each) => each.children.length < 2)"
    assert page.evaluate(f"{empty}.length") == 0
    page.get_by_label("Search").fill("upstream issue 12")  # a row unfolds to it
    assert 0 < rows(page) < ROWS


def test_what_is_packed_is_there_as_soon_as_it_is_unfolded(chromium: Browser, report: Path) -> None:
    page = chromium.new_page()
    page.add_init_script("window.requestIdleCallback = () => {}")  # nothing is read ahead
    page.goto(report.as_uri())
    details = page.locator(".ic-finding details[data-n]").last
    details.locator("summary").press("Enter")
    unfolded = page.locator(".ic-finding details[open]")
    expect(unfolded).not_to_have_attribute("data-n", re.compile(""))
    expect(unfolded.locator("pre")).to_be_visible()
    expect(unfolded.get_by_role("button", name="Copy")).to_be_visible()
    page.close()


def test_a_link_leads_into_a_row_that_is_packed(chromium: Browser, report: Path) -> None:
    page = chromium.new_page()
    page.add_init_script("window.requestIdleCallback = () => {}")  # nothing is read ahead
    page.goto(report.as_uri())
    anchor = page.locator("td[id]:has(wbr[data-n])").last.get_attribute("id")
    page.goto(f"{report.as_uri()}#{anchor}")
    page.reload()
    expect(page.locator(f"#{anchor} details[open]")).to_be_visible()
    expect(page.locator(f"#{anchor} details[open] dl")).to_be_visible()
    page.close()


def test_a_browser_that_is_never_idle_gets_all_of_it(chromium: Browser, report: Path) -> None:
    page = chromium.new_page()
    page.add_init_script("window.requestIdleCallback = undefined")
    page.goto(report.as_uri())
    expect(page.locator("[data-n]")).to_have_count(0)
    page.close()


def test_without_scripts_the_page_says_what_is_left_empty(chromium: Browser, report: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    expect(page.get_by_text("Scripts are off here")).to_be_visible()
    expect(page.locator(".ic-rule").first).to_be_visible()
    page.get_by_text("Transcript", exact=True).first.press("Enter")
    expect(page.locator(".ic-wire").first).to_be_visible()
    context.close()


def test_a_browser_that_cannot_unpack_says_so(chromium: Browser, report: Path) -> None:
    page = chromium.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(report.as_uri())
    expect(page.get_by_text("this browser is older than 2023")).to_be_visible()
    page.close()


def test_with_scripts_nobody_is_told_that_they_are_off(page: Page) -> None:
    expect(page.get_by_text("Scripts are off here")).to_be_hidden()


def test_arrows_go_from_lane_to_lane(page: Page) -> None:
    finding = page.locator(".ic-finding").first
    finding.get_by_text("Transcript", exact=True).press("Enter")
    for way in (".ic-client", ":not(.ic-client)"):
        line = finding.locator(f".ic-wire li{way}").first
        width = line.evaluate("e => parseFloat(getComputedStyle(e, '::before').width)")
        assert width > 40
    lanes = finding.locator(".ic-wire li").first.evaluate(
        "e => getComputedStyle(e).backgroundImage"
    )
    assert "repeating-linear-gradient" in lanes


def test_a_cause_leads_to_its_violation(page: Page) -> None:
    page.locator(".ic-causes a").first.press("Enter")
    expect(page.locator(".ic-finding:target")).to_be_in_viewport()


def test_on_paper_nothing_scrolls_and_no_button_is_left(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.emulate_media(media="print")
    overflow = page.locator(".ic-wire").first.evaluate("e => getComputedStyle(e).overflowY")
    assert overflow == "visible"
    assert page.locator(".ic-step:visible").count() == 0
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_commands_are_copied(page: Page) -> None:
    finding = page.locator(".ic-finding").first
    finding.get_by_text("What the client sent, for a shell").press("Enter")
    finding.get_by_role("button", name="Copy").last.press("Enter")
    expect(page.get_by_role("status").last).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("HOST=127.0.0.1 PORT=1143\n")
    assert copied.endswith('openssl s_client -quiet -starttls imap -connect "$HOST:$PORT"')


def test_a_link_leads_to_a_row_that_was_filtered_away(page: Page) -> None:
    page.get_by_label("Search").fill("nothing has these words")
    assert rows(page) == 0
    page.locator(".ic-finding a", has_text=EXPUNGE).first.press("Enter")
    row = page.locator("#results-table tr", has_text=EXPUNGE)
    expect(row).to_be_in_viewport()
    expect(row.locator("details")).to_have_attribute("open", "")


def test_a_row_leads_to_the_violation_that_it_shows(page: Page) -> None:
    row = page.locator("#results-table tr", has=page.locator("a")).first
    row.get_by_text("Details").press("Enter")
    row.get_by_role("link").first.press("Enter")
    expect(page.locator(".ic-finding:target")).to_be_in_viewport()


def test_a_phone_needs_no_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_what_is_there(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<img src=x><p style='color: #ccc'>pale</p>")
    assert Axe().run(page).violations_count > 0
    page.close()
