"""The comparison as a Plotly chart: one panel a unit, a gap where nothing is disclosed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.ui.figures import Line
from index.text import normalise

# Okabe and Ito's colours, told apart by colour-blind readers; yellow is left out, it vanishes on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7A6FAC", "#5F6B76")
SHAPES = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "pentagon")
_GREY = "#7b8794"  # readable on the light and on the dark page
FONT = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, system-ui, sans-serif"


def draw(
    lines: Sequence[Line], periods: Sequence[str], name: Callable[[Line], str], key: Callable[[Line, str], str]
) -> Any:  # noqa: ANN401
    """A plotly Figure; `name` is a line's legend, `key` what a click on its point at a period gives back."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    drawn = [line for line in lines if line.series is not None]
    units = list(dict.fromkeys(normalise(line.series.unit) for line in drawn if line.series))
    shown = {normalise(line.series.unit): line.series.unit for line in reversed(drawn) if line.series}
    figure = make_subplots(rows=max(1, len(units)), cols=1, shared_xaxes=True, vertical_spacing=0.09)
    for order, line in enumerate(drawn):
        series = line.series
        if series is None:
            continue
        values = [series.cells[period].value if period in series.cells else None for period in periods]
        colour, shape = COLOURS[order % len(COLOURS)], SHAPES[(order // len(COLOURS) + order) % len(SHAPES)]
        common = {
            "x": list(periods),
            "y": values,
            "name": name(line),
            "customdata": [key(line, period) for period in periods],
            "hovertemplate": f"%{{x}}: %{{y:,}} {series.unit}<extra>{name(line)}</extra>",
        }
        if len(periods) > 1:
            trace = go.Scatter(
                **common,
                mode="lines+markers",
                connectgaps=False,
                line={"color": colour, "width": 2},
                marker={"color": colour, "symbol": shape, "size": 8},
            )
        else:
            trace = go.Bar(**common, marker={"color": colour})
        figure.add_trace(trace, row=units.index(normalise(series.unit)) + 1, col=1)
    for place, unit in enumerate(units, start=1):
        figure.update_yaxes(
            title_text=shown[unit],
            row=place,
            col=1,
            gridcolor="rgba(123,135,148,.22)",
            zeroline=False,
            rangemode="tozero",
        )
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=list(periods), showgrid=False)
    figure.update_layout(
        font={"family": FONT, "size": 13, "color": _GREY},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 60, "r": 16, "t": 16, "b": 40},
        height=150 + 250 * max(1, len(units)),
        legend={"orientation": "h", "y": -0.14 / max(1, len(units)), "yanchor": "top"},
        hovermode="closest",
        modebar={
            "bgcolor": "rgba(0,0,0,0)",
            "color": _GREY,
            "activecolor": COLOURS[0],
            "remove": ["select2d", "lasso2d"],
        },
    )
    return figure
