"""What an officer does about witnesses: each act is one job of the writer."""

from __future__ import annotations

from openline.station import acts, heads, traffic
from openline.station.books import checkpoints, witnesses
from openline.station.engine import Tx
from openline.station.station import Station
from openline.words.errors import OpenlineError


def consent(station: Station, peer: str, third: str, given: bool, language: str) -> str:
    """Agree that the station `third` cosigns the heads of a line, or take that back."""
    fields = {"witness": third, "other": peer, "consent": "given" if given else "withdrawn"}
    return acts.send(station, (peer, third), "witness-consent", fields, None, language)


def show(station: Station, peer: str) -> list[str]:
    """Show the witnesses of a line the head of our record as it stands; returns who they are."""

    def job(tx: Tx) -> list[str]:
        checkpoints.sign_own(tx, peer)
        shown = list(witnesses.offers(tx, peer))
        for third, form, fields in shown:
            traffic.submit(tx, (third,), form, fields)
        return [third for third, _, _ in shown]

    heads.require(station.engine.lines, peer)
    names: list[str] = station.run(job)
    if not names:
        raise OpenlineError(
            "no-witness",
            f"no witness of the line to {peer} lacks the head of our record",
            rule="R-WIT-05",
            next="`openline witness list` shows who consents to one, and what it has cosigned",
        )
    return names
