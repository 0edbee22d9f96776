"""Pages in a real browser: Debian's Chromium, driven by Playwright. Where either is not installed, these tests are skipped."""

import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: tox -e browser")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Visit:
    """A page that was opened, and what it did that no page of ours may do."""

    def __init__(self, page, file: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.noise: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.noise.append(message.text))
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("dialog", lambda dialog: (self.noise.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(file.as_uri())

    def shown(self, selector):
        """Return how many of the elements are to be seen."""
        return sum(element.is_visible() for element in self.page.query_selector_all(selector))


@pytest.fixture
def visit(browser):
    contexts = []

    def opened(file, **how):
        context = browser.new_context(**how)
        contexts.append(context)
        return Visit(context.new_page(), file)

    yield opened
    for context in contexts:
        context.close()
