"""How a field is refused: one shape of error for all kinds of field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from openline.forms.schema import Bound
from openline.words.errors import OpenlineError, Whose


def bad_field(where: str, what: str, advice: str, rule: str = "R-FORM-06") -> OpenlineError:
    """The error ``bad-field``: what `where` holds is not what the form asks for."""
    return OpenlineError("bad-field", f"{where} {what}", rule=rule, next=advice)


def over_limit(where: str, what: str, bound: Bound, advice: str) -> OpenlineError:
    """The error ``field-limit``, naming the limit that was exceeded."""
    name = f" ({bound.name})" if bound.name else ""
    return OpenlineError("field-limit", f"{where} {what}", rule="R-FORM-07", next=advice + name)


def shown(raw: object) -> str:
    """A short view of a value for an error, never the whole of it."""
    if isinstance(raw, str):
        return repr(raw[:40]) + ("…" if len(raw) > 40 else "")
    if isinstance(raw, int) and abs(raw) >= 1 << 63:
        return "a huge number"
    if isinstance(raw, int | float | None):
        return str(raw)
    if isinstance(raw, Mapping):
        return "an object"
    return "a list" if isinstance(raw, list | tuple) else f"of type {type(raw).__name__}"


class naming:  # noqa: N801 (used as the functions beside it are, in a third of their time)
    """Put the field's name before whatever openline.words refuses inside."""

    __slots__ = ("_where",)

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OpenlineError):
            raise OpenlineError(
                error.code,
                f"{self._where}: {error.message}",
                whose=error.whose,
                rule=error.rule,
                next=error.next,
            ) from None


@contextmanager
def sent_by_peer() -> Iterator[None]:
    """What is refused inside came from the other side (R-FORM-12)."""
    try:
        yield
    except OpenlineError as error:
        raise OpenlineError(
            error.code,
            error.message,
            whose=Whose.THEIRS,
            rule=error.rule,
            next="the message stays recorded and is answered not-understood",
        ) from None
