"""Carriers: sealed bytes over HTTPS to a pinned key, and through a faulty memory."""

import asyncio
import gc
from asyncio.sslproto import SSLProtocol
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.carriers import https
from openline.carriers.https import HttpsCarrier, listener
from openline.carriers.mail import MailCarrier, Server
from openline.carriers.memory import Faults, MemoryCarrier
from openline.station import serving
from openline.station.carrying import hops
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from ports import free_port
from proxies import proxy
from simulation.world import keys_of

Test = Callable[[str], Awaitable[Any]]
KEY = keys_of("ru").tls_public
ADDRESS = ("https://ru.invalid:8440",)


def _with_listener(folder: Path, receive: https.Receive, test: Test) -> Any:
    """Run `test` against a listener with the keys of ru."""

    async def main() -> Any:
        pem = folder / "tls.pem"
        pem.write_bytes(keys_of("ru").tls_pem("ru"))
        sock = serving.bind("127.0.0.1", 0, "--listen")
        running = await serving.run(listener(receive), sock, pem)
        try:
            return await test(running.address)
        finally:
            await running.stop()

    return asyncio.run(main())


def _send(*addresses: str, key: bytes = KEY, parcel: bytes = b"sealed") -> Awaitable[bytes]:
    async def send() -> bytes:
        carrier = HttpsCarrier(addresses, key)
        try:
            return await carrier.send(parcel)
        finally:
            await carrier.close()

    return send()


async def _echo(sealed: bytes) -> bytes | None:
    return b"answer to " + sealed


async def _silent(sealed: bytes) -> bytes | None:
    return None


def _fault(folder: Path, receive: https.Receive, test: Test) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        _with_listener(folder, receive, test)
    return caught.value


@pytest.mark.rule("R-CARR-01")
def test_a_parcel_goes_and_its_answer_comes_back(tmp_path: Path) -> None:
    assert _with_listener(tmp_path, _echo, _send) == b"answer to sealed"
    assert _with_listener(tmp_path, _silent, _send) == b""


@pytest.mark.rule("R-CARR-01")
def test_the_listener_has_one_route(tmp_path: Path) -> None:
    async def get(address: str) -> list[int]:
        async with aiohttp.ClientSession() as session:
            found = []
            for method, path in (
                ("GET", https.PATH),
                ("GET", "/"),
                ("POST", "/openline/2/parcels"),
            ):
                async with session.request(method, address + path, ssl=False) as response:
                    found.append(response.status)
                    assert "server" not in response.headers
            return found

    assert _with_listener(tmp_path, _echo, get) == [405, 404, 404]


@pytest.mark.rule("R-CARR-02")
def test_another_tls_key_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    arrived = []

    async def receive(sealed: bytes) -> bytes | None:
        arrived.append(sealed)
        return None

    other = keys_of("us").tls_public
    fault = _fault(tmp_path, receive, lambda address: _send(address, key=other))
    assert (fault.code, fault.whose, fault.rule) == ("wrong-tls-key", "carrier", "R-CARR-02")
    assert arrived == []


@pytest.mark.rule("R-CARR-03")
def test_addresses_are_tried_in_their_order(tmp_path: Path) -> None:
    dead = f"https://127.0.0.1:{free_port()}"
    assert _with_listener(tmp_path, _echo, lambda a: _send(dead, a)) == b"answer to sealed"
    fault = _fault(tmp_path, _echo, lambda a: _send(dead))
    assert (fault.code, fault.whose, fault.rule) == ("carrier-down", "carrier", "R-CARR-03")
    assert dead in fault.message


