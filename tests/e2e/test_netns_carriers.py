"""Cables that are cut, slowed and mended: two stations in network namespaces, HTTPS and mail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from networks import DIRECT, Networks, networks, why_not
from processes import PATIENCE_S, Box, Json, end_all, settle
from proxy import Wire

from mailserver import PASSWORD, Post, opened_post
from mailserver import why_not as why_no_mail
from ports import free_port

WHY_NOT = why_not() or why_no_mail()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it runs")
LEAST_S = 1.0
"""What the slowed way takes each way, at the least."""
LONGER_S = 60.0
"""Longer than any carrier waits."""
NEVER_AGAIN = (
    "-c",
    "import sys\n"
    "from openline.line import retry\n"
    "retry.FIRST_MS = retry.LONGEST_MS = 7_200_000\n"
    "from openline.cli.main import main\n"
    "sys.exit(main(sys.argv[1:]))",
)
"""A station that tries a carrier which failed again after an hour at the earliest."""
ASK_CONSOLE = """
import http.cookiejar, json, sys, urllib.request
address, _, token = sys.argv[1].partition("/#enter=")
opener = urllib.request.build_opener(
    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
)
head = {"Content-Type": "application/json", "Origin": address, "X-Openline": "1"}
enter = urllib.request.Request(
    address + "/api/session", json.dumps({"token": token}).encode(), head
)
opener.open(enter, timeout=60).close()
print(opener.open(address + "/api/status", timeout=60).read().decode())
"""


@pytest.fixture
def cables() -> Iterator[Networks]:
    with networks() as made:
        yield made


@pytest.fixture
def post(cables: Networks) -> Iterator[Post]:
    with opened_post(*cables.here.values()) as running:
        yield running


MakeStations = Callable[..., tuple[Box, Box]]


@pytest.fixture
def make_stations(cables: Networks, post: Post, tmp_path: Path) -> Iterator[MakeStations]:
    """Makes and starts both stations, each with HTTPS and mail to the other."""
    boxes = Box(tmp_path / "us", "us"), Box(tmp_path / "ru", "ru")
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)

    def make(
        before: Callable[[Box, Box], None] = lambda us, ru: None,
        mail_ports: dict[str, int] | None = None,
        **serving: Any,
    ) -> tuple[Box, Box]:
        us, ru = boxes
        for box in boxes:
            box.host = DIRECT[box.party]
            box.within = cables.within(box.party)
        before(us, ru)
        for box in boxes:
            box.init("--unsafe-no-passphrase")
        for box, other in ((us, ru), (ru, us)):
            box.join(other)
            options = post.options(box.party, other.party, cables.here[box.party])
            for server, port in (mail_ports or {}).items():
                options[server] = f"{options[server].rpartition(':')[0]}:{port}"
            given = [f"{key}={value}" for key, value in {**options, "poll_s": "1"}.items()]
            box.run("carrier", "add", other.party, "mail", *given, f"password-file={secret}")
        for box in boxes:
            box.start(**serving)
        for box in boxes:
            box.await_ready()
        settle(us, ru)
        return boxes

    yield make
    end_all(*boxes)


@pytest.fixture
def pair(make_stations: MakeStations) -> tuple[Box, Box]:
    return make_stations()


@dataclass(frozen=True)
class Ways:
    """The wires that both sides' carriers go over."""

    https: tuple[Wire, ...]
    mail: tuple[Wire, ...]


