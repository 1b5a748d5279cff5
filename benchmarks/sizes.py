"""What one message and its receipt weigh: signed, sealed, and on the wire with HTTP and TLS."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from benchmarks.plan import FIELDS, FORM
from openline.carriers.https import HttpsCarrier
from openline.forms.catalog import form
from openline.forms.fields import fill
from openline.forms.payload import UID_CHARS, Payload, write_payload
from openline.station import keys
from openline.station.folder import Folder
from openline.station.founding import own_card
from openline.wire.message import write_message
from openline.wire.parcel import Envelope, open_parcel, seal
from openline.wire.receipt import write_receipt
from openline.words.moment import Moment
from openline.words.party import Direction

NUMBER = 1_000
"""The message's place in the record: numbers take more bytes as they grow."""
AT = Moment(1_650_000_000_000)
EXCHANGES = 10


@dataclass(frozen=True)
class Sealing:
    """Everything that the parts of a message's way are measured with: real keys and bytes."""

    message: bytes
    receipt: bytes
    envelope: Envelope
    receiver: keys.Keys

    def seal(self) -> bytes:
        """A parcel with the message."""
        return seal([self.message], self.envelope)

    def seal_and_open(self) -> None:
        """HPKE both ways, encoding and padding included."""
        if open_parcel(self.seal(), self.receiver.sealing, self.envelope) != [self.message]:
            raise RuntimeError("the parcel holds something else")


def sealing_of(sender: Folder, receiver: Folder) -> Sealing:
    """A message from one station to the other, and the other's receipt."""
    us, ru = own_card(sender), own_card(receiver)
    ours, theirs = keys.read_keys(sender.keys), keys.read_keys(receiver.keys)
    schema = form(FORM)
    uid = "x" * UID_CHARS
    wire_fields = fill(FORM, FIELDS)
    payload = Payload(
        FORM, schema.version, uid, 0, (ru.party,), schema.precedence, "en", wire_fields
    )
    way = Direction(us.party, ru.party, 1)
    message = write_message(ours.signing, way, NUMBER, AT, write_payload(payload))
    receipt = write_receipt(theirs.signing, way, NUMBER + 1, message.leaf, AT)
    envelope = Envelope(us.party, ru.party, us.root_key, ru.sealing_key)
    return Sealing(message.raw, receipt.raw, envelope, theirs)


@dataclass(frozen=True)
class Sizes:
    """Bytes."""

    text: int
    message: int
    receipt: int
    parcel_of_message: int
    parcel_of_receipt: int
    """The smallest parcel there is."""
    wire_out: int
    """One request with one message, TLS records and HTTP included, TCP and IP not."""
    wire_back: int
    """Its answer with the receipt."""


def measure(sealing: Sealing, echo: str, tls_key: bytes) -> Sizes:
    """Weigh one exchange; `echo` is a listener with that key which answers what it is sent."""
    message, receipt = sealing.seal(), seal([sealing.receipt], sealing.envelope)
    # The echo answers with as many bytes as it got, so each way is weighed with its own parcel.
    wire_out, _ = asyncio.run(_weigh(message, echo, tls_key))
    _, wire_back = asyncio.run(_weigh(receipt, echo, tls_key))
    text = len(FIELDS["text"].encode())
    return Sizes(
        text,
        len(sealing.message),
        len(sealing.receipt),
        len(message),
        len(receipt),
        wire_out,
        wire_back,
    )


async def _weigh(parcel: bytes, echo: str, tls_key: bytes) -> tuple[int, int]:
    """Bytes out and back for each exchange over a connection that stands already."""
    tap = _Tap(*_host_port(echo))
    listener = await asyncio.start_server(tap.join, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    carrier = HttpsCarrier((f"https://127.0.0.1:{port}",), tls_key)
    try:
        await carrier.send(parcel)  # the handshake is not counted
        out, back = tap.out, tap.back
        for _ in range(EXCHANGES):
            await carrier.send(parcel)
        return (tap.out - out) // EXCHANGES, (tap.back - back) // EXCHANGES
    finally:
        await carrier.close()
        listener.close()
        await asyncio.gather(*tap.pumps)


def _host_port(address: str) -> tuple[str, int]:
    host, _, port = address.removeprefix("https://").rpartition(":")
    return host, int(port)


@dataclass
class _Tap:
    """Hands bytes on between a client and a listener, and counts them."""

    host: str
    port: int
    out: int = 0
    back: int = 0
    pumps: list[asyncio.Task[None]] = field(default_factory=list)

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one client."""
        there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        self.pumps += [
            asyncio.create_task(self._pump(reader, there_writer, "out")),
            asyncio.create_task(self._pump(there_reader, writer, "back")),
        ]

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        try:
            while some := await reader.read(1 << 16):
                setattr(self, way, getattr(self, way) + len(some))
                writer.write(some)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()
