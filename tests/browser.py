"""A real browser that reaches nothing but this machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Seen:
    """A page, what it said on the console beside greetings, and what it asked of other machines."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@contextmanager
def browser(width: int = 1400, height: int = 1000) -> Iterator[Seen]:
    """Open an empty page; requests that leave this machine fail, and are noted."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": width, "height": height})
        seen = Seen(page)

        def only_here(route: Route) -> None:
            if urlsplit(route.request.url).hostname in {"127.0.0.1", "localhost", None}:
                route.continue_()
            else:
                seen.outside.append(route.request.url)
                route.abort()

        page.route("**/*", only_here)
        page.on("console", lambda said: said.type in {"error", "warning"} and seen.complaints.append(said.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        try:
            yield seen
        finally:
            chromium.close()
