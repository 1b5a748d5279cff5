"""A station's folder: what lies where, and who may write to it.

    DIR/openline.db     the database          DIR/keys.json   every key but the root key
    DIR/card.txt        the station's card    DIR/tls.pem     certificate of the TLS key
    DIR/lock            held by whoever writes DIR/socket     commands to a running station
    DIR/mark            how far was signed    DIR/console-ca.pem vouches for the console,
    DIR/console.pem     its certificate       whose certificate beyond loopback it signs
    DIR/secrets         passwords of carriers, and how people are reached
    DIR/heights         the geoid's grid, where one was given, and terrain models

All of it is readable by its owner alone. The root key is never in it.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from openline.words.errors import OpenlineError


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths of one station."""

    path: Path

    @property
    def database(self) -> Path:
        """The database file."""
        return self.path / "openline.db"

    @property
    def keys(self) -> Path:
        """The operational keys."""
        return self.path / "keys.json"

    @property
    def card(self) -> Path:
        """This station's own card."""
        return self.path / "card.txt"

    @property
    def certificate(self) -> Path:
        """The self-signed certificate of the TLS key, with the key."""
        return self.path / "tls.pem"

    @property
    def authority(self) -> Path:
        """The authority that vouches for the console's certificate: key and certificate."""
        return self.path / "console-ca.pem"

    @property
    def console_certificate(self) -> Path:
        """The console's certificate beyond loopback, with its key; made at each start."""
        return self.path / "console.pem"

    @property
    def mark(self) -> Path:
        """How far the station has signed, outside the database."""
        return self.path / "mark"

    @property
    def secrets(self) -> Path:
        """Where passwords lie that carriers need."""
        return self.path / "secrets"

    @property
    def heights(self) -> Path:
        """What the station knows of the earth's heights."""
        return self.path / "heights"

    @property
    def socket(self) -> Path:
        """Where a running station takes commands."""
        return self.path / "socket"

    def require(self) -> None:
        """Raise ``no-station`` unless a station was made here."""
        if not self.database.exists():
            raise OpenlineError(
                "no-station",
                f"there is no station in {self.path}",
                next="make one with `openline init`, or name it with --station DIR",
            )


class Lock:
    """The exclusive right to write a station's database: two writers never meet (R-STN-03)."""

    def __init__(self, folder: Folder) -> None:
        self._handle = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it up."""
        os.close(self._handle)
