"""The figures of crowds as tables, and as JSON for the chart."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.crowd.measure import Crowd, Figures, OnePeer

ROWS: tuple[tuple[str, Callable[[OnePeer], str]], ...] = (
    ("one more: asked and held, p50 us", lambda p: f"{p.ask.p50_us:,.0f}"),
    ("p99 us", lambda p: f"{p.ask.p99_us:,.0f}"),
    ("the same, processor, p50 us", lambda p: f"{p.ask.cpu_p50_us:,.0f}"),
    ("p99 us", lambda p: f"{p.ask.cpu_p99_us:,.0f}"),
    ("all pairs, s", lambda p: f"{p.all_pairs_s:,.2f}"),
    ("the same, processor, s", lambda p: f"{p.all_pairs_cpu_s:,.2f}"),
    ("of one activity in", lambda p: f"{p.pairs_share:,}"),
    ("loaded, processor, s", lambda p: f"{p.load_cpu_s:,.2f}"),
    ("answers within its own error", lambda p: f"{p.doubtful:,}"),
)


def show(figures: Figures, console: Console) -> None:
    """Print everything."""
    for crowd in figures.crowds:
        console.print(_table(crowd, figures))
    if figures.why_not:
        console.print(f"PostGIS was not measured: {figures.why_not}")
    if not figures.compiled:
        console.print("the index searched by numpy: numba is absent, or was not asked for")


def _table(crowd: Crowd, figures: Figures) -> Table:
    title = f"Conflicts among {crowd.activities:,} activities, {crowd.findings_mean:.2f} of each"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("", no_wrap=True)
    for peer in crowd.peers:
        version = f" {figures.postgis}" if peer.name == "PostGIS" else ""
        table.add_column(peer.name + version, justify="right")
    for label, pick in ROWS:
        table.add_row(label, *map(pick, crowd.peers))
    table.add_section()
    ours = crowd.peers[0]
    for label, of in ratios():
        table.add_row(
            label, *("" if p is ours else f"{of(p) / of(ours):,.1f}" for p in crowd.peers)
        )
    table.add_section()
    figures_of, json = crowd.figures, crowd.json
    table.add_row("asked for distances and times, p50", f"{figures_of.p50_us:,.0f}")
    table.add_row("p99 us", f"{figures_of.p99_us:,.0f}")
    table.add_row("from JSON to the answer, p50 us", f"{json.p50_us:,.0f}")
    table.add_row("the same, processor", f"{json.cpu_p50_us:,.0f}")
    table.add_row("its tree packed, processor, s", f"{crowd.pack_cpu_s:,.2f}")
    table.add_row("all findings with figures, s", f"{crowd.findings_s:,.1f}")
    table.add_row("bytes for each activity", f"{crowd.bytes_each:,.0f}")
    return table


def ratios() -> tuple[tuple[str, Callable[[OnePeer], float]], ...]:
    """What of a peer is divided by ours."""
    return (
        ("p50 / ours", lambda p: p.ask.p50_us),
        ("p99 / ours", lambda p: p.ask.p99_us),
        ("p50 / ours, processor", lambda p: p.ask.cpu_p50_us),
        ("p99 / ours, processor", lambda p: p.ask.cpu_p99_us),
        ("all pairs / ours", lambda p: p.all_pairs_s),
        ("all pairs / ours, processor", lambda p: p.all_pairs_cpu_s),
    )
