"""The figures of a long run as tables that a person reads."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks.crowd import report as crowd
from benchmarks.long import Long
from benchmarks.report import machine_line, table_of


def show(figures: Long, console: Console) -> None:
    """Print everything."""
    console.print(machine_line(figures.machine))
    for table in (_catch_up(figures), _memory(figures), _record(figures)):
        console.print(table)
    crowd.show(figures.crowd, console)


def _catch_up(figures: Long) -> Table:
    found = figures.catch_up
    table = table_of(f"Catching up: {found.messages:,} messages queued without a peer", "", "")
    table.add_row("submitting them, a second", f"{found.messages / found.queue_seconds:,.0f}")
    table.add_row("seconds until the last receipt", f"{found.seconds:,.1f}")
    table.add_row("messages a second", f"{found.per_second:,.0f}", style="bold")
    return table


def _memory(figures: Long) -> Table:
    shares = figures.catch_up.memory_mb
    count = len(next(iter(shares.values())))
    columns = (f"{100 * (n + 1) // count}%" for n in range(count))
    table = table_of("Memory of each station meanwhile, MB, by share received", "", *columns)
    for party, held in shares.items():
        table.add_row(party, *(f"{mb:,.0f}" for mb in held))
    return table


def _record(figures: Long) -> Table:
    found = figures.verified
    table = table_of(f"A record of {figures.proven_size:,} messages", "", "")
    table.add_row("record verify, seconds", f"{found.seconds:,.1f}")
    table.add_row("messages a second", f"{found.messages / found.seconds:,.0f}")
    table.add_row(f"floor: its signatures on {found.cores} cores, s", f"{found.floor_seconds:,.1f}")
    table.add_row("seconds / floor", f"{found.ratio:.2f}", style="bold")
    table.add_row("memory above what was held before, MB", f"{found.own_mb:,.0f}")
    table.add_row("memory of a checking process, MB", f"{found.worker_mb:,.0f}")
    table.add_section()
    table.add_row("an inclusion proof from the database, p50 ms", f"{figures.proof.p50_ms:.3f}")
    table.add_row("p99 ms", f"{figures.proof.p99_ms:.3f}")
    return table
