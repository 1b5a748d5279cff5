"""The harness of probes and their answers."""

from __future__ import annotations

from fuzz.harness import Harness
from openline.wire import cose
from openline.wire.probe import Probe, read_probe, write_answer, write_probe
from openline.words.errors import OpenlineError
from vectors import golden


def probe(data: bytes) -> bool:
    """The first byte says whose payload the rest is, truly signed: what is read is what is written.

    A statement as it came (which begins with its tag) passes only as it was signed.
    """
    as_it_came = data[:1] == b"\xd2"
    asks = bool(data) and not data[0] & 1
    example, signer = (golden.PROBE, golden.US) if asks else (golden.PROBE_ANSWER, golden.RU)
    raw = data if as_it_came else cose.sign(signer, cose.parse(example.raw).header, data[1:])
    public = (golden.US if asks or as_it_came else golden.RU).public
    try:
        found = read_probe(raw, public)
    except OpenlineError:
        return False
    where = (found.direction, found.drawn)
    if isinstance(found, Probe):
        again = write_probe(golden.US, *where, found.at, found.carrier).raw
    else:
        again = write_answer(golden.RU, golden.PROBE, found.received, found.at).raw
    assert again == raw, "what was accepted is written otherwise"
    return True


HARNESSES = {
    "probe": Harness(
        probe,
        lambda: [
            golden.PROBE.raw,
            b"\0" + cose.parse(golden.PROBE.raw).payload,
            b"\1" + cose.parse(golden.PROBE_ANSWER.raw).payload,
        ],
    )
}
