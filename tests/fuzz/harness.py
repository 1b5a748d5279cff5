"""What a harness is: it reads any bytes, and holds the reader to its law.

A reader accepts exactly the bytes that its writer would write, refuses everything else as an
`OpenlineError`, and never reads what another implementation reads otherwise. A harness tells
whether the bytes were accepted, and raises whatever else happens. `make fuzz` drives them with
coverage; an ordinary test drives them over their seeds and seeded mutations of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Harness:
    """One reader under test; every seed is accepted."""

    run: Callable[[bytes], bool]
    seeds: Callable[[], list[bytes]]
