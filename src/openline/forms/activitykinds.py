"""The kinds of activity as data: what each kind's notice holds, and which policy goes with it.

Read once from the package's ``activitykinds.toml``, which says what each key means.
Both sides judge by these figures and by the line's policy (docs/spec/activities.md).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError
from openline.words.moment import Moment
from openline.words.volume import DEFAULT_SEPARATION, Separation

OWN_FIELDS = ("vehicles", "escort", "route", "site_type", "permanent")
"""Fields of the form that not every kind has."""
DETAILS = ("vehicles", "escort", "route", "contact", "details")
"""Fields that are shown from the kind's role on; when and where it is all who read may see."""


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """One kind of activity; `reconfirm_ms` is None where it needs no confirmation."""

    name: str
    doc: str
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    notice_ms: int
    separation: Separation
    details: str
    to_surface: bool
    verified: bool
    stays: bool
    reconfirm_ms: int | None

    def lacks(self, fields: Mapping[str, object]) -> tuple[str, ...]:
        """What the kind needs and these fields of a notice, on the wire or plain, do not say."""
        return tuple(name for name in self.needs if name not in fields)


def parse_kinds(text: str) -> Mapping[str, ActivityKind]:
    """The kinds in a TOML text, by name; raises ``BrokenInvariant`` naming the fault."""
    try:
        return MappingProxyType({n: _kind(n, dict(t)) for n, t in tomllib.loads(text).items()})
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, OpenlineError) as error:
        raise BrokenInvariant(f"the kinds of activity are faulty: {error!r}") from error


def _kind(name: str, said: dict[str, object]) -> ActivityKind:
    own = _names(said.pop("fields"))
    if unknown := set(own) - set(OWN_FIELDS):
        raise ValueError(f"{name}: no own fields are {', '.join(sorted(unknown))}")
    reconfirm_s = said.pop("reconfirm_s", None)
    made = ActivityKind(
        name=name,
        doc=str(said.pop("doc")),
        fields=own,
        needs=_names(said.pop("needs", [])),
        notice_ms=_whole(said.pop("notice_s")) * 1000,
        separation=_separation(said.pop("separation", None)),
        details=str(said.pop("details", "observer")),
        to_surface=_flag(said.pop("to_surface", False)),
        verified=_flag(said.pop("verified", False)),
        stays=_flag(said.pop("stays", False)),
        reconfirm_ms=None if reconfirm_s is None else _whole(reconfirm_s) * 1000,
    )
    if said:
        raise ValueError(f"{name}: unknown {', '.join(sorted(said))}")
    if made.notice_ms > limits.NOTICE_S * 1000:
        raise ValueError(f"{name}: a notice of more than NOTICE_S")
    return made


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(map(str, value))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no number of seconds")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _separation(said: object) -> Separation:
    if said is None:
        return DEFAULT_SEPARATION
    if not isinstance(said, dict):
        raise TypeError(f"{said!r} is no separation")
    parts = (said["horizontal_m"], said["vertical_m"], said["time_s"])
    return Separation(*(_whole(part) * 1000 for part in parts))


ACTIVITY_KINDS: Mapping[str, ActivityKind] = parse_kinds(
    (files("openline.forms") / "activitykinds.toml").read_text("utf-8")
)


def completed(raw: Mapping[str, object]) -> Mapping[str, object]:
    """The fields that were given, with the end of what stays until it is withdrawn (R-ACT-04)."""
    kind = ACTIVITY_KINDS.get(str(raw.get("kind")))
    if kind is None or not kind.stays or raw.get("end") is not None:
        return raw
    try:
        start = Moment.parse(str(raw.get("start")))
    except OpenlineError:
        return {**raw, "end": raw.get("start")}  # the form refuses the start by its name
    return {**raw, "end": str(start.plus_ms(limits.WINDOW_MS)), "permanent": True}


def check_own(fields: Mapping[str, object]) -> None:
    """Refuse what does not belong to the activity's kind; raises ``field-of-another-kind``."""
    kind = ACTIVITY_KINDS[str(fields["kind"])]
    strange = [name for name in OWN_FIELDS if name in fields and name not in kind.fields]
    if strange:
        raise OpenlineError(
            "field-of-another-kind",
            f"the kind {kind.name} has no {', '.join(strange)}",
            rule="R-ACT-02",
            next=f"take it out, or give another kind; its own are {', '.join(kind.fields)}",
        )
