"""A relay: a third station that holds sealed parcels for two that cannot reach each other."""

from __future__ import annotations

import asyncio
import socket
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hosts import ask, carrier, found_joined, hosts, states, texts, until
from openline.station import relays
from openline.station.carrier_tables import relayed
from openline.station.engine import Engine
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.station import Station
from openline.wire.cbor import decode, encode
from openline.wire.keys import SigningKey
from openline.wire.parcel import how_sealed
from openline.wire.relaying import Request, check_request, read_held, read_request, write_request
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from simulation.world import World, keys_of

AT = Moment.parse("2022-03-01T09:30:00Z")
KEY = SigningKey(bytes([2]) * 32)
DIGESTS = st.lists(st.binary(min_size=32, max_size=32), max_size=limits.COLLECTED)


def _code(call: object, *args: object) -> str:
    with pytest.raises(OpenlineError) as caught:
        call(*args)  # type: ignore[operator]
    assert caught.value.whose is Whose.THEIRS
    return caught.value.code


# ---- the request -----------------------------------------------------------------------


@pytest.mark.rule("R-WIRE-33")
@given(st.binary(min_size=1, max_size=300), DIGESTS)
def test_a_request_is_read_as_it_was_written(sealed: bytes, taken: list[bytes]) -> None:
    held = read_request(write_request(KEY, "us", "un", AT, "ru", sealed))
    assert (held.party, held.relay, held.to, held.sealed, held.taken) == (
        *("us", "un", "ru", sealed),
        (),
    )
    asked = read_request(write_request(KEY, "us", "un", AT, taken=taken))
    assert (asked.to, asked.sealed, asked.taken) == ("", b"", tuple(taken))
    for request in (held, asked):
        check_request(request, KEY.public)
        assert _code(check_request, request, SigningKey(bytes(32)).public) == "bad-signature"


@pytest.mark.rule("R-WIRE-33")
def test_a_request_that_holds_something_else_than_was_signed_is_refused() -> None:
    body = write_request(KEY, "us", "un", AT, "ru", b"sealed")
    statement, sealed = decode(body, 1_000)  # type: ignore[misc]
    for other in (
        encode((statement, b"other")),
        encode((statement, b"")),
        encode((sealed, statement)),
        encode((statement,)),
        write_request(KEY, "us", "un", AT, "", b"sealed"),
        write_request(KEY, "us", "un", AT, taken=[b"short"]),
        write_request(KEY, "us", "un", AT, taken=[bytes(32)] * (limits.COLLECTED + 1)),
        write_request(KEY, "us", "un", AT, taken=[bytes(32)] * 300),
        write_request(KEY, "us", "un", AT, "ru", bytes(limits.RELAY_BODY_BYTES)),
        b"junk",
        b"",
    ):
        assert _code(read_request, other) in ("bad-request", "too-large")
    assert _code(read_held, b"junk") == "bad-request"
    assert _code(read_held, encode((1,))) == "bad-request"
    assert read_held(encode((b"a", b"b"))) == [b"a", b"b"]


# ---- the relay -------------------------------------------------------------------------


@pytest.fixture
def un(tmp_path: Path) -> object:
    world = World(tmp_path, ("us", "ru", "un"))
    world.join_all()
    yield world
    world.close()


def _request(
    engine: Engine, party: str, to: str = "", sealed: bytes = b"", *taken: bytes
) -> Request:
    key = keys_of(party).signing
    return relays.admit(engine, write_request(key, party, "un", AT, to, sealed, taken))


