"""What the console's interface answers, to its page and to a program."""

import json
import re
from http.client import HTTPConnection

import pytest
from desks import Console
from fake_door import FakeDoor

from openline.words import limits
from openline.words.errors import OpenlineError, Whose

ERROR_KEYS = {"code", "message", "whose", "rule", "next"}


@pytest.mark.rule("R-CON-11")
@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("status", "lines"),
        ("messages", "messages"),
        ("clocks", "clocks"),
        ("conflicts", "conflicts"),
        ("map", "activities"),
        ("alarms", "alarms"),
    ],
)
def test_every_read_carries_the_stations_time(console: Console, path: str, key: str) -> None:
    status, _, body = console.ask("GET", f"/api/{path}", Cookie=console.cookie())
    assert status == 200
    assert body["now"].startswith("2022-05-12T20:3")
    assert body[key]


def test_messages_are_chosen_by_line_and_number(console: Console) -> None:
    cookie = console.cookie()
    _, _, few = console.ask("GET", "/api/messages?line=ru&limit=2", Cookie=cookie)
    assert [each["id"] for each in few["messages"]] == ["m-4", "m-5"]
    _, _, none = console.ask("GET", "/api/messages?line=other", Cookie=cookie)
    assert none["messages"] == []


def test_clocks_are_asked_as_of_a_time(console: Console) -> None:
    _, _, body = console.ask("GET", "/api/clocks?at=2022-05-13", Cookie=console.cookie())
    assert body["at"] == "2022-05-13"


@pytest.mark.rule("R-CON-09")
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/messages?limit=0", 422, "bad-request"),
        ("GET", f"/api/messages?limit={limits.CONSOLE_MESSAGES + 1}", 422, "bad-request"),
        ("GET", f"/api/messages?line={'x' * 33}", 422, "bad-request"),
        ("GET", f"/api/clocks?at={'2' * 41}", 422, "bad-request"),
        ("GET", "/api/none-such", 404, "no-such-page"),
        ("GET", "/none-such", 404, "no-such-page"),
        ("GET", "/assets/none-such.js", 404, "no-such-page"),
        ("GET", "/assets/..%2f..%2fapp.py", 404, "no-such-page"),
        ("GET", "/docs", 404, "no-such-page"),
        ("DELETE", "/api/status", 405, "no-such-method"),
        ("POST", "/api/alarms/none-such/acknowledge", 404, "unknown-alarm"),
        ("POST", f"/api/alarms/{'x' * 129}/acknowledge", 422, "bad-request"),
        ("POST", "/api/messages/us-1/phrase", 422, "bad-request"),
        ("POST", "/api/session", 422, "bad-request"),
    ],
)
def test_every_refusal_has_one_shape(
    console: Console, method: str, path: str, status: int, code: str
) -> None:
    got, _, body = console.ask(method, path, b"", Cookie=console.cookie(), **console.own())
    assert (got, body["error"]["code"]) == (status, code)
    assert set(body) == {"error"}
    assert set(body["error"]) == ERROR_KEYS
    assert body["error"]["message"]


@pytest.mark.rule("R-CON-09")
def test_the_stations_own_refusal_is_passed_on(console: Console, door: FakeDoor) -> None:
    door.fails = OpenlineError("disk-full", "no room", whose=Whose.OURS, rule="R-X", next="free it")
    status, _, body = console.ask("GET", "/api/status", Cookie=console.cookie())
    assert status == 400
    assert body == door.fails.as_json()


@pytest.mark.rule("R-CON-09")
def test_a_fault_inside_shows_nothing_of_the_inside(console: Console, door: FakeDoor) -> None:
    door.fails = RuntimeError("/secret/path of the database")
    status, headers, body = console.ask("GET", "/api/status", Cookie=console.cookie())
    assert (status, body["error"]["code"]) == (500, "internal")
    assert "secret" not in json.dumps(body)
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.rule("R-CON-13")
@pytest.mark.parametrize("path", ["/", "/api/status", "/none-such", "/api/events"])
def test_every_reply_carries_the_policy(console: Console, path: str) -> None:
    _, headers, _ = console.ask("GET", path)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.rule("R-CON-19")
def test_only_hashed_files_may_be_kept(console: Console) -> None:
    _, headers, page = console.ask("GET", "/")
    assert headers["cache-control"] == "no-store"
    assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.decode())
    assert len(assets) >= 2
    for each in assets:
        status, kept, _ = console.ask("GET", each)
        assert status == 200
        assert "immutable" in kept["cache-control"]
    _, headers, _ = console.ask("GET", "/api/status", Cookie=console.cookie())
    assert headers["cache-control"] == "no-store"


class Stream:
    """A program that listens to the live connection."""

    def __init__(self, console: Console, cookie: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", console.port, timeout=20)
        self.connection.request("GET", "/api/events", headers={"Cookie": cookie})
        self.reply = self.connection.getresponse()

    def next(self) -> tuple[str, dict[str, object]]:
        kind = self.reply.readline().decode().removeprefix("event: ").strip()
        data = json.loads(self.reply.readline().decode().removeprefix("data: "))
        assert self.reply.readline() == b"\n"
        return kind, data

    def close(self) -> None:
        self.reply.close()
        self.connection.close()


@pytest.mark.rule("R-CON-10")
def test_the_live_connection_says_changes_and_beats(console: Console, door: FakeDoor) -> None:
    stream = Stream(console, console.cookie())
    assert stream.next()[0] == "changed"
    door.pass_time(hours=2)
    kind, data = stream.next()
    assert (kind, data["counter"]) == ("changed", 2)
    assert str(data["now"]).startswith("2022-05-12T22:3")
    assert stream.next()[0] == "tick"
    stream.close()


@pytest.mark.rule("R-CON-10")
def test_a_page_too_many_is_refused(console: Console) -> None:
    cookie = console.cookie()
    streams = [Stream(console, cookie) for _ in range(limits.CONSOLE_STREAMS)]
    for each in streams:
        assert each.next()[0] == "changed"
    status, _, body = console.ask("GET", "/api/events", Cookie=cookie)
    assert (status, body["error"]["code"]) == (503, "too-many-streams")
    assert console.ask("GET", "/api/status", Cookie=cookie)[0] == 200
    for each in streams:
        each.close()
