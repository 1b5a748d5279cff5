"""A console on a real socket, and an officer's page before it."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from fake_door import FakeDoor
from playwright.sync_api import BrowserContext, Page, expect

from openline.console.gate import Gate
from openline.console.server import Running, serve

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]

# How long a page may take on a busy machine, not how long it should.
expect.set_options(timeout=20_000)


class Console:
    """The console in a thread with a loop of its own; can be stopped and started again."""

    def __init__(self, door: FakeDoor) -> None:
        self.door = door
        self.gate = Gate()
        self.port = 0
        self.running: Running | None = None

    def start(self) -> None:
        begun = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, args=(begun,), daemon=True)
        self.thread.start()
        assert begun.wait(30)
        assert self.running is not None
        self.port = int(self.running.address.rsplit(":", 1)[1])

    def _run(self, begun: threading.Event) -> None:
        async def main() -> None:
            self.ended = asyncio.Event()
            self.running = await serve(self.door, "127.0.0.1", self.port, gate=self.gate)
            begun.set()
            await self.ended.wait()
            await self.running.close()

        try:
            self.loop.run_until_complete(main())
        finally:
            self.loop.close()

    def stop(self) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(30)
        assert not self.thread.is_alive()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def link(self) -> str:
        assert self.running is not None
        return self.running.link()

    def token(self) -> str:
        return self.link().partition("#enter=")[2]

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """One request as a program makes it; a header's `_` stands for `-`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        found = {name.lower(): value for name, value in reply.getheaders()}
        is_json = found.get("content-type", "").startswith("application/json")
        return reply.status, found, json.loads(content) if is_json else content

    def own(self) -> dict[str, str]:
        """The headers that the console's own page sends with a write."""
        return {"Origin": self.address, "X_Openline": "console"}

    def enter(self, token: str) -> tuple[int, str]:
        """Trade a token: the status and the cookie."""
        body = json.dumps({"token": token}).encode()
        status, headers, _ = self.ask(
            "POST", "/api/session", body, Content_Type="application/json", **self.own()
        )
        return status, headers.get("set-cookie", "").partition(";")[0]

    def write(self, path: str, cookie: str = "", **given: Any) -> tuple[int, str, Any]:
        """A write of the page's own: the status, the cookie that it gave, and the document."""
        status, headers, document = self.ask(
            "POST", path, json.dumps(given).encode(),
            Content_Type="application/json", Cookie=cookie, **self.own(),
        )  # fmt: skip
        return status, headers.get("set-cookie", "").partition(";")[0], document

    def login(self, name: str, password: str) -> str:
        """The cookie of an officer who came in."""
        status, cookie, _ = self.write("/api/login", name=name, password=password)
        assert status == 200
        return cookie

    def cookie(self) -> str:
        status, cookie = self.enter(self.token())
        assert status == 200
        return cookie


def chromium() -> str:
    """Where the machine's Chromium is; fails the test with what to do where there is none."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        pytest.fail("no Chromium: run `make browser`, or install Debian's package chromium")
    return binary


@dataclass
class Desk:
    """An officer's page, with all that it asked for and complained of."""

    page: Page
    context: BrowserContext
    console: Console
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def enter(self) -> Page:
        self.page.goto(self.console.link())
        return self.page

    def keep_who_acts(self) -> None:
        """Let the page hear of no change of who acts, as between two times that it asks."""
        told = self.page.request.get(f"{self.console.address}/api/session").json()
        self.page.route("**/api/session", lambda route: route.fulfill(json=told))

    def foreign(self) -> list[str]:
        """Requests that went anywhere but to the console."""
        origin = urlsplit(self.console.address)[:2]
        return [url for url in self.requests if urlsplit(url)[:2] != origin]
