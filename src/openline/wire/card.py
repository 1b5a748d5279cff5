"""A card: a party's public keys and addresses on one page, signed by its root key.

The page's readable lines are made from the signed bytes at its end, and a page
whose lines say anything else is refused: what a person reads is what was signed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from openline.wire import cose
from openline.wire.address import split_address
from openline.wire.cbor import Value, decode, encode
from openline.wire.fingerprint import fingerprint_of
from openline.wire.keys import SigningKey, check_public
from openline.wire.mldsa import PUBLIC_BYTES as MLDSA_PUBLIC_BYTES
from openline.wire.sealing import check_light_public, check_sealing_public
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import party_id

_TITLE = "OPENLINE CARD"
_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class CardKeys:
    """The public parts of a station's keys, one for each job.

    `signing`, `tls` and `checkpoint` are Ed25519 (32 bytes), `sealing` is X-Wing (1216 bytes),
    `light` X25519 (32 bytes, sealing for dear carriers), `mldsa` ML-DSA-65 (1952 bytes).
    """

    signing: bytes
    sealing: bytes
    light: bytes
    tls: bytes
    checkpoint: bytes
    mldsa: bytes


@dataclass(frozen=True, slots=True)
class Card:
    """Who a party is on the wire.

    `root_key` (Ed25519, 32 bytes) is the party's anchor and never changes; the other keys are
    those of `CardKeys`. `serial` counts the party's cards from 1, `issued` is the party's time;
    `addresses` are ``https://HOST:PORT``, `voice` numbers to call, `version` the protocol's;
    `raw` is what the root key signed.
    """

    party: str
    name: str
    serial: int
    issued: Moment
    root_key: bytes
    signing_key: bytes
    sealing_key: bytes
    light_key: bytes
    tls_key: bytes
    checkpoint_key: bytes
    mldsa_key: bytes
    addresses: tuple[str, ...]
    voice: tuple[str, ...]
    version: int
    raw: bytes

    @property
    def keys(self) -> CardKeys:
        """The keys that a newer card may replace: all but the root key."""
        return CardKeys(
            self.signing_key,
            self.sealing_key,
            self.light_key,
            self.tls_key,
            self.checkpoint_key,
            self.mldsa_key,
        )


def write_card(
    root: SigningKey,
    party: str,
    name: str,
    *,
    keys: CardKeys,
    addresses: Sequence[str],
    voice: Sequence[str] = (),
    serial: int = 1,
    issued: Moment,
) -> Card:
    """The card number `serial` of `party`, signed by its root key.

    Raises ``bad-card`` (ours), with what is wrong.
    """
    payload = {
        "addresses": tuple(addresses),
        "name": name,
        "root": root.public,
        "voice": tuple(voice),
        **asdict(keys),
    }
    header: cose.Header = {
        cose.CLAIMS: {cose.ISS: party, cose.SUB: party},
        cose.TYP: cose.CARD,
        cose.NUMBER: serial,
        cose.TIME: issued.ms,
    }
    try:
        card = _read_signed(cose.sign(root, header, encode(payload)))
    except OpenlineError as error:
        message = f"no card can be made: {error.message}"
        raise OpenlineError("bad-card", message, rule=error.rule, next=error.next) from None
    if len(card_text(card)) > limits.CARD_BYTES:
        raise OpenlineError(
            "bad-card", f"a card longer than {limits.CARD_BYTES} (CARD_BYTES)", rule="R-WIRE-17"
        )
    return card


def card_text(card: Card) -> str:
    """The page: what a person reads, then the signed bytes in base64, with a final newline."""
    block = b64encode(card.raw).decode()
    lines = [
        _TITLE,
        "",
        f"party: {card.party}",
        f"name: {card.name}",
        f"serial: {card.serial}",
        f"issued: {card.issued}",
        *(f"address: {address}" for address in card.addresses),
        *(f"voice: {number}" for number in card.voice),
        f"fingerprint: {fingerprint(card)}",
        "",
        *(block[at : at + _COLUMNS] for at in range(0, len(block), _COLUMNS)),
    ]
    return "\n".join(lines) + "\n"


def read_card(text: str) -> Card:
    """The card on a page that `card_text` could have written, its signature checked.

    Line ends may have become CRLF, and the last may be missing or repeated. Raises
    ``bad-card`` (theirs) for anything else. Whether it is the right party's card, only its
    fingerprint tells, compared by voice.
    """
    try:
        return _read_page(text)
    except OpenlineError as error:
        raise _refused(error) from None


def read_signed_card(raw: bytes) -> Card:
    """The card in what a root key signed, as it travels on a line; raises ``bad-card`` (theirs)."""
    try:
        return _read_signed(raw)
    except OpenlineError as error:
        raise _refused(error) from None


def replaces(card: Card, earlier: Card) -> bool:
    """Whether `card` takes the place of `earlier`: of the same party and root key, and newer."""
    same = (card.party, card.root_key) == (earlier.party, earlier.root_key)
    return same and card.serial > earlier.serial


def fingerprint(card: Card) -> str:
    """The card's twelve words to compare by voice; they stay as long as its root key does."""
    return fingerprint_of(card.party, card.root_key)


