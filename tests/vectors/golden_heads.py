"""One complete example of signed heads and of a checkpoint, from fixed seeds and times.

`python tests/vectors/golden_heads.py` writes them beside this file. An ML-DSA signature is another
at each call: the example keeps the one that was made first, and all before it is regenerated.
Never use these keys: everybody has them.
"""

from pathlib import Path
from typing import Any

from openline.record.tree import EMPTY, EMPTY_ROOT
from openline.wire.checkpoint import (
    COSIGNATURE,
    NOTE,
    cosign,
    cosigner,
    origin,
    sign_checkpoint,
    verifier_key,
)
from openline.wire.keys import SigningKey
from openline.wire.mldsa import SIGNATURE_BYTES, QuantumKey
from openline.wire.quantum import Head, SignedHeads, write_heads
from openline.words.party import Direction
from vectors.golden import AT, MESSAGE, golden_text

FOLDER = Path(__file__).parent
US, US_CHECKPOINT, RU_CHECKPOINT = (
    QuantumKey(bytes([6]) * 32),
    *(SigningKey(bytes([n]) * 32) for n in (7, 8)),
)
OUT = Head(Direction("us", "ru", 1), 1, EMPTY.append(MESSAGE.leaf).root())
INTO = Head(Direction("ru", "us", 1), 0, EMPTY_ROOT)
SIGNED = sign_checkpoint(US_CHECKPOINT, OUT)
COSIGNED = SIGNED.signed_also_by([cosign(RU_CHECKPOINT, "ru", SIGNED, AT.plus_ms(1500))])


def heads() -> SignedHeads:
    """Signed anew, with another signature each time."""
    return write_heads(US, OUT, INTO, AT)


def unsigned(raw: bytes) -> bytes:
    """All but the signature."""
    return raw[:-SIGNATURE_BYTES]


def golden_heads() -> dict[str, dict[str, Any]]:
    """File name (without .json) to content."""
    signed = heads()
    return {
        "heads": {
            "signer_seed": (bytes([6]) * 32).hex(),
            "key_id": signed.key_id.hex(),
            "out": [str(OUT.direction), OUT.size, OUT.root.hex()],
            "in": [str(INTO.direction), INTO.size, INTO.root.hex()],
            "at": str(signed.at),
            "bytes": signed.raw.hex(),
        },
        "checkpoint": {
            "signer_seed": (bytes([7]) * 32).hex(),
            "signer": verifier_key(origin(OUT.direction), NOTE, US_CHECKPOINT.public),
            "cosigner_seed": (bytes([8]) * 32).hex(),
            "cosigner": verifier_key(cosigner("ru"), COSIGNATURE, RU_CHECKPOINT.public),
            "text": str(COSIGNED),
        },
    }


if __name__ == "__main__":
    for name, content in golden_heads().items():
        (FOLDER / f"{name}.json").write_text(golden_text(content), encoding="utf-8")
