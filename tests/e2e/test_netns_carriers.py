"""Cables that are cut and mended: two stations in network namespaces, with HTTPS and mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from networks import DIRECT, MAIL, Networks, networks, why_not
from processes import Box, serve_all, settle

from mailserver import PASSWORD, Post, opened_post
from mailserver import why_not as why_no_mail

WHY_NOT = why_not() or why_no_mail()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it runs")


@pytest.fixture
def cables() -> Iterator[Networks]:
    with networks() as made:
        yield made


@pytest.fixture
def post(cables: Networks) -> Iterator[Post]:
    with opened_post(*MAIL.values()) as running:
        yield running


@pytest.fixture
def pair(cables: Networks, post: Post, tmp_path: Path) -> Iterator[tuple[Box, Box]]:
    us, ru = Box(tmp_path / "us", "us"), Box(tmp_path / "ru", "ru")
    for box in (us, ru):
        box.host = DIRECT[box.party]
        box.within = cables.within(box.party)
        box.init("--unsafe-no-passphrase")
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    for box, other in ((us, ru), (ru, us)):
        box.join(other)
        options = post.options(box.party, other.party, MAIL[box.party]) | {"poll_s": "1"}
        given = [f"{key}={value}" for key, value in options.items()]
        box.run("carrier", "add", other.party, "mail", *given, f"password-file={secret}")
    serve_all(us, ru)
    settle(us, ru)
    yield us, ru
    for box in (us, ru):
        box.end()


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
def test_with_all_cut_both_sides_say_so_and_on_return_all_leaves(
    cables: Networks, pair: tuple[Box, Box]
) -> None:
    us, ru = pair
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
        assert box.line(other.party)["queued"] == 20
    for party in ("us", "ru"):
        cables.mend(party, "direct")
    settle(us, ru)
    for box, other in ((us, ru), (ru, us)):
        came = texts(box)
        assert sorted(came) == sorted(f"{other.party} {number}" for number in range(20))
        assert carrier(box, "mail")["state"] == "down"
        assert carrier(box, "https")["state"] == "up"
