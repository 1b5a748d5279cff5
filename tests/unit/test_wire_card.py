"""Cards: what a person reads is what the root key signed."""

from base64 import b64decode, b64encode
from dataclasses import fields, replace
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from openline.wire import cose
from openline.wire.address import split_address
from openline.wire.card import (
    Card,
    CardKeys,
    card_text,
    fingerprint,
    read_card,
    read_signed_card,
    replaces,
    write_card,
)
from openline.wire.cbor import decode, encode
from openline.wire.fingerprint import normalise_fingerprint
from openline.wire.keys import SigningKey
from openline.wire.mldsa import PUBLIC_BYTES as MLDSA_PUBLIC_BYTES
from openline.wire.sealing import SealingKey
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from vectors.golden import AT, CARD, US_ROOT

ROOT, SIGNING, TLS, CHECKPOINT = (SigningKey(bytes([n]) * 32) for n in (11, 12, 13, 14))
KEYS = CardKeys(
    SIGNING.public,
    SealingKey(b"s" * 96).public,
    SealingKey(b"l" * 32).public,
    TLS.public,
    CHECKPOINT.public,
    bytes(MLDSA_PUBLIC_BYTES),
)
PAGE = card_text(CARD)
LOW_ORDER = (1).to_bytes(32, "little")


def card(**changes: object) -> Card:
    entries = {
        "party": "us",
        "name": "Ops",
        "addresses": ("https://a.example:8444",),
        "voice": (),
        "issued": AT,
        **changes,
    }
    keys = {field.name: entries.pop(field.name) for field in fields(KEYS) if field.name in entries}
    return write_card(ROOT, keys=replace(KEYS, **keys), **entries)


def refusal(text: str) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        read_card(text)
    assert (caught.value.code, caught.value.whose) == ("bad-card", Whose.THEIRS)
    return caught.value


def page_of(raw: bytes) -> str:
    """The golden page with other signed bytes at its end."""
    block = "\n".join(wrap(b64encode(raw).decode(), 100))
    return PAGE.rpartition("\n\n")[0] + "\n\n" + block


def resigned(**changes: object) -> str:
    """A page over a changed payload, truly signed by the root key that it names."""
    signed = cose.parse(CARD.raw)
    payload = {**decode(signed.payload, limits.CARD_BYTES), **changes}
    return page_of(cose.sign(US_ROOT, signed.header, encode(payload)))


def reheaded(**changes: object) -> bytes:
    """The card with another number or time, or other claims, truly signed."""
    signed = cose.parse(CARD.raw)
    labels = {"claims": cose.CLAIMS}
    changed = {labels.get(name, name): value for name, value in changes.items()}
    return cose.sign(US_ROOT, {**signed.header, **changed}, signed.payload)


NAMES = st.text(min_size=1, max_size=60).filter(lambda t: t.isprintable() and t == t.strip())


@pytest.mark.rule("R-WIRE-17")
@given(
    NAMES,
    st.lists(st.integers(1, 65535), min_size=1, max_size=8, unique=True),
    st.lists(NAMES, max_size=8, unique=True),
)
def test_a_page_is_read_as_it_was_written(name, ports, voice):
    addresses = tuple(f"https://line.example.org:{port}" for port in ports)
    written = card(name=name, addresses=addresses, voice=tuple(voice))
    assert read_card(card_text(written)) == written
    assert (written.name, written.addresses, written.voice) == (name, addresses, tuple(voice))


@pytest.mark.rule("R-WIRE-17")
@pytest.mark.parametrize(
    "text", [PAGE.replace("\n", "\r\n"), PAGE.rstrip("\n"), PAGE + "\n\n", PAGE + "\r\n"]
)
def test_line_ends_may_change_on_the_way(text):
    assert read_card(text) == CARD


@pytest.mark.rule("R-WIRE-17")
@given(st.data())
def test_a_page_with_one_letter_changed_is_refused(data):
    at = data.draw(st.integers(0, len(PAGE) - 2))
    letter = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != PAGE[at]))
    refusal(PAGE[:at] + letter + PAGE[at + 1 :])


