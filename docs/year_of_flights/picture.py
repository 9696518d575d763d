"""The year as one picture: drift, quality and money over months, with what happened between them.

Its colours are readable on white and on black, and nothing is fetched to draw it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import vl_convert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs.year_of_flights.results import Happening, MonthResult, Year

_GREY, _BLUE, _RED, _GREEN, _ORANGE = "#7d8590", "#3b82c4", "#d1495b", "#3f9d63", "#c77d1e"
_WIDTH = 640
_HEIGHTS = (-20, -8)  # names in turn, so that neighbours have room
_FIRST = ("score", "decision")
_STATES = {
    "drift": ("drift", _RED),
    "no_material_drift": ("no material drift", _GREEN),
    "not_enough_data": ("not enough data", _GREY),
}
_WORDS = {"kept": "kept", "retrained": "retrained", "refused": "refused", "promoted": "promoted",
          "stopped": "not promoted"}  # fmt: skip


def draw(year: Year) -> str:
    """Return the picture as SVG."""
    moments = _moments(year.happened)
    parts = [
        _drift(year.months, moments),
        _lines(
            [
                {"month": each.month, "what": what, "value": value}
                for each in year.months
                for what, value in (("came late", each.late), ("promised", each.expected_late))
            ],
            moments,
            title="Share of flights over 30 minutes late",
            colours={"came late": _ORANGE, "promised": _BLUE},
            axis="%",
        ),
        _lines(
            [
                {"month": each.month, "what": "AUC", "value": each.auc,
                 "low": each.auc_interval.low, "high": each.auc_interval.high}
                for each in year.months
                if each.auc is not None and each.auc_interval is not None
            ],
            moments,
            title="How well flights are put in order (AUC, 95% interval)",
            colours={"AUC": _BLUE},
        ),
        _lines(
            [
                {"month": each.month, "what": what, "value": amount.value,
                 "low": amount.interval.low, "high": amount.interval.high}
                for each in year.months
                for what, amount in (("as decided", each.cost), ("had nobody acted", each.nothing))
            ],
            moments,
            title=f"Cost of a flight, {year.currency} (95% interval over days)",
            colours={"as decided": _BLUE, "had nobody acted": _GREY},
        ),
        _lines(
            [
                {"month": each.month, "what": what, "value": each.nothing.value - cost}
                for each in year.months
                for what, cost in (
                    ("as decided", each.cost.value),
                    ("first model", each.first.value),
                    ("rule of before", each.rule.value),
                )
            ],
            moments,
            title=f"Saved a flight against nobody acting, {year.currency}",
            colours={"as decided": _BLUE, "first model": _ORANGE, "rule of before": _GREY},
            zero=True,
        ),
    ]  # fmt: skip
    chart = (
        alt.vconcat(*parts, spacing=14)
        .resolve_scale(x="shared", color="independent")
        .configure(font="Liberation Sans, Arial, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_GREY, titleColor=_GREY, domainColor=_GREY, tickColor=_GREY,
            gridColor=_GREY, gridOpacity=0.25,
        )
        .configure_title(color=_GREY, anchor="start", fontSize=12, fontWeight="bold", frame="group")
        .configure_legend(labelColor=_GREY, titleColor=_GREY)
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=["data:"])
    return svg


def _moments(happened: Sequence[Happening]) -> pd.DataFrame:
    """Return when things happened: each is decided on the fourth day after its month."""
    return pd.DataFrame(
        [
            {"at": pd.Period(each.month, freq="M").end_time + pd.Timedelta(days=4),
             "said": f"version {each.version} {_WORDS[each.what]}", "what": each.what}
            for each in happened
        ],
        columns=["at", "said", "what"],
    )  # fmt: skip


def _across(**more: Any) -> alt.X:  # noqa: ANN401 - options of altair
    axis = alt.Axis(format="%b", title=None, grid=False, tickCount="month")
    return alt.X("at:T", axis=axis, **more)


def _middle(month: str) -> pd.Timestamp:
    return pd.Period(month, freq="M").start_time + pd.Timedelta(days=14)


def _events(moments: pd.DataFrame, *, names: bool) -> list[alt.Chart]:
    if moments.empty:
        return []
    base = alt.Chart(moments).encode(x=_across())
    dash = alt.condition("datum.what == 'promoted'", alt.value([1, 0]), alt.value([3, 3]))
    rules = base.mark_rule(color=_GREY, opacity=0.8).encode(strokeDash=dash)
    if not names:
        return [rules]
    words = [
        alt.Chart(moments.iloc[turn::2])
        .mark_text(color=_GREY, align="center", fontSize=10)
        .encode(x=_across(), y=alt.value(height), text="said:N")
        for turn, height in enumerate(_HEIGHTS[: len(moments)])
    ]
    return [rules, *words]


def _drift(months: Sequence[MonthResult], moments: pd.DataFrame) -> alt.LayerChart:
    columns = list(dict.fromkeys(name for each in months for name in each.drift))
    often = {name: sum(each.drift.get(name) == "drift" for each in months) for name in columns}
    order = sorted(columns, key=lambda name: (name not in _FIRST, -often[name], name))
    cells = pd.DataFrame(
        [
            {
                "at": pd.Period(each.month, freq="M").start_time,
                "after": pd.Period(each.month, freq="M").end_time,
                "column": name,
                "state": _STATES[state][0],
            }
            for each in months
            for name, state in each.drift.items()
        ]
    )
    map_ = alt.Chart(cells).mark_rect(stroke=_GREY, strokeOpacity=0.3, opacity=0.75).encode(
        x=_across(),
        x2="after:T",
        y=alt.Y("column:N", sort=order, title=None, axis=alt.Axis(grid=False)),
        color=alt.Color(
            "state:N",
            title=None,
            scale=alt.Scale(domain=[word for word, _ in _STATES.values()],
                            range=[colour for _, colour in _STATES.values()]),
        ),
    )  # fmt: skip
    title = "Drift against the three months before"
    return alt.layer(map_, *_events(moments, names=True)).properties(
        width=_WIDTH, height=12 * len(order), title=alt.Title(title, offset=30)
    )


def _lines(
    rows: Sequence[dict[str, Any]],
    moments: pd.DataFrame,
    *,
    title: str,
    colours: dict[str, str],
    axis: str = "",
    zero: bool = False,
) -> alt.LayerChart:
    table = pd.DataFrame([{**row, "at": _middle(row["month"])} for row in rows])
    colour = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(symbolOpacity=1, symbolType="circle") if len(colours) > 1 else None,
    )
    scale = alt.Scale(zero=zero)
    up = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(format=axis or ",~r", tickCount=4))
    base = alt.Chart(table).encode(x=_across(), color=colour)
    shown = [base.mark_line(point=True, strokeWidth=1.8).encode(y=up)]
    if "low" in table:
        low = alt.Y("low:Q", title=None, scale=scale)
        shown.insert(0, base.mark_area(opacity=0.2).encode(y=low, y2="high:Q"))
    return alt.layer(*_events(moments, names=False), *shown).properties(
        width=_WIDTH, height=100, title=title
    )