@pytest.fixture
def slowed(
    cables: Networks, post: Post, make_stations: MakeStations
) -> Iterator[tuple[Box, Box, Ways]]:
    """Stations that reach each other, and the mail servers, over wires that a test can slow."""
    with ExitStack() as stack:

        def wire(party: str, port: int, target: int, there: str) -> Wire:
            made = Wire(port, target, cables.here[party], there)
            stack.callback(made.close)
            return made

        direct: list[Wire] = []

        def before(us: Box, ru: Box) -> None:
            for box, other in ((us, ru), (ru, us)):
                box.host, box.reached_at = cables.here[other.party], free_port()
                box.listen = ("--listen", f"0.0.0.0:{box.line_port}")
                there = cables.there[box.party]
                direct.append(wire(other.party, box.reached_at, box.line_port, there))

        servers = {"smtp": post.smtp_port, "imap": post.imap_port}
        ports = {server: free_port() for server in servers}
        mail = tuple(
            wire(party, port, servers[server], cables.here[party])
            for party in cables.here
            for server, port in ports.items()
        )
        us, ru = make_stations(before, ports)
        yield us, ru, Ways(tuple(direct), mail)


def slow(wires: tuple[Wire, ...], seconds: float) -> None:
    for each in wires:
        each.slow(seconds)


def carrier(box: Box, name: str) -> dict[str, Any]:
    (line,) = box.ask("carriers")["lines"]
    found: dict[str, Any] = next(each for each in line["carriers"] if each["name"] == name)
    return found


def texts(box: Box) -> list[str]:
    return [
        m["fields"]["text"]
        for m in box.messages()
        if m["form"] == "text" and m["direction"] == "in"
    ]


def send(box: Box, to: Box, text: str, precedence: str = "routine") -> None:
    box.ask("send", lines=[to.party], form="text", fields={"text": text}, precedence=precedence)


def round_trip_ms(box: Box, to: Box, name: str) -> int | None:
    """What a line test measures of a carrier; None where its probe is lost."""
    tested = box.json("test", to.party, "--wait", str(PATIENCE_S))
    assert tested["result"] == "passed", tested

    def probe() -> Json | None:  # it may end after the test's own answer
        probed: list[Json] = box.ask("explain_test", id=tested["id"])["carriers"]
        return next((each for each in probed if each["name"] == name), None)

    found: Json = box.until(probe, f"a probe of {name}")
    assert (found["result"] == "answered") is (found["rtt_ms"] is not None), found
    rtt_ms: int | None = found["rtt_ms"]
    return rtt_ms


def shown_at_console(box: Box) -> Json:
    """The line as the console's page gets it, over HTTP and behind its session."""
    link = box.ask("console_link")["link"]
    command = [*box.within, sys.executable, "-c", ASK_CONSOLE, link]
    said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    (line,) = json.loads(said.stdout)["lines"]
    found: Json = line
    return found


@pytest.mark.rule("R-CAR-01")
@pytest.mark.rule("R-CAR-08")
def test_with_the_cable_cut_a_flash_arrives_by_mail_and_is_shown_once(
    cables: Networks, pair: tuple[Box, Box]
) -> None:
    us, ru = pair
    send(us, ru, "before")
    ru.until(lambda: texts(ru) == ["before"])
    assert carrier(us, "https")["state"] == "up"
    cables.cut("us", "direct")
    brought = carrier(ru, "mail")["parcels_in"]
    send(us, ru, "cut", "flash")
    ru.until(lambda: "cut" in texts(ru))
    assert carrier(ru, "mail")["parcels_in"] > brought
    us.until(lambda: not us.line("ru")["queued"])  # its receipt came by mail, too
    us.until(lambda: carrier(us, "https")["state"] == "down")
    assert carrier(us, "https")["error"] and carrier(us, "mail")["state"] == "up"
    send(us, ru, "the rest goes by what is up")
    ru.until(lambda: len(texts(ru)) == 3)
    cables.mend("us", "direct")
    send(us, ru, "mended", "flash")
    us.until(lambda: carrier(us, "https")["state"] == "up")
    settle(us, ru)
    assert texts(ru) == ["before", "cut", "the rest goes by what is up", "mended"]


