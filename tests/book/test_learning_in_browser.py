"""The pages that teach, as somebody meets them: played by keyboard, on a phone, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from conformance.book.definitions import Definitions
from conformance.book.frame import framed
from conformance.book.learning import learning_pages
from conformance.book.places import Places
from conformance.casefile.suite import Suite
from conformance.learning.ideas import Idea, ideas

pytestmark = pytest.mark.browser

SIZES = {"desk": (1280, 800, "light"), "phone": (390, 844, "dark")}
UIDS = "learn-numbers-and-uids.html"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages alone: what they link to of the rest of the book is another test's."""
    made = tmp_path_factory.mktemp("learning")
    for page in learning_pages(Places((), Suite().catalogue, Definitions(()))):
        (made / page.file).write_text(framed(page, None, None), encoding="utf-8")
    return made


@pytest.fixture(params=SIZES)
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser of a size, which asks nobody for anything."""
    width, height, scheme = SIZES[request.param]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    amiss: list[str] = []
    page.on("request", lambda r: r.url.startswith("file:") or amiss.append(r.url))
    page.on("pageerror", lambda error: amiss.append(str(error)))
    yield page
    context.close()
    assert amiss == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_session_is_played_forward_and_back_by_keyboard(page: Page, folder: Path) -> None:
    page.goto((folder / UIDS).as_uri())
    play = page.locator(".ic-play").first
    wire, told = play.locator(".ic-wire"), play.locator("output")
    count = wire.locator("li").count()
    wire.focus()
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text(f"Line 1 of {count}")
    expect(wire.locator("li:visible code")).to_have_count(1)
    expect(wire.locator("li").nth(1)).to_have_css("visibility", "hidden")
    removed = wire.locator("li", has_text="* 1 EXPUNGE")
    while "ic-now" not in (removed.get_attribute("class") or ""):
        page.keyboard.press("ArrowRight")
    expect(told.locator("samp > i")).to_have_text(["1 UID 2", "2", "3 UID 5"])
    page.keyboard.press("ArrowLeft")
    expect(told.locator("samp > i")).to_have_count(4)
    assert Axe().run(page).violations_count == 0
    play.get_by_role("button", name="All lines").press("Enter")
    expect(wire.locator(".ic-later")).to_have_count(0)
    assert fits(page)


def test_an_answer_is_opened_by_keyboard_and_says_why(page: Page, folder: Path) -> None:
    page.goto((folder / UIDS).as_uri())
    draft = page.locator(".draft", has_text="* 2 EXPUNGE* 4 EXPUNGE").first
    reason = draft.get_by_text("which nobody has removed")
    expect(reason).to_be_hidden()
    draft.locator("summary").press("Enter")
    expect(reason).to_be_visible()
    expect(draft.get_by_role("link", name="3501-7.4.1-in-step")).to_be_visible()
    assert fits(page)


@pytest.mark.parametrize("idea", ideas()[::3], ids=lambda idea: idea.id)
def test_axe_finds_nothing(page: Page, folder: Path, idea: Idea) -> None:
    page.goto((folder / f"learn-{idea.id}.html").as_uri())
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert fits(page)


def test_on_paper_all_lines_are_there_and_no_button(page: Page, folder: Path) -> None:
    page.goto((folder / UIDS).as_uri())
    page.locator(".ic-wire").first.focus()
    page.keyboard.press("ArrowRight")
    page.emulate_media(media="print")
    expect(page.locator(".ic-step:visible")).to_have_count(0)
    expect(page.locator(".ic-wire li").last).to_have_css("visibility", "visible")
    expect(page.locator(".ic-wire").first).to_have_css("overflow-y", "visible")
