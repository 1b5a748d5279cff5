"""Who may come in: the link, the sessions, and what stands before every request."""

import asyncio
import json
import logging
import socket

import pytest
from desks import Console
from fake_door import FakeDoor

from openline.console.gate import OneTimeLink, Sessions
from openline.console.guard import is_loopback
from openline.console.server import serve
from openline.words import limits
from openline.words.errors import OpenlineError


class Hand:
    """A clock moved by hand."""

    ms = 1_000

    def __call__(self) -> int:
        return self.ms


@pytest.mark.rule("R-CON-01")
def test_a_link_opens_one_session_once(console: Console) -> None:
    token = console.token()
    assert console.enter(token)[0] == 200
    assert console.enter(token) == (403, "")


@pytest.mark.rule("R-CON-01")
def test_a_link_ends_after_fifteen_minutes_and_when_a_newer_one_is_made() -> None:
    clock = Hand()
    link = OneTimeLink(clock)
    old, new = link.issue(), link.issue()
    assert not link.spend(old)
    clock.ms += limits.LINK_MS - 1
    assert link.spend(new)
    late = link.issue()
    clock.ms += limits.LINK_MS
    assert not link.spend(late)


@pytest.mark.rule("R-CON-01")
@pytest.mark.parametrize("wrong", ["", "x", "\u0430" * 43, "A" * limits.TOKEN_CHARS])
def test_a_wrong_token_opens_nothing_and_spends_nothing(console: Console, wrong: str) -> None:
    token = console.token()
    assert console.enter(wrong) == (403, "")
    assert console.enter(token)[0] == 200


@pytest.mark.rule("R-CON-02")
def test_a_session_lasts_one_shift_and_their_number_is_bounded() -> None:
    clock = Hand()
    sessions = Sessions(clock)
    first = sessions.open()
    rest = [sessions.open() for _ in range(limits.SESSIONS - 1)]
    assert sessions.holds(first)
    rest.append(sessions.open())
    assert not sessions.holds(first)
    assert all(sessions.holds(each) for each in rest)
    clock.ms += limits.SESSION_MS
    assert not any(sessions.holds(each) for each in rest)


READS = ["status", "messages", "clocks", "map", "conflicts", "alarms", "session", "events"]


@pytest.mark.rule("R-CON-03")
@pytest.mark.parametrize("path", [*READS, "openapi.json", "none-such"])
def test_nothing_is_read_without_a_session(console: Console, path: str) -> None:
    for cookie in ["", f"openline-{console.port}=guessed", "openline-1=x"]:
        status, _, body = console.ask("GET", f"/api/{path}", Cookie=cookie)
        assert (status, body["error"]["code"]) == (401, "no-session")


@pytest.mark.rule("R-CON-03")
def test_nothing_is_changed_without_a_session(console: Console, door: FakeDoor) -> None:
    path = "/api/alarms/alarm-1/acknowledge"
    status, _, body = console.ask("POST", path, b"", **console.own())
    assert (status, body["error"]["code"]) == (401, "no-session")
    assert door.acknowledged == []


@pytest.mark.rule("R-CON-03")
def test_every_address_of_the_interface_stands_behind_the_session(console: Console) -> None:
    cookie = console.cookie()
    _, _, api = console.ask("GET", "/api/openapi.json", Cookie=cookie)
    open_to_all = {("post", "/api/session"), ("post", "/api/login")}
    for path, methods in api["paths"].items():
        for method in methods:
            if (method, path) not in open_to_all:
                status, _, _ = console.ask(method.upper(), path, b"", **console.own())
                assert status == 401, (method, path)


@pytest.mark.rule("R-CON-04")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "", "localhost."])
def test_only_loopback_is_listened_on(host: str) -> None:
    with pytest.raises(OpenlineError) as refused:
        asyncio.run(serve(FakeDoor(), host, 0))
    assert refused.value.code == "console-not-loopback"


@pytest.mark.rule("R-CON-04")
def test_a_port_in_use_is_said() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OpenlineError) as refused,
    ):
        asyncio.run(serve(FakeDoor(), "127.0.0.1", taken.getsockname()[1]))
    assert (refused.value.code, str(refused.value.whose)) == ("port-in-use", "ours")
    assert refused.value.next


@pytest.mark.rule("R-CON-05")
@pytest.mark.parametrize(
    "host", ["example.org", "example.org:8443", "192.0.2.1", "127.0.0.1.example.org", "a b", ""]
)
@pytest.mark.parametrize("path", ["/", "/api/status"])
def test_a_host_from_outside_is_refused(console: Console, host: str, path: str) -> None:
    cookie = console.cookie()
    status, _, body = console.ask("GET", path, Host=host, Cookie=cookie)
    assert (status, body["error"]["code"]) == (403, "host-not-loopback")


@pytest.mark.rule("R-CON-05")
def test_what_loopback_is() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "10.0.0.1", "localhost.example.org", ""]))


@pytest.mark.rule("R-CON-06")
@pytest.mark.parametrize(
    "change",
    [
        {"Origin": "http://example.org"},
        {"Origin": "null"},
        {"Origin": None},
        {"X_Openline": None},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing(
    console: Console, door: FakeDoor, change: dict[str, str | None]
) -> None:
    sent = {**console.own(), "Cookie": console.cookie(), **change}
    headers = {name: value for name, value in sent.items() if value is not None}
    status, _, body = console.ask("POST", "/api/alarms/alarm-1/acknowledge", b"", **headers)
    assert (status, body["error"]["code"]) == (403, "foreign-origin")
    assert door.acknowledged == []


@pytest.mark.rule("R-CON-06")
def test_a_foreign_page_reads_nothing(console: Console) -> None:
    status, _, _ = console.ask(
        "GET", "/api/status", Cookie=console.cookie(), Sec_Fetch_Site="same-site"
    )
    assert status == 403


@pytest.mark.rule("R-CON-07")
def test_a_large_write_is_refused_unread(console: Console) -> None:
    body = json.dumps({"token": "x" * limits.CONSOLE_BODY_BYTES}).encode()
    status, _, reply = console.ask("POST", "/api/session", body, **console.own())
    assert (status, reply["error"]["code"]) == (413, "too-large")


@pytest.mark.rule("R-CON-08")
def test_no_token_is_traced_or_told(console: Console, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = console.token()
    assert "#enter=" in console.running.link()  # type: ignore[union-attr]
    body = json.dumps({"token": [token]}).encode()
    status, _, reply = console.ask(
        "POST", "/api/session", body, Content_Type="application/json", **console.own()
    )
    assert status == 422
    assert token not in json.dumps(reply)
    second = console.token()
    status, headers, _ = console.ask(
        "POST",
        "/api/session",
        json.dumps({"token": second}).encode(),
        Content_Type="application/json",
        **console.own(),
    )
    assert status == 200
    set_cookie = headers["set-cookie"]
    assert "httponly" in set_cookie.lower()
    assert "samesite=strict" in set_cookie.lower()
    secret = set_cookie.partition("=")[2].partition(";")[0]
    for hidden in (token, second, secret):
        assert hidden not in caplog.text


@pytest.mark.rule("R-CON-08")
def test_two_consoles_on_one_machine_keep_their_sessions_apart(console: Console) -> None:
    other = Console(FakeDoor())
    other.start()
    try:
        both = f"{console.cookie()}; {other.cookie()}"
        for each in (console, other):
            assert each.ask("GET", "/api/status", Cookie=both)[0] == 200
    finally:
        other.stop()
