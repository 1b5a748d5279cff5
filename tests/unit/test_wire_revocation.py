"""Revocations and asks for cards: one way to write them, and nothing else is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.wire import cose
from openline.wire.cardask import CardAsk, write_card_ask
from openline.wire.cbor import encode
from openline.wire.keys import SigningKey
from openline.wire.message import write_message
from openline.wire.receipt import read_item
from openline.wire.revocation import (
    Extent,
    Revocation,
    check_revocation,
    read_revocation,
    write_revocation,
)
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction
from vectors.golden import REVOCATION

ROOT, SIGNER = SigningKey(b"r" * 32), SigningKey(b"s" * 32)
AT = Moment.parse("2022-03-01T09:30:00Z")
LINE = Direction("us", "ru", 1)
KEY = b"k" * 8
OWN = (Extent(1, 4, b"a" * 32), Extent(9, 2, b"b" * 32))
OTHER = (Extent(3, 7, b"c" * 32),)

extents = st.lists(
    st.builds(
        Extent,
        st.integers(1, limits.EPOCHS),
        st.integers(0, limits.RECORD_MESSAGES),
        st.binary(min_size=32, max_size=32),
    ),
    max_size=5,
    unique_by=lambda extent: extent.epoch,
).map(lambda found: tuple(sorted(found, key=lambda extent: extent.epoch)))


def written(**other: Any) -> Revocation:
    given: dict[str, Any] = {"keys": (KEY,), "since": AT, "at": AT, "own": OWN, "other": OTHER}
    return write_revocation(ROOT, "us", "ru", **given | other)


def forged(
    payload: Any,
    number: int = 2,
    issuer: str = "us",
    subject: str = "us/ru/9",
    typ: str = cose.REVOCATION,
) -> bytes:
    """What a party with its root key could sign, whether or not it is a revocation."""
    header: cose.Header = {
        cose.CLAIMS: {cose.ISS: issuer, cose.SUB: subject},
        cose.TYP: typ,
        cose.NUMBER: number,
        cose.TIME: AT.ms,
    }
    return cose.sign(ROOT, header, encode(payload))


PAYLOAD = {
    "keys": (KEY,),
    "since": AT.ms,
    "own": ((1, 4, b"a" * 32), (9, 2, b"b" * 32)),
    "other": ((3, 7, b"c" * 32),),
}


@pytest.mark.rule("R-KEY-02")
@given(extents.filter(bool), extents, st.integers(0, 10**12))
def test_a_revocation_reads_as_it_was_written(
    own: tuple[Extent, ...], other: tuple[Extent, ...], ms: int
) -> None:
    said = written(own=own, other=other, since=Moment(ms))
    assert read_revocation(said.raw) == said
    check_revocation(said, ROOT.public)


@pytest.mark.rule("R-KEY-02")
def test_only_the_root_key_revokes() -> None:
    with pytest.raises(OpenlineError, match="another signing key"):
        check_revocation(written(), SIGNER.public)
    assert read_revocation(forged(PAYLOAD)) == replace(written(), raw=forged(PAYLOAD))


@pytest.mark.rule("R-KEY-02")
@pytest.mark.parametrize(
    "changed",
    [
        {"keys": ()},
        {"keys": (KEY, KEY)},
        {"keys": (b"short",)},
        {"keys": tuple(bytes([n]) * 8 for n in range(limits.REVOKED_KEYS + 1))},
        {"own": ()},
        {"own": ((9, 2, b"b" * 32), (1, 4, b"a" * 32))},
        {"own": ((9, 2, b"b" * 32), (9, 2, b"b" * 32))},
        {"own": ((0, 2, b"b" * 32), (9, 2, b"b" * 32))},
        {"own": ((9, 2, b"short"),)},
        {"other": ((3, -1, b"c" * 32),)},
        {"other": tuple((n, 1, b"c" * 32) for n in range(1, limits.EPOCHS_KEPT + 2))},
    ],
)
def test_a_revocation_that_names_nothing_sound_is_refused_both_ways(changed: Any) -> None:
    with pytest.raises(OpenlineError) as caught:
        read_revocation(forged(PAYLOAD | changed))
    assert (caught.value.code, caught.value.rule) == ("bad-header", "R-KEY-02")
    values = {
        name: tuple(Extent(*each) for each in value) if name != "keys" else value
        for name, value in changed.items()
    }
    with pytest.raises(OpenlineError) as caught:
        written(**values)
    assert caught.value.code == "bad-revocation"


@pytest.mark.rule("R-KEY-02")
@pytest.mark.parametrize(
    ("payload", "header"),
    [
        ([], {}),
        ({**PAYLOAD, "more": 1}, {}),
        ({**PAYLOAD, "since": True}, {}),
        ({**PAYLOAD, "since": -1}, {}),
        ({**PAYLOAD, "keys": (KEY, "text")}, {}),
        ({**PAYLOAD, "own": ((9, 2),)}, {}),
        ({**PAYLOAD, "own": ((9, True, b"b" * 32),)}, {}),
        (PAYLOAD, {"number": 3}),
        (PAYLOAD, {"subject": "us/ru/1"}),
        (PAYLOAD, {"subject": "nobody"}),
        (PAYLOAD, {"issuer": "ru"}),
        (PAYLOAD, {"typ": cose.CARD}),
    ],
)
def test_what_is_no_revocation_is_refused(payload: object, header: Any) -> None:
    with pytest.raises(OpenlineError) as caught:
        read_revocation(forged(payload, **header))
    assert caught.value.code == "bad-header"


@pytest.mark.rule("R-KEY-02")
def test_what_stands_is_what_lies_within_the_sizes_that_it_names() -> None:
    said = written()
    assert said.stands(LINE, 3) and not said.stands(LINE, 4)
    assert said.stands(replace(LINE, epoch=9), 1) and not said.stands(replace(LINE, epoch=9), 2)
    assert not said.stands(replace(LINE, epoch=5), 0)
    back = Direction("ru", "us", 3)
    assert said.stands(back, 6) and not said.stands(back, 7)
    assert not said.is_about(Direction("us", "cn", 1))


@pytest.mark.rule("R-KEY-09")
def test_a_message_is_disputed_from_the_time_on_and_beyond_the_size() -> None:
    said = replace(written(since=AT.plus_ms(10)), keys=(SIGNER.key_id,))

    def disputed(number: int, after_ms: int, signer: SigningKey = SIGNER) -> bool:
        return said.disputes(write_message(signer, LINE, number, AT.plus_ms(after_ms), b"x"))

    assert not disputed(0, 9)
    assert disputed(0, 10) and disputed(4, 0)
    assert not disputed(4, 10, ROOT)
    other = write_message(SIGNER, Direction("us", "cn", 1), 9, AT.plus_ms(20), b"x")
    assert not said.disputes(other)


@pytest.mark.rule("R-KEY-02")
def test_a_revocation_is_no_item_of_a_parcel_and_its_example_is_read() -> None:
    with pytest.raises(OpenlineError) as caught:
        read_item(written().raw)
    assert caught.value.rule == "R-WIRE-06"
    assert read_revocation(REVOCATION.raw) == REVOCATION
    check_revocation(REVOCATION, SigningKey(bytes([1]) * 32).public)


@pytest.mark.rule("R-KEY-01")
def test_an_ask_names_one_key() -> None:
    ask = write_card_ask(SIGNER, LINE, KEY, AT)
    assert read_item(ask.raw) == ask and isinstance(ask, CardAsk)
    with pytest.raises(OpenlineError):
        write_card_ask(SIGNER, LINE, b"short", AT)
    claims = {cose.ISS: "ru", cose.SUB: str(LINE)}
    for number, payload in ((1, KEY), (0, b"short"), (0, KEY + KEY)):
        header: Any = {cose.CLAIMS: claims, cose.TYP: cose.CARD_ASK, cose.TIME: AT.ms}
        raw = cose.sign(SIGNER, header | {cose.NUMBER: number}, payload)
        with pytest.raises(OpenlineError) as caught:
            read_item(raw)
        assert caught.value.rule == "R-KEY-01"
