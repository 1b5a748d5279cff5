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
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from openline.wire.card import CardKeys
from openline.wire.keys import SigningKey
from openline.wire.mldsa import QuantumKey
from openline.wire.sealing import HYBRID, LIGHT, SealingKey
from openline.words import limits
from openline.words.errors import OpenlineError

SIGNING_BYTES = 32
SEEDS = {
    "signing": SIGNING_BYTES,
    "sealing": HYBRID.seed_bytes,
    "light": LIGHT.seed_bytes,
    "tls": SIGNING_BYTES,
    "checkpoint": SIGNING_BYTES,
    "mldsa": 32,
}
"""The keys of a station, each with the length of its seed, in the order of `Keys`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The operational keys, by their seeds (SEEDS gives their lengths), which are never shown.

    `old_sealing` are the seeds of earlier sealing and light keys, newest first, told apart by
    their length: what was sealed to them may still be on its way.
    """

    signing_seed: bytes
    sealing_seed: bytes
    light_seed: bytes
    tls_seed: bytes
    checkpoint_seed: bytes
    mldsa_seed: bytes
    old_sealing: tuple[bytes, ...] = ()

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
    def light(self) -> SealingKey:
        """Opens what peers seal where bytes are dear: X25519 alone."""
        return SealingKey(self.light_seed)

    @property
    def checkpoint(self) -> SigningKey:
        """Signs checkpoints and cosignatures, which are not COSE."""
        return SigningKey(self.checkpoint_seed)

    @property
    def mldsa(self) -> QuantumKey:
        """Signs heads with ML-DSA-65."""
        return QuantumKey(self.mldsa_seed)

    @property
    def tls_public(self) -> bytes:
        """The key that peers pin: 32 bytes, Ed25519."""
        return SigningKey(self.tls_seed).public

    @property
    def public(self) -> CardKeys:
        """What the card says of these keys."""
        return CardKeys(
            signing=self.signing.public,
            sealing=self.sealing.public,
            light=self.light.public,
            tls=self.tls_public,
            checkpoint=self.checkpoint.public,
            mldsa=self.mldsa.public,
        )

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


def new_keys(before: Keys | None = None) -> Keys:
    """Fresh operational keys from the system's randomness, to follow those `before`."""
    seeds = {name: secrets.token_bytes(length) for name, length in SEEDS.items()}
    old = () if before is None else (before.sealing_seed, before.light_seed, *before.old_sealing)
    return _keys(seeds, old[: limits.OLD_SEALING_KEYS])


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


def read_root(path: Path, passphrase: bytes | None) -> SigningKey:
    """The root key in a file that `write_root` wrote; raises ``bad-root-key``.

    `passphrase` is None for a file that is not encrypted.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except TypeError:
        wanted = "a passphrase, which was not given" if passphrase is None else "no passphrase"
        raise _bad_root(path, f"it needs {wanted}") from None
    except OSError as error:
        raise _bad_root(path, error.strerror or "it cannot be read") from None
    except ValueError:
        raise _bad_root(path, "the passphrase is not its own, or it is no root key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _bad_root(path, "it is no Ed25519 key")
    return SigningKey(key.private_bytes_raw())


def is_encrypted(path: Path) -> bool:
    """Whether the root key in that file needs a passphrase."""
    try:
        return b"ENCRYPTED" in path.read_bytes()[:200]
    except OSError as error:
        raise _bad_root(path, error.strerror or "it cannot be read") from None


def _bad_root(path: Path, why: str) -> OpenlineError:
    return OpenlineError(
        "bad-root-key",
        f"the root key in {path} cannot be used: {why}",
        rule="R-KEY-10",
        next="name its file with --root-key and its passphrase with --passphrase-file",
    )


def write_keys(path: Path, keys: Keys) -> None:
    """Write the operational keys to a new file."""
    write_private(path, json.dumps(_as_json(keys)).encode())


def replace_keys(path: Path, *generations: Keys) -> None:
    """Put these keys into the place of those in the file, durably: all, or the file as it was.

    While keys are being changed there are two generations, the older first.
    """
    data = [_as_json(keys) for keys in generations]
    replace_private(path, json.dumps(data[0] | {"next": data[1:]}).encode())


def replace_private(path: Path, data: bytes) -> None:
    """Write a file in another's place, whole or not at all, and durably."""
    building = path.with_name(path.name + ".new")
    building.unlink(missing_ok=True)
    write_private(building, data)
    building.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_keys(path: Path) -> Keys:
    """Read the operational keys; raises ``bad-keys`` without showing any of them."""
    return read_generations(path)[0]


def read_generations(path: Path) -> tuple[Keys, ...]:
    """The keys in the file, and those that are to follow them, if they are being changed.

    Raises ``bad-keys`` without showing any of them.
    """
    try:
        data = json.loads(path.read_bytes())
        return tuple(_of_json(each) for each in (data, *data.get("next", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OpenlineError(
            "bad-keys",
            f"the station's keys in {path} cannot be read",
            rule="R-STN-04",
            next="check the file's permissions, or bring it back from the backup",
        ) from None


def _as_json(keys: Keys) -> dict[str, Any]:
    seeds = {name: _text(getattr(keys, f"{name}_seed")) for name in SEEDS}
    return {**seeds, "old_sealing": [_text(seed) for seed in keys.old_sealing]}


def _of_json(data: Mapping[str, Any]) -> Keys:
    seeds = {name: _seed(data[name], length) for name, length in SEEDS.items()}
    old = [_seed(text, HYBRID.seed_bytes, LIGHT.seed_bytes) for text in data["old_sealing"]]
    if len(old) > limits.OLD_SEALING_KEYS:
        raise ValueError
    return _keys(seeds, tuple(old))


def _keys(seeds: Mapping[str, bytes], old_sealing: tuple[bytes, ...] = ()) -> Keys:
    signing, sealing, light, tls, checkpoint, mldsa = (seeds[name] for name in SEEDS)
    return Keys(signing, sealing, light, tls, checkpoint, mldsa, old_sealing)


def _text(seed: bytes) -> str:
    return base64.b64encode(seed).decode()


def _seed(text: str, *lengths: int) -> bytes:
    """The seed in `text`, of one of these lengths; raises ValueError."""
    seed = base64.b64decode(text, validate=True)
    if len(seed) not in lengths:
        raise ValueError
    return seed
