"""The one door to a station for console, command line and scenario.

Every method takes and returns JSON values, blocks until done, and raises
`OpenlineError` for what a person can act on. A running station answers them
over its socket as well (`control`), by the same names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from openline.station import acts, audit, rotation, witnessing
from openline.station.activity_door import ActivityDoor
from openline.station.backup import Progress, write_backup
from openline.station.carrier_door import CarrierDoor
from openline.station.collision_door import CollisionDoor
from openline.station.desk import Desk
from openline.station.files_door import FilesDoor
from openline.station.heights_door import HeightsDoor
from openline.station.linetest_door import LinetestDoor
from openline.station.seats import checked
from openline.station.tables import tests
from openline.station.urgent_door import UrgentDoor
from openline.station.views import (
    alarms,
    collisions,
    contacts,
    evidence,
    keys,
    lines,
    pace,
    standard,
    traffic,
    witnesses,
)
from openline.station.watch_door import WatchDoor
from openline.wire.card import card_text, fingerprint, read_card
from openline.wire.revocation import read_revocation

Json = dict[str, Any]


@checked
class Facade(
    ActivityDoor,
    CarrierDoor,
    CollisionDoor,
    FilesDoor,
    HeightsDoor,
    LinetestDoor,
    UrgentDoor,
    WatchDoor,
    Desk,
):
    """What can be asked of a station; who has sat down (`seats`) may call what `roles` allow."""

    # ---- reading ---------------------------------------------------------------------

    def now(self) -> str:
        """The station's time, RFC 3339 in UTC."""
        return str(self._station.now())

    def card(self) -> Json:
        """The station's own card."""
        card = self._station.engine.card
        return {
            "party": card.party,
            "name": card.name,
            "serial": card.serial,
            "addresses": list(card.addresses),
            "fingerprint": fingerprint(card),
            "card": card_text(card),
        }

    def status(self) -> Json:
        """Every line: observed, last test, queue, records, contacts, conflicts."""
        return lines.status(self._station)

    def messages(
        self, line: str | None = None, limit: int | None = None, language: str = "en"
    ) -> Json:
        """Messages, oldest first; with a limit, the newest."""
        return traffic.list_messages(self._station, line, limit, language)

    def show(self, id: str, language: str = "en") -> Json:
        """One message, with its hash and receipt."""
        return traffic.show(self._station, id, language)

    def conflicts(self) -> Json:
        """Conflicts between the two parties of each line."""
        return collisions.list_conflicts(self._station)

    def near_misses(self) -> Json:
        """Pairs that are no conflict, and would be one if separations were doubled."""
        return collisions.near_misses(self._station)

    def map(self, language: str = "en") -> Json:
        """Activities with their outlines, and conflicts."""
        return collisions.map_view(self._station, language)

    def clocks(self, at: str | None = None) -> Json:
        """Contact clocks, and what was tested."""
        return contacts.clocks(self._station, at)

    def calls(self) -> Json:
        """Calls, with their state as time has made it."""
        return contacts.list_calls(self._station)

    def alarms(self, language: str = "en") -> Json:
        """Alarms, most urgent first."""
        return alarms.list_alarms(self._station, language)

    def policy(self, line: str) -> Json:
        """What holds on a line."""
        return lines.policy(self._station, line)

    def verify(self, tell: audit.Progress = lambda done, of: None) -> Json:
        """Recompute both records of every line from what is stored; `tell` hears how far it is."""
        return audit.verify(self._station, tell)

    def keys_list(self) -> Json:
        """Every key of our cards and our peers', by card."""
        return keys.list_keys(self._station)

    def keys_extents(self) -> Json:
        """How far every epoch of both records of each line goes, for a revocation to name."""
        return keys.list_extents(self._station)

    def export_receipt(self, id: str, line: str | None = None, statement: bool = False) -> Json:
        """A message's receipt as RFC 9942 has it, alone or with the message (RFC 9943), in hex."""
        return standard.receipt(self._station, id, line, statement)

    def export_checkpoint(self, line: str, record: str = "out") -> Json:
        """The newest checkpoint of a line's record, with its cosignatures."""
        return standard.checkpoint(self._station, line, record)

    def witnesses(self) -> Json:
        """Who consents to which witness, and what it has cosigned."""
        return witnesses.list_witnesses(self._station)

    def quiet(self) -> bool:
        """Whether nothing is under way and nothing is overdue."""
        return pace.quiet(self._station)

    def next_test(self) -> str | None:
        """When the next scheduled line test is due."""
        return pace.next_test(self._station)

    def wait_change(self, since: int, timeout_s: float) -> int:
        """Block until the change counter exceeds `since` or the time is over; the counter."""
        return self._station.changes.wait(since, timeout_s)

    def console_link(self) -> Json:
        """A new one-time link to the console; the one before it stops working."""
        return {"link": self._station.console_link()}

    def evidence_export(
        self,
        to: str,
        messages: Sequence[str] = (),
        line: str | None = None,
        since: str | None = None,
        until: str | None = None,
        tell: Progress = lambda done, of: None,
    ) -> Json:
        """Write a bundle to the file `to` (absolute): of messages, or of a line's messages."""
        return evidence.export(self._station, to, messages, line, since, until, tell)

    # ---- acting ----------------------------------------------------------------------

    def backup(self, file: str, tell: Progress = lambda done, of: None) -> Json:
        """Back the station up into a file of this machine, named by its whole path."""
        return write_backup(self._station.folder, Path(file), self._station.now(), tell)

    def keys_prepare(self) -> Json:
        """Make new keys; their public parts, and what else the card that names them says."""
        public = rotation.prepare(self._station)
        card = self._station.engine.card
        return {
            "party": card.party,
            "name": card.name,
            "addresses": list(card.addresses),
            "voice": list(card.voice),
            "serial": card.serial + 1,
            "root": card.root_key.hex(),
            "at": str(self._station.now()),
            "keys": {name: key.hex() for name, key in asdict(public).items()},
        }

    def keys_install(self, card: str, lost: bool) -> Json:
        """Take a card with the prepared keys into use, and announce it on every line."""
        rotation.install(self._station, read_card(card), lost)
        return {
            "serial": self._station.engine.card.serial,
            "lines": list(self._station.engine.lines),
        }

    def keys_revoke(self, revocations: Sequence[str]) -> Json:
        """Send revocations, as the root key signed them, in hex: one for each line."""
        read = [read_revocation(bytes.fromhex(each)) for each in revocations]
        return {"ids": rotation.revoke(self._station, read)}

    def join(self, card: str, fingerprint: str) -> Json:
        """Open the line to a card's party."""
        joined = acts.join(self._station, card, fingerprint)
        return {"line": joined.party, "name": joined.name}

    def send(
        self,
        lines: Sequence[str],
        form: str,
        fields: Mapping[str, Any],
        precedence: str | None = None,
        wait: float | None = None,
        language: str = "en",
    ) -> Json:
        """Send a form; with `wait`, return once it is received or the seconds are over."""
        how = (self._station, lines, form, fields, precedence, language)
        # Where no station runs nothing can be received, and the lock is not held for that.
        if wait is None or not self._station.running:
            return {"id": acts.send(*how), "state": "queued"}
        id, state = acts.send_and_wait(*how, wait)
        return {"id": id, "state": state}

    def await_receipt(self, id: str, wait: float) -> Json:
        """A message of ours and its state, once it is received or `wait` seconds are over."""
        return {"id": id, "state": acts.wait_received(self._station, id, wait)}

    def test(self, line: str, wait: float) -> Json:
        """Test a line now."""
        id = acts.test_line(self._station, line, wait)
        with self._station.engine.store.read() as connection:
            row = connection.execute(select(tests).where(tests.c.id == id)).one()
            return lines.test_json(connection, row)

    def witness_consent(self, line: str, by: str, given: bool, language: str = "en") -> Json:
        """Agree that the station `by` cosigns the heads of a line, or take that back."""
        return {"id": witnessing.consent(self._station, line, by, given, language)}

    def witness_send(self, line: str) -> Json:
        """Show the line's witnesses the head of our record now."""
        return {"line": line, "witnesses": witnessing.show(self._station, line)}

    def call_request(
        self, line: str, level: str, reason: str, propose: str | None, language: str = "en"
    ) -> Json:
        """Seek a call at a level."""
        fields = _given(level=level, reason=reason, propose=propose)
        return {"id": acts.send(self._station, (line,), "call-request", fields, None, language)}

    def call_answer(
        self,
        id: str,
        answer: str,
        propose: str | None = None,
        level: str | None = None,
        reason: str | None = None,
        language: str = "en",
    ) -> Json:
        """Accept, decline or counter a request."""
        fields = _given(answer=answer, propose=propose, level=level, reason=reason)
        return {"id": acts.about_call(self._station, id, "call-answer", fields, language)}

    def call_held(
        self, id: str, start: str, end: str, source: str | None, language: str = "en"
    ) -> Json:
        """Say that a call took place."""
        fields = _given(start=start, end=end, source=source)
        return {"id": acts.about_call(self._station, id, "call-held", fields, language)}

    def call_confirm(self, id: str, language: str = "en") -> Json:
        """Confirm the other side's word that a call or contact took place."""
        return {"id": acts.about_call(self._station, id, "call-confirm", {}, language)}

    def contact_add(
        self, line: str, level: str, at: str, source: str, certainty: str, language: str = "en"
    ) -> Json:
        """Enter a contact that was not on the line."""
        date_only = "T" not in at.upper()
        when = f"{at}T00:00:00Z" if date_only else at
        fields = {"level": level, "at": when, "date_only": date_only, "source": source}
        fields["certainty"] = certainty
        return {"id": acts.send(self._station, (line,), "contact", fields, None, language)}

    def readout(self, id: str, text: str, language: str = "en") -> Json:
        """Send one side's readout of a call."""
        return {"id": acts.about_call(self._station, id, "readout", {"text": text}, language)}

    def acknowledge(self, alarm_id: str) -> Json:
        """Acknowledge an alarm, and answer the message behind it."""
        at = acts.acknowledge_alarm(self._station, alarm_id)
        return {"id": alarm_id, "acknowledged_at": str(at)}


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
