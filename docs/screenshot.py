"""Takes docs/console.png: the console of `us` at the end of a demo of its own, in a real browser.

`make screenshot` runs it.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

PICTURE = Path(__file__).resolve().parent / "console.png"
COMMAND = [sys.executable, "-m", "openline.cli.main", "demo", "--json", "--console-port", "0"]
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main() -> None:
    """Play the demo, look at its first console, end it."""
    demo = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
    try:
        link = _document(demo)["consoles"][0]["link"]
        _take(link)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)
    print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")


def _document(demo: subprocess.Popen[str]) -> dict[str, list[dict[str, str]]]:
    """The demo's figures, which it prints when everything has been played."""
    assert demo.stdout is not None
    text = ""
    for line in demo.stdout:
        text += line
        if line == "}\n":
            found: dict[str, list[dict[str, str]]] = json.loads(text)
            return found
    raise SystemExit("the demo ended before it had played")


def _take(link: str) -> None:
    with sync_playwright() as playwright:
        binary = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        page = browser.new_page(
            viewport={"width": 1400, "height": 1000}, locale="en-GB", color_scheme="dark"
        )
        page.goto(link)
        expect(page.locator('[data-map="drawn"]')).to_be_visible(timeout=30_000)
        expect(page.locator("[data-message]").first).to_be_visible()
        page.wait_for_timeout(1_500)  # the map's tiles fade in
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