@pytest.mark.rule("R-WIRE-17")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        PAGE.replace("party: us", "party: ru"),
        PAGE.replace("line.us.example", "line.evil.example"),
        PAGE.replace("voice: +49 711 555 0100\n", ""),
        PAGE.replace("\nname:", "\nnote: new\nname:"),
        PAGE.replace("name: ", "name:  "),
        PAGE.replace("serial: 1", "serial: 2"),
        PAGE.replace("issued: 2022", "issued: 2023"),
        " " + PAGE,
        PAGE + "x",
        PAGE + " ",
        PAGE.partition("\n\n")[2],
        PAGE.rpartition("\n\n")[0],
        PAGE.rpartition("\n\n")[2],
        "x" * (limits.CARD_BYTES + 1),
    ],
)
def test_a_page_that_we_would_not_write_is_refused(text):
    refusal(text)


@pytest.mark.rule("R-WIRE-16")
@pytest.mark.parametrize(
    "text",
    [
        page_of(CARD.raw[:-1] + bytes([CARD.raw[-1] ^ 1])),
        page_of(cose.sign(SIGNING, cose.parse(CARD.raw).header | {4: SIGNING.key_id}, b"\xa0")),
        resigned(root=ROOT.public),
        resigned(extra=1),
        resigned(name=5),
        resigned(addresses="https://a:1"),
        resigned(addresses=[5]),
        resigned(voice=[5]),
        resigned(signing=LOW_ORDER),
        resigned(tls=LOW_ORDER),
        resigned(checkpoint=LOW_ORDER),
        resigned(signing=(2**255 - 18).to_bytes(32, "little")),
        resigned(sealing=CARD.sealing_key[:1184] + bytes(32)),
        resigned(light=bytes(32)),
        resigned(light=CARD.sealing_key),
        resigned(mldsa=CARD.mldsa_key[:-1]),
        resigned(signing=CARD.tls_key),
        resigned(signing=CARD.root_key),
        resigned(checkpoint=CARD.signing_key),
        resigned(light=CARD.sealing_key[1184:]),
    ],
)
def test_signed_bytes_that_are_no_card_are_refused(text):
    assert read_card(resigned()) == CARD
    assert refusal(text).rule != "R-WIRE-17"


@pytest.mark.rule("R-WIRE-16")
def test_a_card_is_signed_by_the_party_that_it_is_about():
    for claims in ({1: "ru", 2: "us"}, {1: "NO", 2: "NO"}, {1: "", 2: ""}):
        assert refusal(page_of(reheaded(claims=claims))).rule in {"R-WIRE-16", "R-WORD-01"}
    assert reheaded() == CARD.raw


@pytest.mark.rule("R-WIRE-22")
def test_a_card_has_a_serial_number_and_a_time():
    assert (CARD.serial, CARD.issued) == (1, AT)
    later = read_signed_card(reheaded(n=7, t=AT.ms + 1))
    assert (later.serial, later.issued) == (7, AT.plus_ms(1))
    for n in (0, limits.CARD_SERIALS + 1):
        assert refusal(page_of(reheaded(n=n))).rule == "R-WIRE-22"
    assert refusal(page_of(reheaded(t=limits.LATEST_MS + 1))).rule == "R-WORD-03"


@pytest.mark.rule("R-WIRE-22")
def test_a_newer_card_of_the_same_party_and_root_key_replaces_an_older():
    first = card(issued=Moment(5))
    newer = card(serial=2, issued=Moment(4), signing=US_ROOT.public)
    assert replaces(newer, first)
    assert not replaces(first, newer)
    assert not replaces(first, card(name="Same number"))
    assert not replaces(card(party="ru", serial=2), first)
    assert not replaces(card(serial=2), CARD)


@pytest.mark.rule("R-WIRE-16")
def test_a_card_that_travels_is_what_its_root_key_signed():
    assert read_signed_card(CARD.raw) == CARD
    for raw in (b"", CARD.raw[:-1], CARD.raw + b"\0", CARD.raw[:-1] + b"\0"):
        with pytest.raises(OpenlineError) as caught:
            read_signed_card(raw)
        assert (caught.value.code, caught.value.whose) == ("bad-card", Whose.THEIRS)


