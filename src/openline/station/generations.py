"""Which card and keys a station has, also when it fell in the middle of changing them.

The new keys are written beside the old ones first; then the database takes the
new card, in the transaction that announces it on every line; then the files
follow. At each point the newest card says which keys hold: those it names.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openline.station import cards, keys
from openline.station.folder import Folder
from openline.station.keys import Keys
from openline.station.store import Store
from openline.wire.card import Card, card_text, replaces
from openline.words.errors import OpenlineError


def newest_card(store: Store, on_page: Card) -> Card:
    """The newer of the card beside the database and the newest one in it."""
    with store.read() as connection:
        kept = cards.newest_of(connection, on_page.party)
    return kept if kept is not None and replaces(kept, on_page) else on_page


def matching_keys(folder: Folder, card: Card) -> Keys:
    """The keys in the folder that the card names; raises ``bad-keys``."""
    for found in keys.read_generations(folder.keys):
        if found.public == card.keys:
            return found
    raise OpenlineError(
        "bad-keys",
        f"the keys in {folder.keys} are not those of the card of this station",
        rule="R-STN-04",
        next="bring both back from one backup, or make new ones: `openline keys rotate --lost`",
    )


def fresh_keys(folder: Folder) -> Keys:
    """New keys for a station that has lost its own; what still opens parcels is kept."""
    try:
        return keys.new_keys(keys.read_generations(folder.keys)[-1])
    except OpenlineError:
        return keys.new_keys()


def tidy(folder: Folder, card: Card, own: Keys) -> None:
    """Let the files say what holds, where keys were being changed: the card, and its keys alone."""
    text = card_text(card)
    if folder.card.read_text("utf-8") != text:
        keys.replace_private(folder.card, text.encode())
    if keys.read_generations(folder.keys)[0] != own:
        keys.replace_keys(folder.keys, own)


def renew_certificate(folder: Folder, card: Card, own: Keys) -> bool:
    """Make the listener's certificate one of the card's TLS key; whether it was another's."""
    try:
        found = x509.load_pem_x509_certificate(folder.certificate.read_bytes()).public_key()
    except (OSError, ValueError):
        found = None
    if isinstance(found, Ed25519PublicKey) and found.public_bytes_raw() == card.tls_key:
        return False
    keys.replace_private(folder.certificate, own.tls_pem(card.party))
    return True
