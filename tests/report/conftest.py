"""A real browser for pages on disk: every page in a context of its own, which may request nothing and complain of nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUM = os.environ.get("FIGWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (name one in FIGWRIGHT_CHROMIUM)")
    for module in ("playwright", "axe_playwright_python"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a file; afterwards nothing may have been requested, thrown or written to the console."""
    contexts = []
    troubles: list[str] = []

    def open_(file: Path, *, width: int = 1000, scheme: str = "light", scripts: bool = True, hash_: str = "") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        own = file.as_uri()
        page.on("request", lambda r: None if r.url.startswith(own) else troubles.append(f"request {r.url[:200]}"))
        page.on("console", lambda m: troubles.append(f"console {m.text[:200]}"))
        page.on("pageerror", lambda e: troubles.append(f"error {str(e)[:200]}"))
        page.on("dialog", lambda d: troubles.append("dialog"))
        page.goto(own + hash_)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[tuple[str, str, str]]]:
    """Runs axe-core on a page: (rule, impact, first element) of each violation.

    Its source comes from a wheel and is injected by evaluate: the page's own policy rightly refuses a script tag.
    """
    spec = find_spec("axe_playwright_python")
    source = (Path(spec.origin).parent / "axe.min.js").read_text("utf-8") if spec and spec.origin else ""

    def run(page: Page, *, contrast: bool = True) -> list[tuple[str, str, str]]:
        page.evaluate(source)
        options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
        found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
        return [(v["id"], v["impact"], v["nodes"][0]["html"][:200]) for v in found]

    return run
