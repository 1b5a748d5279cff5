"""What strangers, liars and replayers bring to the line's listener: refused, and on it goes."""

from __future__ import annotations

import http.client
import json
import random
import socket
import ssl
from contextlib import suppress
from typing import Any

import pytest
from processes import Box, MakeBox, settle, state_of, unharmed

from openline.carriers.https import PATH
from openline.station.folder import Folder
from openline.station.founding import own_card
from openline.station.keys import read_keys
from openline.wire.parcel import Envelope, open_parcel, seal
from openline.wire.receipt import read_item
from openline.words import limits


def post(box: Box, body: bytes, method: str = "POST", path: str = PATH) -> tuple[int, bytes]:
    """What the listener answers to a request, whatever certificate it shows."""
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", box.line_port, timeout=60, context=unverified)
    try:
        line.request(method, path, body)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def envelope(sender: Box, receiver: Box) -> Envelope:
    """How `sender` seals for `receiver`."""
    ours, theirs = own_card(Folder(sender.path)), own_card(Folder(receiver.path))
    return Envelope(sender.party, receiver.party, ours.root_key, theirs.sealing_key)


def refusal(answer: tuple[int, bytes]) -> dict[str, Any]:
    """The error in a refusal, which says whose fault it is."""
    status, body = answer
    assert status in (403, 413), answer
    found: dict[str, Any] = json.loads(body)["error"]
    assert found["whose"] == "theirs" and found["rule"]
    return found


@pytest.mark.rule("R-LINE-05")
def test_a_stranger_is_refused_and_hears_why(pair: tuple[Box, Box], make_box: MakeBox) -> None:
    """`eve` has joined us and we have not joined `eve`: nothing of hers is stored."""
    us, ru = pair
    eve = make_box("eve")
    eve.init("--unsafe-no-passphrase")
    card = eve.path.with_name("us.card")
    card.write_text(us.ask("card")["card"])
    eve.run("join", card, "--fingerprint", us.ask("card")["fingerprint"])
    with unharmed(us, ru):
        eve.serve()
        waited = eve.run("send", "us", "text", "text=let me in", "--wait", "0.5", "--json", code=1)
        assert waited.json["state"] == "queued"
        refused = eve.until(lambda: eve.line("us")["carriers"][0]["error"])
        assert "[theirs]" in refused and "joined" in refused
    # Her message is still in her outbox: once she is joined, it arrives by itself.
    theirs = eve.path.with_name("eve.card")
    theirs.write_text(eve.ask("card")["card"])
    us.run("join", theirs, "--fingerprint", eve.ask("card")["fingerprint"])
    settle(us, eve)
    assert "let me in" in {m["fields"].get("text") for m in us.messages("eve")}


@pytest.mark.rule("R-LINE-05")
def test_rubbish_at_the_listener(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    rng = random.Random(23)
    sizes = [bucket + limits.HYBRID_OVERHEAD for bucket in limits.PARCEL_BUCKETS]
    with unharmed(us, ru):
        for size in (1, 100, *sizes, sizes[0] + 1):
            assert refusal(post(ru, rng.randbytes(size)))["code"] in ("stranger", "too-large")
        assert refusal(post(ru, b""))["code"] == "too-large"
        assert refusal(post(ru, bytes(limits.PARCEL_BYTES + 1)))["code"] == "too-large"
        assert post(ru, b"x", path="/")[0] == post(ru, b"x", path=PATH + "/x")[0] == 404
        assert post(ru, b"", method="GET")[0] == 405
        assert post(ru, b"x", path="/api/status")[0] == 404


def test_an_oversized_body_is_cut_off(pair: tuple[Box, Box]) -> None:
    """A body of 64 MB is refused while it comes; it is never held whole."""
    us, ru = pair
    # It may be refused before the rest of it was sent.
    with unharmed(us, ru), suppress(ConnectionError, ssl.SSLError):
        assert refusal(post(ru, bytes(64 << 20)))["code"] == "too-large"


def test_half_connections_and_no_tls_at_all(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    silent = [socket.create_connection(("127.0.0.1", ru.line_port), 60) for _ in range(20)]
    try:
        with unharmed(us, ru):
            for rubbish in (
                b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                b"\x16\x03\x01\xff\xff",
                b"\0" * 99,
            ):
                with socket.create_connection(("127.0.0.1", ru.line_port), 60) as plain:
                    plain.sendall(rubbish)
                    plain.shutdown(socket.SHUT_WR)
                    while plain.recv(1 << 12):
                        continue
    finally:
        for connection in silent:
            connection.close()


@pytest.mark.rule("R-LINE-06")
def test_a_replayed_parcel_gets_the_same_answer_and_is_shown_once(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    id = us.send("ru", "once and no more", "--precedence", "flash", "--wait", "60")
    raw = bytes.fromhex(us.ask("show", id=id)["signed"])
    way = envelope(us, ru)
    captured = seal([raw], way)
    with unharmed(us, ru):
        answers = []
        for sealed in (captured, captured, seal([raw], way), seal([raw] * 5, way)):
            status, body = post(ru, sealed)
            assert status == 200
            key = read_keys(Folder(us.path).keys).sealing
            (answer,) = open_parcel(body, key, envelope(ru, us))
            answers.append(answer)
        assert len(set(answers)) == 1
        assert read_item(answers[0]).size > ru.ask("show", id=id)["number"]  # type: ignore[union-attr]
    assert [m["id"] for m in ru.messages()].count(id) == 1
    assert [a["message"] for a in ru.ask("alarms")["alarms"]].count(id) == 1


@pytest.mark.rule("R-LINE-02")
def test_an_altered_message_or_parcel_is_refused(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    id = us.send("ru", "as it was signed", "--wait", "60")
    raw = bytes.fromhex(us.ask("show", id=id)["signed"])
    way = envelope(us, ru)
    sealed = seal([raw], way)
    rng = random.Random(29)
    with unharmed(us, ru):
        for at in sorted(rng.sample(range(len(raw)), 40)):
            altered = bytearray(raw)
            altered[at] ^= 1 << rng.randrange(8)
            assert refusal(post(ru, seal([bytes(altered)], way)))["rule"].startswith("R-")
        for at in (0, 31, 32, len(sealed) // 2, len(sealed) - 1):
            altered = bytearray(sealed)
            altered[at] ^= 1
            assert refusal(post(ru, bytes(altered)))["code"] == "stranger"
        # Reflected it opens nowhere, and given back by the other side it tells us nothing new.
        assert refusal(post(us, sealed))["code"] == "stranger"
        assert post(us, seal([raw], envelope(ru, us))) == (204, b"")


def test_a_good_message_among_bad_ones_is_taken(pair: tuple[Box, Box]) -> None:
    """One bad item holds up no other."""
    us, ru = pair
    settle(us, ru)
    before = state_of(ru)["messages"]
    raw = bytes.fromhex(us.ask("show", id=us.send("ru", "good", "--wait", "60"))["signed"])
    bad = bytearray(raw)
    bad[-1] ^= 1
    status, body = post(ru, seal([bytes(bad), raw, b"rubbish"], envelope(us, ru)))
    assert status == 200 and body
    assert state_of(ru)["messages"] == before + 1


def test_the_console_is_not_on_the_line(pair: tuple[Box, Box]) -> None:
    """A peer reaches one path of the listener, and no file, console or documentation."""
    _, ru = pair
    for path in ("/", "/api/status", "/docs", "/openapi.json", "/index.html", "/../card.txt"):
        assert post(ru, b"", "GET", path)[0] == 404
