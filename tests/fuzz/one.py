"""One harness under atheris, until libFuzzer's options say that it is enough."""

from __future__ import annotations

import sys
from random import Random

import atheris

SLOW = ["openline.wire.keys"]
"""The arithmetic of the curve: all that coverage would do there is to slow it down."""

with atheris.instrument_imports(include=["openline"], exclude=SLOW):
    from fuzz.harnesses import HARNESSES
    from fuzz.reshape import reshape

RESHAPED = 0.3
"""How many of the mutations alter the value of what is CBOR; the others are libFuzzer's own."""


def main() -> None:
    """``python -m fuzz.one HARNESS [libFuzzer's options] [folders of inputs]``."""
    name, *options = sys.argv[1:]
    run = HARNESSES[name].run

    def one_input(data: bytes) -> None:
        run(data)

    def altered(data: bytes, max_bytes: int, seed: int) -> bytes:
        random = Random(seed)
        made = reshape(data, random) if random.random() < RESHAPED else data
        return atheris.Mutate(data, max_bytes) if made == data else made[:max_bytes]

    atheris.Setup([name, *options], one_input, custom_mutator=altered)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
