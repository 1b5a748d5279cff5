"""One message's receipt in the form of RFC 9942, for tools that are not Openline's.

Nothing is signed anew. What a signature covers (RFC 9052, section 4.4) is the
protected header and the payload, and our receipts protect the label of RFC
9942's tree beside their own. So the root is left out of a receipt and the
message's path is put into its unprotected header: whoever recomputes the root
from message and path finds the receiver's own signature over it.
"""

from __future__ import annotations

from collections.abc import Sequence

from openline.record.proof import verify_inclusion
from openline.record.tree import leaf_hash
from openline.wire import cose
from openline.wire.cbor import bstr, encode
from openline.wire.message import read_message
from openline.wire.receipt import read_receipt
from openline.words.errors import BrokenInvariant

RECEIPTS, PROOFS, INCLUSION = 394, 396, -1
"""Labels of RFC 9942: receipts of a statement, proofs of a receipt, proofs of inclusion."""


def standard_receipt(receipt: bytes, message: bytes, path: Sequence[bytes]) -> bytes:
    """The RFC 9942 receipt of `message`, from the receipt that covers it as it was signed.

    `path` are the siblings from the message's leaf to the receipt's root (32 bytes each, RFC
    9162, section 2.1.3). Raises BrokenInvariant when the three do not belong together.
    """
    given, said = read_receipt(receipt), read_message(message)
    leaf = leaf_hash(message)
    fits = verify_inclusion(said.number, given.size, leaf, path, given.root)
    if said.direction != given.direction or not fits:
        raise BrokenInvariant(f"message {said.number} is not under the receipt of {given.size}")
    signed = cose.parse(receipt)
    proof = encode([given.size, said.number, list(path)])
    unprotected = encode({PROOFS: {INCLUSION: [proof]}})
    return b"".join(
        (b"\xd2\x84", bstr(signed.protected), unprotected, b"\xf6", bstr(signed.signature))
    )


def transparent_statement(message: bytes, receipts: Sequence[bytes]) -> bytes:
    """The message with its RFC 9942 receipts, in one file (RFC 9943's Transparent Statement).

    The entry in the record is the message as it was signed: without the receipts.
    """
    signed = cose.parse(message)
    unprotected = encode({RECEIPTS: list(receipts)})
    content = (bstr(signed.protected), unprotected, bstr(signed.payload), bstr(signed.signature))
    return b"\xd2\x84" + b"".join(content)
