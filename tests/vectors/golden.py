"""One complete example of each wire format, always the same, from fixed seeds and times.

`python tests/vectors/golden.py` writes them beside this file; tests regenerate and compare.
Never use these keys: everybody has them.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openline.record.tree import EMPTY
from openline.station.keys import SEEDS, Keys
from openline.wire.card import card_text, fingerprint, write_card
from openline.wire.cardask import write_card_ask
from openline.wire.cbor import encode
from openline.wire.keys import SigningKey
from openline.wire.message import write_message
from openline.wire.probe import write_answer, write_probe
from openline.wire.receipt import write_ask, write_early, write_fetch, write_receipt
from openline.wire.relaying import write_request
from openline.wire.revocation import Extent, write_revocation
from openline.words.moment import Moment
from openline.words.party import Direction

FOLDER = Path(__file__).parent

US_ROOT, US, RU = (SigningKey(bytes([n]) * 32) for n in (1, 2, 4))
US_SEEDS = {
    name: bytes([n]) * length
    for (name, length), n in zip(SEEDS.items(), (2, 5, 6, 3, 7, 8), strict=True)
}
DIRECTION = Direction("us", "ru", 1)
AT = Moment.parse("2022-03-01T09:30:00Z")

FORM = {
    "v": 1,
    "to": ["ru"],
    "rev": 1,
    "uid": "7h2k9m4q3x",
    "form": "text",
    "lang": "en",
    "prec": "routine",
    "fields": {"text": "Radio check."},
}
MESSAGE = write_message(US, DIRECTION, 0, AT, encode(FORM))
RECEIPT = write_receipt(RU, DIRECTION, 1, EMPTY.append(MESSAGE.leaf).root(), AT.plus_ms(1500))
EARLY = write_early(RU, DIRECTION, 0, MESSAGE.leaf, AT.plus_ms(1000))
CARD_ASK = write_card_ask(RU, DIRECTION, US.key_id, AT.plus_ms(2000))
REVOCATION = write_revocation(
    US_ROOT,
    "us",
    "ru",
    keys=(US.key_id,),
    since=AT,
    at=AT.plus_ms(3000),
    own=(Extent(1, 1, EMPTY.append(MESSAGE.leaf).root()),),
    other=(),
)
ASK = write_ask(RU, DIRECTION, 1, ((1, 4), (6, 7)), AT.plus_ms(2000))
FETCH = write_fetch(US, DIRECTION, 1, ((1, 4),), AT.plus_ms(2500))
PROBE = write_probe(US, DIRECTION, 7_700_000_000_000_001, AT, "https")
PROBE_ANSWER = write_answer(RU, PROBE, AT.plus_ms(40), AT.plus_ms(41))
CARD = write_card(
    US_ROOT,
    "us",
    "United States European Command",
    keys=Keys(*US_SEEDS.values()).public,
    addresses=("https://line.us.example:8444",),
    voice=("+49 711 555 0100",),
    issued=AT,
)


def _line_item(item: Any, signer: SigningKey, **fields: Any) -> dict[str, Any]:
    return {
        "signer_seed": (bytes([4 if signer is RU else 2]) * 32).hex(),
        "signer_public": signer.public.hex(),
        "key_id": signer.key_id.hex(),
        "direction": str(item.direction),
        "at": str(item.at),
        **fields,
        "bytes": item.raw.hex(),
    }


def golden() -> dict[str, dict[str, Any]]:
    """File name (without .json) to content."""
    return {
        "message": _line_item(
            MESSAGE, US, number=0, payload=MESSAGE.payload.hex(), leaf=MESSAGE.leaf.hex()
        ),
        "receipt": _line_item(RECEIPT, RU, size=1, root=RECEIPT.root.hex()),
        "early-receipt": _line_item(EARLY, RU, number=0, leaf=EARLY.leaf.hex()),
        "ask": _line_item(ASK, RU, size=1, ranges=ASK.ranges),
        "card-ask": _line_item(CARD_ASK, RU, asked=CARD_ASK.asked.hex()),
        "revocation": {
            "root_seed": (bytes([1]) * 32).hex(),
            "party": REVOCATION.party,
            "peer": REVOCATION.peer,
            "keys": [key.hex() for key in REVOCATION.keys],
            "since": str(REVOCATION.since),
            "at": str(REVOCATION.at),
            "own": [[e.epoch, e.size, e.root.hex()] for e in REVOCATION.own],
            "other": [],
            "bytes": REVOCATION.raw.hex(),
        },
        "relay": {
            "signer_seed": (bytes([2]) * 32).hex(),
            "party": "us",
            "relay": "un",
            "to": "ru",
            "sealed": b"sealed".hex(),
            "taken": [],
            "at": str(AT),
            "bytes": write_request(US, "us", "un", AT, "ru", b"sealed").hex(),
        },
        "fetch": _line_item(FETCH, US, size=1, ranges=FETCH.ranges),
        "probe": _line_item(PROBE, US, drawn=PROBE.drawn, carrier=PROBE.carrier),
        "probe-answer": _line_item(
            PROBE_ANSWER, RU, drawn=PROBE.drawn, received=str(PROBE_ANSWER.received)
        ),
        "card": {
            "root_seed": (bytes([1]) * 32).hex(),
            **{f"{name}_seed": seed.hex() for name, seed in US_SEEDS.items()},
            "party": CARD.party,
            "name": CARD.name,
            "serial": CARD.serial,
            "issued": str(CARD.issued),
            "root": CARD.root_key.hex(),
            **{name: public.hex() for name, public in asdict(CARD.keys).items()},
            "addresses": CARD.addresses,
            "voice": CARD.voice,
            "fingerprint": fingerprint(CARD),
            "page": card_text(CARD),
            "bytes": CARD.raw.hex(),
        },
    }


def golden_text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, content in golden().items():
        (FOLDER / f"{name}.json").write_text(golden_text(content), encoding="utf-8")
