"""A station's keys on disk: one job each, so that no signature fits where it was not meant.

The operational keys lie unencrypted in the station's folder (0600), because a
station must come up by itself at 3 a.m.; the root key, which signs the card,
lies outside it, encrypted.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from openline.wire.keys import SigningKey
from openline.wire.parcel import SealingKey
from openline.words.errors import OpenlineError

SIGNING_BYTES = 32
SEALING_BYTES = 96


@dataclass(frozen=True, slots=True)
class Keys:
    """The operational keys: signing, sealing, TLS. Seeds are never shown."""

    signing_seed: bytes
    sealing_seed: bytes
    tls_seed: bytes

    def __repr__(self) -> str:
        return "Keys(…)"

    @property
    def signing(self) -> SigningKey:
        """Signs messages and receipts."""
        return SigningKey(self.signing_seed)

    @property
    def sealing(self) -> SealingKey:
        """Opens what peers seal."""
        return SealingKey(self.sealing_seed)

    @property
    def tls_public(self) -> bytes:
        """The key that peers pin: 32 bytes, Ed25519."""
        key = Ed25519PrivateKey.from_private_bytes(self.tls_seed).public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def tls_pem(self, party: str) -> bytes:
        """Key and self-signed certificate of the listener. Peers pin the key: dates are wide."""
        key = Ed25519PrivateKey.from_private_bytes(self.tls_seed)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, party)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(int.from_bytes(secrets.token_bytes(16)) >> 1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
            .sign(key, None)
        )
        return key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ) + certificate.public_bytes(Encoding.PEM)


def new_keys() -> Keys:
    """Fresh operational keys from the system's randomness."""
    token = secrets.token_bytes
    return Keys(token(SIGNING_BYTES), token(SEALING_BYTES), token(SIGNING_BYTES))


def new_root() -> bytes:
    """The seed of a fresh root key."""
    return secrets.token_bytes(SIGNING_BYTES)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that did not exist, readable by its owner alone, and make it durable."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_root(path: Path, seed: bytes, passphrase: bytes | None) -> None:
    """Write the root key as PKCS #8, encrypted under `passphrase` when there is one."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    protection: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    )
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection))


def write_keys(path: Path, keys: Keys) -> None:
    """Write the operational keys."""
    seeds = {
        "signing": keys.signing_seed,
        "sealing": keys.sealing_seed,
        "tls": keys.tls_seed,
    }
    text = json.dumps({name: base64.b64encode(seed).decode() for name, seed in seeds.items()})
    write_private(path, text.encode())


def read_keys(path: Path) -> Keys:
    """Read the operational keys; raises ``bad-keys`` without showing any of them."""
    try:
        data = json.loads(path.read_bytes())
        signing, sealing, tls = (base64.b64decode(data[n]) for n in ("signing", "sealing", "tls"))
    except (OSError, ValueError, KeyError, TypeError):
        signing = sealing = tls = b""
    if (len(signing), len(sealing), len(tls)) != (SIGNING_BYTES, SEALING_BYTES, SIGNING_BYTES):
        raise OpenlineError(
            "bad-keys",
            f"the station's keys in {path} cannot be read",
            rule="R-STN-04",
            next="check the file's permissions, or bring it back from the backup",
        )
    return Keys(signing, sealing, tls)
