"""A console over a made-up station, and a browser before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desks import FLAGS, Console, Desk, chromium
from fake_door import FakeDoor
from playwright.sync_api import Browser, sync_playwright

from openline.console.app import STATIC


@pytest.fixture
def door() -> FakeDoor:
    return FakeDoor()


@pytest.fixture
def console(door: FakeDoor) -> Iterator[Console]:
    made = Console(door)
    made.start()
    yield made
    door.silent.clear()
    made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # For a module, not the session: while it lasts, its event loop runs in the tests' own thread.
    binary = chromium()
    if not (STATIC / "index.html").is_file():
        pytest.fail("the console's page is not built: run `make setup`")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=binary, headless=True, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def desk(browser: Browser, console: Console) -> Iterator[Desk]:
    context = browser.new_context(
        viewport={"width": 1400, "height": 900}, locale="en-GB", color_scheme="dark"
    )
    context.set_default_timeout(20_000)
    made = Desk(context.new_page(), context, console)
    made.watch()
    yield made
    context.close()
    assert made.foreign() == []
