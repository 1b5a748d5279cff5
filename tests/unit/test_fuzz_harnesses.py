"""The harnesses of `make fuzz`, over their seeds and seeded mutations of these."""

from __future__ import annotations

import pytest

from fuzz import wire
from fuzz.harnesses import HARNESSES
from fuzz.mutate import mutations
from openline.forms.catalog import CATALOG
from openline.forms.payload import read_payload
from openline.words.errors import OpenlineError

MUTATIONS = 400
RULES = {
    "cbor": pytest.mark.rule("R-WIRE-01"),
    "signed": pytest.mark.rule("R-WIRE-05"),
    "card": pytest.mark.rule("R-WIRE-16"),
    "page": pytest.mark.rule("R-WIRE-17"),
    "parcel": pytest.mark.rule("R-WIRE-15"),
    "probe": pytest.mark.rule("R-PROBE-01"),
    "payload": pytest.mark.rule("R-FORM-14"),
    "bundle": pytest.mark.rule("R-EVID-02"),
    **dict.fromkeys(("geojson", "kml", "kmz", "csv", "xlsx"), pytest.mark.rule("R-FMT-30")),
    **dict.fromkeys(("notam", "openair", "ed269"), pytest.mark.rule("R-FMT-30")),
    "arrival": pytest.mark.rule("R-LINE-10"),
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=RULES.get(n, ())) for n in HARNESSES])
def test_a_reader_keeps_its_law(name: str) -> None:
    """Every seed is accepted, or the harness tries nothing; most of what is altered is refused."""
    harness = HARNESSES[name]
    seeds = harness.seeds()
    assert all(harness.run(seed) for seed in seeds)
    accepted = sum(harness.run(altered) for altered in mutations(seeds, MUTATIONS, seed=1))
    assert accepted < MUTATIONS


def test_nearly_every_form_is_tried_on_a_station_at_work() -> None:
    """The others stand at a place of their own, need more said before them, or a root key."""
    tried = {read_payload(seed).form for seed in HARNESSES["arrival"].seeds()}
    assert len(CATALOG) - len(tried) <= 7


@pytest.mark.parametrize("name", ["cbor", "signed", "item", "card", "payload", "bundle", "arrival"])
def test_what_is_altered_as_a_value_gets_past_the_reader_of_cbor(name: str) -> None:
    """Or the mutations would try the reader of CBOR alone."""
    seeds = HARNESSES[name].seeds()
    read = 0
    for altered in mutations(seeds, MUTATIONS, seed=2):
        try:
            wire.decode(altered.removeprefix(b"\xd2"), len(altered) + 1)
        except OpenlineError:
            continue
        read += altered not in seeds
    assert read > MUTATIONS // 4


def test_a_harness_notices_a_reader_that_takes_more_than_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strict = wire.decode

    def lax(data: bytes, max_bytes: int) -> object:
        for end in range(len(data), 0, -1):
            try:
                return strict(data[:end], max_bytes)
            except OpenlineError:
                continue
        return strict(data, max_bytes)

    run, seeds = HARNESSES["cbor"].run, HARNESSES["cbor"].seeds()
    assert not run(seeds[0] + b"\0")
    monkeypatch.setattr(wire, "decode", lax)
    with pytest.raises(AssertionError, match="written otherwise"):
        run(seeds[0] + b"\0")
