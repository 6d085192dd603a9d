"""Plots as inline SVG: no script, no network, readable in light and dark, with every number also in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

VERDICTS = ("right", "wrong", "refused", "error")
_ROW = 26
_LABEL = 170
_BAR = 460
_SIDE = 90


def _svg(width: int, height: int, title: str, body: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(body)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def verdict_bars(groups: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """A bar a group: right, wrong, refused, error of all its answers; the whisker is the interval of "right"."""
    body = []
    for position, (name, part) in enumerate(groups.items()):
        y = position * _ROW + 4
        counts = {v: part["answerable"][v] + part["absent"][v] for v in VERDICTS}
        total = sum(counts.values()) or 1
        body.append(_text(_LABEL - 8, y + 13, name, "end"))
        x = float(_LABEL)
        for verdict in VERDICTS:
            width = counts[verdict] / total * _BAR
            if not width:
                continue
            body.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="17" class="{verdict}">'
                f"<title>{escape(name)}: {counts[verdict]} of {total} {verdict}</title></rect>"
            )
            if width > 26:
                body.append(_text(x + width / 2, y + 12.5, str(counts[verdict]), "middle", f"on-{verdict}"))
            x += width
        interval = part.get("right")
        if interval:
            low, high = (_LABEL + interval[key] * _BAR for key in ("low", "high"))
            body.append(
                f'<path d="M{low:.1f} {y + 20}H{high:.1f}M{low:.1f} {y + 18}v4M{high:.1f} {y + 18}v4" class="whisker"/>'
            )
            body.append(_text(_LABEL + _BAR + 8, y + 13, f"{interval['share']:.0%}  n={total}"))
    return _svg(_LABEL + _BAR + _SIDE, len(groups) * _ROW + 6, title, body)


def histogram(values: Sequence[float], title: str, unit: str = "s", bins: int = 30) -> str:
    """How often which value, up to the 99th percentile, with median and 95th percentile marked."""
    if not values:
        return ""
    ordered = sorted(values)
    top = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] or max(ordered) or 1.0
    width, height, left, bottom = 640, 170, 40, 28
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / top * bins))] += 1
    tallest = max(counts)
    step = (width - left) / bins
    body = []
    for position, count in enumerate(counts):
        bar = count / tallest * (height - bottom - 16)
        low, high = position * top / bins, (position + 1) * top / bins
        body.append(
            f'<rect x="{left + position * step:.1f}" y="{height - bottom - bar:.1f}" width="{step - 1:.1f}" '
            f'height="{bar:.1f}" '
            f'class="bar"><title>{low:.2f}–{high:.2f} {unit}: {count}</title></rect>'
        )
    for q, name in ((0.5, "median"), (0.95, "95 %")):
        value = ordered[min(len(ordered) - 1, int(len(ordered) * q))]
        x = left + min(1.0, value / top) * (width - left)
        anchor = "end" if x > width - 90 else "start"
        body.append(f'<path d="M{x:.1f} 14V{height - bottom}" class="mark"/>')
        body.append(_text(x + (-4 if anchor == "end" else 4), 12, f"{name} {value:.2f} {unit}", anchor))
    for part in range(5):
        body.append(
            _text(
                left + part / 4 * (width - left),
                height - 10,
                f"{part / 4 * top:.1f} {unit}",
                "middle" if part < 4 else "end",
                "axis",
            )
        )
    body.append(_text(left - 6, 24, str(tallest), "end", "axis"))
    body.append(f'<path d="M{left} {height - bottom}H{width}" class="axis"/>')
    return _svg(width, height, title, body)


def wrong_against_refused(groups: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """A point a group: how much it refuses (right), how much it answers wrong (up). Down is better at any place."""
    side, left, bottom = 320, 46, 40
    points = []
    for name, part in groups.items():
        counts = part["answerable"]
        total = sum(counts.values())
        if total:
            points.append((name, counts["refused"] / total, counts["wrong"] / total, total))
    if not points:
        return ""
    top = max(0.1, *(max(x, y) for _, x, y, _ in points)) * 1.15
    body = [f'<path d="M{left} 8V{side - bottom}H{side + 140}" class="axis"/>']
    for part_ in range(5):
        share = top * part_ / 4
        x, y = left + share / top * (side - left), side - bottom - share / top * (side - bottom - 8)
        body.append(_text(left - 6, y + 4, f"{share:.0%}", "end", "axis"))
        body.append(_text(x, side - bottom + 16, f"{share:.0%}", "middle", "axis"))
    taken: list[float] = []
    for name, x_share, y_share, total in sorted(points, key=lambda point: point[2]):
        x, y = left + x_share / top * (side - left), side - bottom - y_share / top * (side - bottom - 8)
        radius = 3 + min(9, total**0.5 / 3)
        body.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="point"><title>{escape(name)}: '
            f"refused {x_share:.1%}, wrong {y_share:.1%}, n={total}</title></circle>"
        )
        label = y + 4
        while any(abs(label - other) < 13 for other in taken):
            label -= 13
        taken.append(label)
        body.append(_text(x + 14, label, name))
    middle = (side - bottom) / 2
    body.append(_text(left + (side - left) / 2, side - 6, "refused, of answerable questions", "middle"))
    body.append(
        f'<text x="12" y="{middle}" transform="rotate(-90 12 {middle})" text-anchor="middle">answered wrong</text>'
    )
    return _svg(side + 150, side, title, body)