@pytest.mark.rule("R-CAR-03")
@pytest.mark.rule("R-CAR-04")
def test_with_all_cut_both_sides_say_so_and_on_return_all_leaves_at_once(
    cables: Networks, make_stations: MakeStations
) -> None:
    """At once: the next try by the clock is an hour away at the least, and no test waits for it."""
    us, ru = make_stations(program=NEVER_AGAIN)
    for cable in ("direct", "mail"):
        cables.cut("us", cable)
        cables.cut("ru", cable)
    for box, other in ((us, ru), (ru, us)):
        for number in range(20):
            send(box, other, f"{box.party} {number}", "flash" if number == 7 else "routine")
    for box, other in ((us, ru), (ru, us)):
        box.until(
            lambda box=box, other=other: all(
                each["state"] == "down" and each["error"]
                for each in box.line(other.party)["carriers"]
            )
        )
        shown = box.run("status").out
        assert "https: " in shown and "mail: " in shown and "down" not in shown
        at_console = shown_at_console(box)
        assert {each["name"]: each["state"] for each in at_console["carriers"]} == {
            "https": "down",
            "mail": "down",
        }
        for each in at_console["carriers"]:
            assert "unreachable" in each["error"] and each["error"].endswith("[carrier]")
        assert at_console["queued"] == box.line(other.party)["queued"] == 20
    for party in ("us", "ru"):
        cables.mend(party, "direct")
    settle(us, ru)
    for box, other in ((us, ru), (ru, us)):
        came = texts(box)
        assert sorted(came) == sorted(f"{other.party} {number}" for number in range(20))
        assert carrier(box, "mail")["state"] == "down"
        assert carrier(box, "https")["state"] == "up"


@pytest.mark.rule("R-CAR-01")
@pytest.mark.rule("R-TEST-10")
def test_with_https_slowed_all_arrives_once_and_a_flash_by_mail_meanwhile(
    slowed: tuple[Box, Box, Ways],
) -> None:
    us, ru, ways = slowed
    assert us.json("test", "ru", "--wait", str(PATIENCE_S))["result"] == "passed"
    slow(ways.https, LEAST_S)
    for number in range(3):
        send(us, ru, f"slow {number}")
        send(ru, us, f"slow {number}")
    settle(us, ru)
    expected = [f"slow {number}" for number in range(3)]
    assert texts(us) == texts(ru) == expected
    assert us.until(lambda: round_trip_ms(us, ru, "https")) >= 2_000 * LEAST_S
    slow(ways.https, LONGER_S)
    brought = carrier(ru, "mail")["parcels_in"]
    send(us, ru, "by mail", "flash")
    ru.until(lambda: "by mail" in texts(ru))
    assert carrier(ru, "mail")["parcels_in"] > brought
    us.until(lambda: not us.line("ru")["queued"])
    slow(ways.https, 0)
    us.until(lambda: (round_trip_ms(us, ru, "https") or 1_000 * LONGER_S) < 2_000 * LEAST_S)
    settle(us, ru)
    assert texts(ru) == [*expected, "by mail"]


@pytest.mark.slow
@pytest.mark.rule("R-CAR-01")
@pytest.mark.rule("R-CAR-15")
def test_with_mail_slowed_all_arrives_once(slowed: tuple[Box, Box, Ways]) -> None:
    us, ru, ways = slowed
    step_s, steps = LEAST_S / 20, 10  # so many questions and answers a mail takes at the least
    slow(ways.mail, step_s)
    slow(ways.https, LONGER_S)
    for number in range(3):
        send(us, ru, f"slow {number}", "flash")
    ru.until(lambda: len(texts(ru)) == 3)
    us.until(lambda: not us.line("ru")["queued"])
    slow(ways.https, 0)
    assert us.until(lambda: round_trip_ms(us, ru, "mail")) >= 2 * steps * 2_000 * step_s
    send(us, ru, "the rest by https")
    ru.until(lambda: len(texts(ru)) == 4)
    slow(ways.mail, 0)
    settle(us, ru)
    assert sorted(texts(ru)) == ["slow 0", "slow 1", "slow 2", "the rest by https"]
