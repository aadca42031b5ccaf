"""The page as somebody meets it: by keyboard, on a phone, in both themes, with a file to keep."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conformance.web.server import PasteServer

pytestmark = pytest.mark.browser

PASTE = """\
S: * OK [CAPABILITY IMAP4rev1] <script>alert(1)</script>
C: a1 LOGIN fred s3cretword
S: a1 OK in
C: a2 NOOP
S: *  3 EXISTS
S: a2 OK x
C: a3 FETHC 1
S: a3 BAD s3cretword
...
C: a4 LOGOUT
S: * BYE bye
S: a4 OK x
"""
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def server() -> Iterator[PasteServer]:
    with PasteServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(60)


@pytest.fixture(params=SIZES)
def context(
    chromium: Browser, server: PasteServer, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A browser of a size; nothing may be asked of anybody else, and no script may run."""
    width, height = SIZES[request.param]
    scheme = "dark" if request.param == "phone" else "light"
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(60_000)
    amiss: list[str] = []
    context.on("request", lambda r: r.url.startswith(server.address) or amiss.append(r.url))
    context.on("dialog", lambda dialog: (amiss.append(dialog.message), dialog.dismiss()))
    yield context
    context.close()
    assert amiss == []


@pytest.fixture
def page(context: BrowserContext, server: PasteServer) -> Page:
    """The result of a paste, made with the keyboard alone."""
    page = context.new_page()
    page.goto(server.address)
    page.keyboard.press("Tab")
    expect(page.get_by_label("The session")).to_be_focused()
    page.keyboard.insert_text(PASTE)
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Format")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/*")
    return page


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def accessible(page: Page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_a_finding_leads_to_its_line_and_the_line_to_its_rules(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("What was found")
    page.get_by_role("link", name="line 5").first.press("Enter")
    line = page.locator("#at5")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("breaks a MUST")
    expect(line.locator("mark")).to_be_visible()
    summary = page.locator("#at4 summary")
    expect(page.locator("#at4 table")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#at4 table")).to_contain_text("command")
    expect(page.locator("#at9")).to_contain_text("left out")
    assert fits(page)
    assert accessible(page) == []


def test_no_password_and_no_script_is_on_it(page: Page) -> None:
    html = page.content()
    assert "s3cretword" not in html
    assert "[hidden]" in html
    assert page.locator("script").count() == 0
    assert "<script>alert(1)</script>" in page.locator("#at1").inner_text()


def test_the_file_stands_alone(page: Page, context: BrowserContext, tmp_path: Path) -> None:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as one HTML file").press("Enter")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    page.close()
    alone = context.browser.new_page() if context.browser else context.new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    expect(alone.get_by_role("heading", level=1)).to_have_text("An IMAP session, explained")
    expect(alone.locator("#at5 mark")).to_be_visible()
    assert "s3cretword" not in alone.content()
    assert alone.evaluate("getComputedStyle(document.querySelector('.session')).listStyle") != ""
    assert asked == [file.as_uri()]
    alone.close()


def test_the_form_is_accessible_and_says_what_was_wrong(
    context: BrowserContext, server: PasteServer
) -> None:
    page = context.new_page()
    page.goto(server.address)
    assert accessible(page) == []
    assert fits(page)
    page.get_by_role("button", name="Explain").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("the file is empty")
    assert fits(page)


def test_an_answer_is_typed_to_an_exercise_and_judged(
    context: BrowserContext, server: PasteServer
) -> None:
    page = context.new_page()
    page.goto(server.address)
    page.get_by_role("link", name="Exercises").press("Enter")
    assert accessible(page) == []
    page.get_by_role("link", name="Searching").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Searching")
    field = page.get_by_label("The lines of the server")
    field.focus()
    page.keyboard.insert_text("* SEARCH <b>two</b>\na3 OK done")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Wrong")
    expect(page.get_by_text("mailbox-data does not allow").first).to_be_visible()
    expect(field).to_have_value("* SEARCH <b>two</b>\na3 OK done")
    assert accessible(page) == []
    assert fits(page)
    field.fill("* SEARCH 2\na3 OK done")
    page.get_by_role("button", name="Judge").press("Enter")
    expect(page.get_by_text("1 is missing")).to_be_visible()
    field.fill("* SEARCH 6 1 3 5 4\na3 OK done")
    page.get_by_role("button", name="Judge").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Right: a server may say this.")
    page.get_by_role("link", name="The next one").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What an extension is")