@pytest.mark.rule("R-CARR-03")
def test_a_failed_try_leaves_no_connection_behind_in_a_circle(tmp_path: Path) -> None:
    """256 KiB each: on a wire that fails they would add up until a search for garbage."""

    async def send_in_vain() -> int:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)  # the first byte of a handshake
            writer.transport.abort()

        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            carrier = HttpsCarrier((f"https://127.0.0.1:{port}",) * 2, KEY)
            for _ in range(3):
                with pytest.raises(OpenlineError):
                    await carrier.send(b"sealed")
            await carrier.close()
            await asyncio.sleep(0)  # what was about to be called has let go, too
            return sum(type(each) is SSLProtocol for each in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(send_in_vain()) == 0
    finally:
        gc.enable()


@pytest.mark.rule("R-CARR-01")
def test_a_parcel_goes_over_ipv6(tmp_path: Path) -> None:
    try:
        sock = serving.bind("::1", 0, "--listen")
    except OpenlineError:
        pytest.skip("this machine has no IPv6")

    async def main() -> bytes:
        pem = tmp_path / "tls.pem"
        pem.write_bytes(keys_of("ru").tls_pem("ru"))
        running = await serving.run(listener(_echo), sock, pem)
        try:
            assert running.address.startswith("https://[::1]:")
            # No route leads to the first; the second is another family.
            return await _send(f"https://127.0.0.1:{free_port()}", running.address)
        finally:
            await running.stop()

    assert asyncio.run(main()) == b"answer to sealed"


@pytest.mark.rule("R-CAR-07")
@pytest.mark.rule("R-TEST-11")
def test_a_look_at_the_first_hop_goes_to_the_proxy_and_looks_no_name_up() -> None:
    addresses = ("https://ru.invalid:8440", "https://[2001:db8::1]:8440")
    assert HttpsCarrier(addresses, KEY).begins() == (("ru.invalid", 8440), ("2001:db8::1", 8440))
    by_proxy = HttpsCarrier(addresses, KEY, "socks5://us:secret@127.0.0.1:9050")
    assert by_proxy.begins() == (("127.0.0.1", 9050),)


@pytest.mark.rule("R-TEST-11")
def test_mail_begins_at_two_servers() -> None:
    def looked(carrier: MailCarrier) -> list[tuple[tuple[str, int], ...]]:
        return list(hops(carrier))

    smtp, imap = Server("out.example", 587, "starttls"), Server("in.example", 993, "tls")
    both = MailCarrier(smtp, imap, "us@a.example", "ru@a.example", "us", "")
    assert looked(both) == [(("out.example", 587),), (("in.example", 993),)]
    assert looked(replace(both, imap=None)) == [(("out.example", 587),)]


@pytest.mark.rule("R-CAR-07")
def test_the_address_that_answered_last_is_tried_first(tmp_path: Path) -> None:
    dead = f"https://127.0.0.1:{free_port()}"

    async def send(address: str) -> tuple[str, ...]:
        carrier = HttpsCarrier((dead, address), KEY)
        assert await carrier.send(b"sealed") == b"answer to sealed"
        await carrier.close()
        return carrier.addresses

    found = _with_listener(tmp_path, _echo, send)
    assert found[1] == dead and found[0] != dead


@pytest.mark.rule("R-CAR-07")
@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_proxy_is_used_when_told_to_and_looks_names_up(tmp_path: Path, kind: str) -> None:
    async def send(address: str) -> bytes:
        port = int(address.rpartition(":")[2])
        async with proxy(kind, {"ru.invalid": "127.0.0.1"}) as (at, noted):
            carrier = HttpsCarrier((f"https://ru.invalid:{port}",), KEY, at)
            answer = await carrier.send(b"sealed")
            await carrier.close()
            assert noted.asked == [("ru.invalid", port)]
            wrong = HttpsCarrier((f"https://ru.invalid:{port}",), keys_of("us").tls_public, at)
            with pytest.raises(OpenlineError) as caught:
                await wrong.send(b"sealed")
            assert caught.value.code == "wrong-tls-key"
            await wrong.close()
        return answer

    assert _with_listener(tmp_path, _echo, send) == b"answer to sealed"


@pytest.mark.rule("R-CAR-07")
@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_proxy_that_is_not_there_is_a_carrier_that_is_down(kind: str) -> None:
    async def send() -> str:
        carrier = HttpsCarrier(ADDRESS, KEY, f"{kind}://127.0.0.1:{free_port()}")
        try:
            with pytest.raises(OpenlineError) as caught:
                await carrier.send(b"sealed")
        finally:
            await carrier.close()
        return caught.value.code

    assert asyncio.run(send()) == "carrier-down"


@pytest.mark.rule("R-CAR-03")
def test_a_carrier_is_back_the_moment_that_its_other_end_listens(tmp_path: Path) -> None:
    async def main() -> None:
        port = free_port()
        carrier = HttpsCarrier((f"https://127.0.0.1:{port}",), KEY)
        back = asyncio.create_task(carrier.back())
        done, _ = await asyncio.wait({back}, timeout=0.2)
        assert not done
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
        async with server:
            async with asyncio.timeout(60):
                await back
            deeper = asyncio.create_task(carrier.back())  # it listens: the fault lies deeper
            done, _ = await asyncio.wait({deeper}, timeout=0.2)
            assert not done
            deeper.cancel()

    asyncio.run(main())


@pytest.mark.rule("R-CARR-04")
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
@pytest.mark.parametrize("size", [0, limits.PARCEL_BYTES + 1])
def test_a_body_that_is_no_parcel_is_refused(tmp_path: Path, size: int) -> None:
    fault = _fault(tmp_path, _echo, lambda a: _send(a, parcel=bytes(size)))
    assert (fault.code, fault.whose) == ("peer-too-large", "theirs")


@pytest.mark.rule("R-CARR-04")
def test_an_answer_longer_than_a_parcel_is_refused(tmp_path: Path) -> None:
    async def flood(sealed: bytes) -> bytes | None:
        return bytes(limits.PARCEL_BYTES + 1)

    fault = _fault(tmp_path, flood, _send)
    assert (fault.code, fault.rule) == ("too-large", "R-CARR-04")


@pytest.mark.rule("R-CARR-05")
@pytest.mark.parametrize(
    ("whose", "code"), [(Whose.THEIRS, "peer-stranger"), (Whose.OURS, "peer-unavailable")]
)
def test_a_refusal_is_told_and_ones_own_trouble_is_not(
    tmp_path: Path, whose: Whose, code: str
) -> None:
    async def refuse(sealed: bytes) -> bytes | None:
        raise OpenlineError("stranger", "inner workings", whose=whose)

    fault = _fault(tmp_path, refuse, _send)
    assert (fault.code, fault.whose, fault.rule) == (code, "theirs", "R-CARR-05")
    assert ("inner workings" in fault.message) == (whose is Whose.THEIRS)


@pytest.mark.rule("R-STN-06")
def test_a_port_in_use_is_said_with_the_option_that_changes_it() -> None:
    sock = serving.bind("127.0.0.1", 0, "--listen")
    port = sock.getsockname()[1]
    for host, at, code in (
        ("127.0.0.1", port, "port-in-use"),
        ("192.0.2.1", 0, "cannot-listen"),
        ("127.0.0.1", 70_000, "cannot-listen"),
    ):
        with pytest.raises(OpenlineError) as caught:
            serving.bind(host, at, "--listen")
        assert (caught.value.code, caught.value.rule) == (code, "R-STN-06")
        assert "--listen" in caught.value.next
    sock.close()


CHANCE = st.floats(0, 1)


def _carried(seed: int, faults: Faults, parcels: list[bytes]) -> list[bytes]:
    carrier, out = MemoryCarrier(Random(seed), faults), []
    for parcel in parcels:
        carrier.send(parcel)
    while (parcel_out := carrier.receive()) is not None:
        out.append(parcel_out)
    return out


@pytest.mark.rule("R-CARR-06")
@given(st.integers(), st.builds(Faults, CHANCE, CHANCE, CHANCE), st.lists(st.binary(max_size=4)))
def test_the_memory_carrier_alters_nothing_and_repeats_itself(
    seed: int, faults: Faults, parcels: list[bytes]
) -> None:
    out = _carried(seed, faults, parcels)
    assert set(out) <= set(parcels) and len(out) <= 2 * len(parcels)
    assert _carried(seed, faults, parcels) == out
    assert _carried(seed, Faults(), parcels) == parcels
    assert _carried(seed, Faults(loss=1), parcels) == []


@pytest.mark.rule("R-CARR-06")
def test_the_memory_carrier_loses_doubles_and_reorders() -> None:
    parcels = [bytes([n]) for n in range(100)]
    assert 0 < len(_carried(1, Faults(loss=0.5), parcels)) < 100
    assert 100 < len(_carried(1, Faults(duplication=0.5), parcels)) < 200
    shuffled = _carried(1, Faults(reordering=0.5), parcels)
    assert shuffled != parcels and sorted(shuffled) == parcels
