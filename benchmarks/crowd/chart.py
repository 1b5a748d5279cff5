"""How p50 grows with the crowd, drawn as an SVG from the figures of one run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 780, 400, 70, 250, 40, 50
COLOURS = ("#0b6e4f", "#b3541e", "#6a4c93", "#1d5fa8")


def drawn(crowds: Sequence[Any]) -> str:
    """The chart of `Figures.crowds` as JSON has them: microseconds of processor over activities."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for crowd in crowds:
        for peer in crowd["peers"]:
            lines.setdefault(peer["name"], []).append(
                (crowd["activities"], peer["ask"]["cpu_p50_us"])
            )
    sizes = [crowd["activities"] for crowd in crowds]
    values = [us for line in lines.values() for _, us in line]
    low, high = (
        10.0 ** f(math.log10(v)) for f, v in ((math.floor, min(values)), (math.ceil, max(values)))
    )

    def x(size: int) -> float:
        span = math.log10(max(sizes) / min(sizes)) or 1
        return LEFT + (WIDE - LEFT - RIGHT) * math.log10(size / min(sizes)) / span

    def y(us: float) -> float:
        return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * math.log10(us / low) / math.log10(high / low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" '
        'font-family="sans-serif" font-size="13" fill="#222">',
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">One more activity: what it conflicts with, '
        "and hold it; processor time, p50</text>",
    ]
    mark = low
    while mark <= high * 1.001:
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" '
            f'stroke="#ddd"/><text x="{LEFT - 8}" y="{y(mark) + 4:.1f}" text-anchor="end">'
            f"{mark:,.0f} µs</text>"
        )
        mark *= 10
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{HIGH - BOTTOM + 22}" text-anchor="middle">{size:,}</text>'
        )
    parts.append(f'<text x="{LEFT}" y="{HIGH - 6}">activities held</text>')
    for (name, line), colour in zip(lines.items(), COLOURS, strict=False):
        points = " ".join(f"{x(size):.1f},{y(us):.1f}" for size, us in line)
        size, us = line[-1]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts += [
            f'<circle cx="{x(s):.1f}" cy="{y(v):.1f}" r="3.5" fill="{colour}"/>' for s, v in line
        ]
        parts.append(
            f'<text x="{x(size) + 10:.1f}" y="{y(us) + 4:.1f}" fill="{colour}">'
            f"{name}, {us:,.0f} µs</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
