"""The figures as tables that a person reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.crowd import report as crowd
from benchmarks.figures import Figures, Machine
from benchmarks.floor import PARTS
from benchmarks.stages import Stage
from benchmarks.stations import Traffic
from openline.conflict.earth import ERROR_M

LABELS = {
    "commit": "durable commit",
    "sign": "Ed25519 signature",
    "verify": "Ed25519 verification",
    "tls_round_trip": "TLS round trip",
}


def show(figures: Figures, console: Console) -> None:
    """Print everything."""
    console.print(machine_line(figures.machine))
    for table in (
        *(_floor(figures), _line(figures), _sizes(figures), _conflicts(figures)),
        _carriers(figures),
    ):
        console.print(table)
    crowd.show(figures.crowd, console)
    if figures.peers.why_not:
        console.print(f"Prosody was not measured: {figures.peers.why_not}")
    for traffic in figures.line:
        for party, stages in traffic.stages.items():
            if stages:
                console.print(_profile(party, stages, traffic))


def machine_line(machine: Machine) -> str:
    """What the figures were measured on, in one line."""
    return (
        f"\n[bold]{machine.processor}[/], {machine.cores} cores, {machine.system}, "
        f"Python {machine.python}, SQLite {machine.sqlite}, stations on {machine.file_system}, "
        f"load {machine.load_before:.1f} before"
    )


def table_of(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


def _floor(figures: Figures) -> Table:
    table = table_of("The floor of one message", "part", "times", "p50 ms", "p99 ms", "samples")
    for name, part in figures.floor.items():
        values = (f"{part.p50_ms:.3f}", f"{part.p99_ms:.3f}", str(part.samples))
        table.add_row(LABELS[name], str(PARTS[name]), *values)
    table.add_section()
    table.add_row("floor: their sum", "", f"{figures.floor_ms:.3f}", "", "", style="bold")
    part = figures.hpke
    values = (f"{part.p50_ms:.3f}", f"{part.p99_ms:.3f}", str(part.samples))
    table.add_row("beside it: HPKE seal and open", "", *values)
    return table


def _carriers(figures: Figures) -> Table:
    table = table_of(
        "Carriers, one message after another",
        *(
            "",
            "p50 from send to receipt, ms",
            "p99, ms",
            "floor: p50 of the carrier alone, ms",
            "sealed bytes for each",
            "samples",
        ),
    )
    for each in figures.carriers:
        took = each.latency
        times = ("by hand", "") if took is None else (f"{took.p50_ms:,.1f}", f"{took.p99_ms:,.1f}")
        floor = "" if each.floor is None else f"{each.floor.p50_ms:,.1f}"
        table.add_row(each.carrier, *times, floor, f"{each.bytes:,.0f}", str(each.messages))
    return table


def _senders(traffic: Traffic) -> str:
    return "1 sender" if traffic.senders == 1 else f"{traffic.senders} senders"


def _line(figures: Figures) -> Table:
    table = table_of(
        "Messages, signed and stored on both sides",
        "",
        *(_senders(traffic) for traffic in figures.line),
    )
    rows: tuple[tuple[str, Callable[[Traffic], str]], ...] = (
        ("messages a second", lambda t: f"{t.per_second:,.0f}"),
        ("p50 from send to receipt, ms", lambda t: f"{t.latency.p50_ms:,.1f}"),
        ("p99 from send to receipt, ms", lambda t: f"{t.latency.p99_ms:,.1f}"),
        ("samples", lambda t: f"{t.messages:,}"),
        ("messages in a parcel", lambda t: f"{t.per_parcel:.1f}"),
        ("sealed bytes out, a message", lambda t: f"{t.sealed_bytes_out:,.0f}"),
        ("sealed bytes back, a message", lambda t: f"{t.sealed_bytes_back:,.0f}"),
        ("sender's processor, ms a message", lambda t: f"{t.cpu_ms['sender']:.2f}"),
        ("receiver's processor, ms a message", lambda t: f"{t.cpu_ms['receiver']:.2f}"),
    )
    for label, pick in rows:
        table.add_row(label, *(pick(traffic) for traffic in figures.line))
    if figures.peers.line:
        table.add_section()
        peers = figures.peers.line
        name = figures.peers.version
        table.add_row(f"{name}: messages a second", *(f"{p.per_second:,.0f}" for p in peers))
        table.add_row(f"{name}: p50, ms", *(f"{p.latency.p50_ms:,.1f}" for p in peers))
        table.add_row(f"{name}: p99, ms", *(f"{p.latency.p99_ms:,.1f}" for p in peers))
    table.add_section()
    ratio = f"{figures.ratio:.1f}"
    table.add_row("p50 / floor", ratio, *("" for _ in figures.line[1:]), style="bold")
    return table


def _sizes(figures: Figures) -> Table:
    sizes = figures.sizes
    table = table_of(f"Bytes, for a text of {sizes.text}", "", "signed", "sealed", "on the wire")
    out = (sizes.message, sizes.parcel_of_message, sizes.wire_out)
    back = (sizes.receipt, sizes.parcel_of_receipt, sizes.wire_back)
    table.add_row("one message", *(f"{size:,}" for size in out))
    table.add_row("its receipt (the smallest parcel)", *(f"{size:,}" for size in back))
    return table


def _conflicts(figures: Figures) -> Table:
    found = figures.conflicts
    table = table_of("Conflicts, a second", "", "Openline", "a plane")
    rows = (
        ("pairs, shapes seen for the first time", found.cold_per_second,
         found.plane_built_per_second),
        ("pairs, shapes seen before", found.cached_per_second, found.plane_per_second),
        (f"one against {found.activities}, by index", found.checks_per_second,
         found.plane_checks_per_second),
    )  # fmt: skip
    for label, *rates in rows:
        table.add_row(label, *(f"{rate:,.0f}" for rate in rates))
    said = f"of {found.pairs} pairs {found.found} conflict; error up to, m"
    table.add_row(said, f"{ERROR_M:.2f}", f"{found.plane_error_m:,.0f}")
    return table


def _profile(party: str, stages: Sequence[Stage], traffic: Traffic) -> Table:
    messages = traffic.messages
    table = table_of(
        f"Where the time goes: the {party}, {_senders(traffic)}",
        "stage", "calls", "ms a call", "us a message", "processor us a message",
    )  # fmt: skip
    for stage in stages:
        cpu = "" if stage.cpu_s is None else f"{stage.cpu_s * 1e6 / messages:,.0f}"
        wall = (f"{stage.wall_s * 1e3 / stage.calls:.2f}", f"{stage.wall_s * 1e6 / messages:,.0f}")
        table.add_row(stage.name, f"{stage.calls:,}", *wall, cpu)
    return table