@pytest.mark.rule("R-CAR-17")
def test_only_pairs_that_were_allowed_are_served_and_all_others_hear_the_same(un: World) -> None:
    side = un["un"]
    engine = side.engine

    def hold(party: str, to: str) -> object:
        return side.run(relays.serving(_request(engine, party, to, b"sealed")))

    strangers = (
        write_request(SigningKey(bytes(32)), "us", "un", AT, "ru", b"sealed"),
        write_request(keys_of("us").signing, "us", "ru", AT, "ru", b"sealed"),
        write_request(keys_of("us").signing, "cn", "un", AT, "ru", b"sealed"),
    )
    said = set()
    for call in (
        lambda: hold("us", "ru"),
        lambda: hold("us", "cn"),
        *(lambda body=body: relays.admit(engine, body) for body in strangers),
    ):
        with pytest.raises(OpenlineError) as caught:
            call()
        said.add(str(caught.value))
    assert len(said) == 1 and caught.value.code == "not-relayed"
    side.run(lambda tx: relays.allow(tx, "us", "ru"))
    hold("us", "ru")
    hold("ru", "us")
    listed = relays.listed(engine, lambda: un.clock.now().wall.ms)
    assert listed["pairs"] == [["ru", "us"]]
    assert [(h["from"], h["to"], h["parcels"], h["bytes"]) for h in listed["held"]] == [
        ("ru", "us", 1, 6),
        ("us", "ru", 1, 6),
    ]
    side.run(lambda tx: relays.forbid(tx, "ru", "us"))
    assert relays.listed(engine, lambda: 0) == {"pairs": [], "held": []}
    with pytest.raises(OpenlineError, match="cn"):
        side.run(lambda tx: relays.allow(tx, "us", "cn"))
    with pytest.raises(OpenlineError, match="between two"):
        side.run(lambda tx: relays.allow(tx, "us", "us"))


@pytest.mark.rule("R-CAR-18")
@pytest.mark.rule("R-CAR-19")
def test_what_is_held_is_bounded_once_each_and_let_go_of(
    un: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = un["un"]
    side.run(lambda tx: relays.allow(tx, "us", "ru"))
    monkeypatch.setattr(limits, "RELAY_PARCELS", 3)
    monkeypatch.setattr(limits, "RELAY_BYTES", 100)

    def serve(party: str, *what: object) -> list[bytes]:
        return read_held(side.run(relays.serving(_request(side.engine, party, *what))))  # type: ignore[arg-type]

    for sealed in (b"one", b"one", b"two", b"two", b"three"):
        assert serve("us", "ru", sealed) == []
    assert sorted(serve("ru")) == [b"one", b"three", b"two"] and serve("us") == []
    assert _code(serve, "us", "ru", b"four") == "relay-full"
    digest = sha256(b"two").digest()
    assert serve("us", "", b"", digest) == []  # nobody takes what is another's
    assert len(serve("ru")) == 3
    assert sorted(serve("ru", "", b"", digest)) == [b"one", b"three"]
    assert _code(serve, "us", "ru", bytes(100)) == "relay-full"
    un.clock.pass_ms((limits.RELAY_DAYS * 86_400 + 1) * 1000)
    serve("us", "ru", b"five")
    assert serve("ru") == [b"five"]


@pytest.mark.rule("R-CAR-08")
@pytest.mark.rule("R-CAR-18")
@pytest.mark.rule("R-CAR-19")
def test_two_stations_speak_through_a_third_which_sees_sealed_bytes_alone(tmp_path: Path) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        ports = {"un": int(sock.getsockname()[1])}
    found_joined(tmp_path, "us", "ru", "un", ports=ports)

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru", "un", ports=ports) as (us, ru, un):
            for host, line in ((us, "ru"), (ru, "us")):
                options = {"by": "un", "poll_s": "0.2"}
                await ask(host, "carrier_add", line, "relay", options=options)
            await ask(us, "send", ["ru"], "text", {"text": "by a third"})
            await until(us, lambda: carrier(us, "ru", "relay")["state"] == "down")
            assert "relays nothing" in carrier(us, "ru", "relay")["error"]
            await ask(un, "relay_allow", one="us", other="ru", allowed=True)
            await until(ru, lambda: texts(ru) == ["by a third"])
            await until(us, lambda: states(us) == {"by a third": "received"})
            assert texts(un) == []
            with un.station.engine.store.read() as connection:
                for sealed in connection.execute(select(relayed.c.sealed)).scalars():
                    assert how_sealed(sealed) and b"by a third" not in sealed
            await until(un, lambda: un.facade.relay_list()["held"] == [])

    asyncio.run(main())


@pytest.mark.rule("R-CAR-05")
def test_a_relay_is_a_third_party_with_a_line(tmp_path: Path) -> None:
    found_joined(tmp_path, "us", "ru")
    station = Station(Folder(tmp_path / "us"))
    for by, code in (("ru", "bad-carrier"), ("un", "unknown-line"), ("?", "bad-carrier")):
        with pytest.raises(OpenlineError) as caught:
            Facade(station).carrier_add("ru", "relay", options={"by": by})
        assert caught.value.code == code
    station.close()
