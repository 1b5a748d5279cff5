"""How people are reached: Apprise URLs, which are secrets, in a file for the owner alone.

The database knows only how many ways each person has. No URL is ever shown again: a way is named
by its scheme and its number.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openline.station.folder import Folder
from openline.words import limits
from openline.words.errors import OpenlineError

_LOCK = threading.Lock()


def _file(folder: Folder) -> Path:
    return folder.path / "secrets" / "reach.json"


def ways_of(folder: Folder, name: str) -> list[str]:
    """The URLs by which a person is reached, in order."""
    return _read(folder).get(name, [])


def schemes(folder: Folder) -> dict[str, list[str]]:
    """Of each person the ways without what is secret in them: ``["mailtos", "json"]``."""
    return {name: [kind(url) for url in urls] for name, urls in _read(folder).items()}


def kind(url: str) -> str:
    """What kind of way it is, which is no secret: ``mailtos``."""
    return url.partition(":")[0]


def keep(folder: Folder, name: str, urls: Sequence[str]) -> None:
    """Keep a person's ways in place of those before; none forgets them. Durable on return."""
    with _LOCK:
        kept = {n: u for n, u in _read(folder).items() if n != name}
        if urls:
            kept[name] = list(urls)
        _write(_file(folder), json.dumps(kept).encode())


def checked(urls: Sequence[str]) -> list[str]:
    """`urls` when Apprise knows what each is; raises ``bad-reach``, which shows none of them."""
    if not 0 < len(urls) <= limits.REACHES:
        raise _bad(f"not 1 to {limits.REACHES} (REACHES) different ways", "give each way once")
    for number, url in enumerate(urls, 1):
        if len(url) > limits.REACH_CHARS or library().Apprise.instantiate(url) is None:
            raise _bad(f"way {number} is no Apprise URL", "see the Apprise documentation for it")
    if len(set(urls)) != len(urls):
        raise _bad("a way is given twice", "give each way once")
    return list(urls)


@cache
def library() -> Any:
    """Apprise, with its plugins; it writes nothing to standard error, since that can hold a URL."""
    import logging  # noqa: PLC0415
    import warnings  # noqa: PLC0415

    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its plugins import what Python has deprecated
        import apprise  # noqa: PLC0415 (a second to import, and most commands spare it)

        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        apprise.Apprise.instantiate("json://localhost")  # loads them all
    return apprise


def _bad(what: str, advice: str) -> OpenlineError:
    return OpenlineError("bad-reach", what, rule="R-WATCH-03", next=advice)


def _read(folder: Folder) -> dict[str, list[str]]:
    try:
        found = json.loads(_file(folder).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise OpenlineError(
            "bad-reach",
            f"{_file(folder)} cannot be read",
            rule="R-WATCH-03",
            next="check its permissions, or remove it and add the ways again",
        )
    return found


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    building = file.with_suffix(".new")
    handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as own:
        own.write(data)
        own.flush()
        os.fsync(own.fileno())
    building.rename(file)