@pytest.mark.rule("R-WIRE-16")
@pytest.mark.parametrize(
    "changes",
    [
        {"party": "U S"},
        {"name": ""},
        {"name": " x"},
        {"name": "x" * (limits.NAME_CHARS + 1)},
        {"name": "two\nlines"},
        {"name": "turned \u202eround"},
        {"name": "hidden\u200b"},
        {"name": "\ud800"},
        {"voice": ("",)},
        {"voice": ("1", "1")},
        {"voice": tuple(str(n) for n in range(limits.VOICE_NUMBERS + 1))},
        {"voice": ("0" * (limits.VOICE_CHARS + 1),)},
        {"signing": LOW_ORDER},
        {"tls": SIGNING.public},
        {"sealing": b""},
        {"light": b""},
        {"mldsa": b""},
        {"serial": 0},
        {"addresses": ()},
        {"addresses": ("https://a:1", "https://a:1")},
        {"addresses": tuple(f"https://a:{n}" for n in range(1, limits.ADDRESSES + 2))},
        {"addresses": ("https://a",)},
    ],
    ids=repr,
)
def test_a_card_that_others_would_refuse_is_not_made(changes):
    with pytest.raises(OpenlineError) as caught:
        card(**changes)
    assert (caught.value.code, caught.value.whose) == ("bad-card", Whose.OURS)


@pytest.mark.rule("R-WIRE-18")
@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://line.example.org:8444", "line.example.org", 8444),
        ("https://localhost:1", "localhost", 1),
        ("https://127.0.0.1:65535", "127.0.0.1", 65535),
        ("https://[::1]:443", "::1", 443),
        ("https://[2001:db8::7]:443", "2001:db8::7", 443),
        ("https://xn--e1afmkfd.example:443", "xn--e1afmkfd.example", 443),
    ],
)
def test_addresses_that_are_taken(address, host, port):
    assert split_address(address) == (host, port)


@pytest.mark.rule("R-WIRE-18")
@pytest.mark.parametrize(
    "address",
    [
        "http://a:1",
        "HTTPS://a:1",
        "https://A:1",
        "https://a",
        "https://a:",
        "https://a:0",
        "https://a:01",
        "https://a:65536",
        "https://a:1/",
        "https://a:1?q",
        "https://a:1#f",
        "https://user@a:1",
        "https://user:secret@a:1",
        "https://:1",
        "https://-a:1",
        "https://a-:1",
        "https://a..b:1",
        "https://a.:1",
        "https://a_b:1",
        "https://пример:1",
        "https://1.2.3:1",
        "https://256.0.0.1:1",
        "https://01.2.3.4:1",
        "https://::1:1",
        "https://[::0]:1",
        "https://[::1%eth0]:1",
        "https://[1.2.3.4]:1",
        "https://a:1\n",
        " https://a:1",
        "https://" + "a" * 64 + ":1",
        "https://" + "a." * 127 + "aa:1",
        "",
    ],
)
def test_addresses_that_are_refused(address):
    with pytest.raises(OpenlineError) as caught:
        split_address(address)
    assert caught.value.code == "bad-address"


@pytest.mark.rule("R-WIRE-19")
def test_a_fingerprint_is_twelve_words_of_party_and_root_key():
    words = fingerprint(CARD).split(" ")
    assert len(words) == 12
    assert set(words) <= set(Mnemonic("english").wordlist)
    assert fingerprint(card()) != fingerprint(card(party="ru"))
    assert fingerprint(card()) != fingerprint(CARD)
    assert fingerprint(card()) == fingerprint(card(name="New name", signing=US_ROOT.public))


@pytest.mark.rule("R-WIRE-19")
def test_a_fingerprint_may_be_written_down_in_any_case_and_spacing():
    words = fingerprint(CARD)
    for written in (words.upper(), words.replace(" ", "-"), "  " + words.replace(" ", "\n ")):
        assert normalise_fingerprint(written) == words
    assert normalise_fingerprint(words.replace(" ", "")) != words


def test_a_page_fits_on_one_page():
    lines = PAGE.splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 110
    assert b64decode("".join(PAGE.rpartition("\n\n")[2].split())) == CARD.raw