def _read_page(text: str) -> Card:
    if len(text) > limits.CARD_BYTES:
        raise _wrong(f"more than {limits.CARD_BYTES} characters (CARD_BYTES)", "R-WIRE-17")
    text = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    block = text.rpartition("\n\n")[2].replace("\n", "")
    try:
        raw = b64decode(block, validate=True)
    except ValueError:
        raise _wrong("the signed bytes at its end are no base64", "R-WIRE-17") from None
    card = _read_signed(raw)
    if card_text(card) != text:
        raise _wrong("its readable lines are not those of what was signed", "R-WIRE-17")
    return card


def _read_signed(raw: bytes) -> Card:
    """The card in the signed bytes `raw`, everything about it checked.

    Its errors are those of what it reads with: the callers make ``bad-card`` of them.
    """
    signed = cose.parse(raw, limits.CARD_BYTES)
    if signed.typ != cose.CARD or signed.issuer != signed.subject:
        raise _wrong("what is signed is no card of its issuer", "R-WIRE-16")
    if not 1 <= signed.number <= limits.CARD_SERIALS:
        raise _wrong("a serial number that no card has (CARD_SERIALS)", "R-WIRE-22")
    match decode(signed.payload, limits.CARD_BYTES):
        case {
            "addresses": [*addresses],
            "checkpoint": bytes(checkpoint),
            "light": bytes(light),
            "mldsa": bytes(mldsa),
            "name": str(name),
            "root": bytes(root),
            "sealing": bytes(sealing),
            "signing": bytes(signing),
            "tls": bytes(tls),
            "voice": [*voice],
            **others,
        } if not others:
            keys = CardKeys(signing, sealing, light, tls, checkpoint, mldsa)
        case _:
            raise _wrong("what is signed has not the parts of a card", "R-WIRE-16")
    _check_keys(root, keys)
    cose.check(signed, root)
    return Card(
        party_id(signed.issuer),
        _line(name, limits.NAME_CHARS),
        signed.number,
        Moment(signed.time_ms),
        root,
        keys.signing,
        keys.sealing,
        keys.light,
        keys.tls,
        keys.checkpoint,
        keys.mldsa,
        _addresses(addresses),
        _voice(voice),
        cose.PROTOCOL_VERSION,
        raw,
    )


def _check_keys(root: bytes, keys: CardKeys) -> None:
    """Each key is one of its kind, and no secret serves two of them."""
    for public in (root, keys.signing, keys.tls, keys.checkpoint):
        check_public(public)
    check_sealing_public(keys.sealing)
    check_light_public(keys.light)
    if len(keys.mldsa) != MLDSA_PUBLIC_BYTES:  # any bytes of this length are a key (FIPS 204)
        raise _wrong(f"an ML-DSA-65 key that has not {MLDSA_PUBLIC_BYTES} bytes", "R-WIRE-16")
    if len({root, keys.signing, keys.tls, keys.checkpoint}) != 4 or (
        keys.sealing.endswith(keys.light)
    ):
        raise _wrong("one key serves two purposes", "R-WIRE-16")


def _addresses(found: Sequence[Value]) -> tuple[str, ...]:
    addresses = tuple(address for address in found if isinstance(address, str))
    if not 1 <= len(found) == len(set(addresses)) <= limits.ADDRESSES:
        raise _wrong(f"not 1 to {limits.ADDRESSES} different addresses", "R-WIRE-18")
    for address in addresses:
        split_address(address)
    return addresses


def _voice(found: Sequence[Value]) -> tuple[str, ...]:
    numbers = tuple(_line(n, limits.VOICE_CHARS) for n in found if isinstance(n, str))
    if len(found) != len(set(numbers)) or len(found) > limits.VOICE_NUMBERS:
        raise _wrong(f"not up to {limits.VOICE_NUMBERS} different voice numbers", "R-WIRE-16")
    return numbers


def _line(text: str, chars: int) -> str:
    """`text` when a person can read all of it on one line."""
    if not 1 <= len(text) <= chars or not text.isprintable() or text != text.strip():
        raise _wrong(
            f"a name or voice number that is not one line of 1 to {chars} printable characters",
            "R-WIRE-16",
        )
    return text


def _refused(error: OpenlineError) -> OpenlineError:
    return OpenlineError(
        "bad-card",
        f"a card is refused: {error.message}",
        whose=Whose.THEIRS,
        rule=error.rule,
        next="ask the other side for its card again, as a file",
    )


def _wrong(why: str, rule: str) -> OpenlineError:
    """Why a card is none; `write_card` and `read_card` say whose fault that is."""
    return OpenlineError("bad-card", why, rule=rule, next="correct the card's entries")
