"""The cost curve as a Vega-Lite chart: plain data, drawn by whoever shows the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecycle_core.schema.finalization import Finalization

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_GREY = "#8a8a8a"  # readable on white and on near-black alike
_LINE = "#6f9fd8"
_CHOSEN = "#e08a3c"


def cost_curve(record: Finalization) -> dict[str, Any]:
    """Return a Vega-Lite 6 specification: cost per run against the decision value.

    The part of the curve beyond the limits is dashed, the chosen rule is marked. The values are
    embedded and the background is transparent.

    Args:
        record: A finalization whose curve is not empty.

    Returns:
        JSON-ready; show it as `application/vnd.vegalite.v6+json`.
    """
    values = [
        {
            "value": point.value,
            "cost": round(point.cost_per_run, 2),
            "within": point.within_limits,
        }
        | ({} if point.actions_per_run is None else {"actions": round(point.actions_per_run, 1)})
        for point in record.curve
    ]
    threshold = record.rule.acts
    across = {
        "field": "value",
        "type": "quantitative",
        "title": "act from this probability on" if threshold else "added to the prediction",
        "scale": {"zero": False, "nice": False},
    }
    up = {
        "field": "cost",
        "type": "quantitative",
        "title": f"cost per run ({record.currency})",
        "scale": {"zero": False},
        "axis": {"format": "~s"},
    }
    tooltip = [
        {"field": "value", "type": "quantitative", "title": "value", "format": ".4~g"},
        {"field": "cost", "type": "quantitative", "title": "cost per run", "format": ",.0f"},
    ]
    if threshold:
        tooltip.append(
            {"field": "actions", "type": "quantitative", "title": "actions", "format": ",.0f"}
        )
    line = {"type": "line", "color": _LINE, "strokeWidth": 2}
    encoding = {"x": across, "y": up, "tooltip": tooltip}
    marked = f"datum.value === {record.rule.value!r}"
    return {
        "$schema": _SCHEMA,
        "description": f"Cost per run of {record.chosen} by decision value",
        "background": "transparent",
        "width": 360,
        "height": 180,
        "data": {"values": values},
        "layer": [
            {"mark": line | {"strokeDash": [3, 3], "opacity": 0.5}, "encoding": encoding},
            {
                "transform": [{"filter": "datum.within"}],
                "mark": line,
                "encoding": encoding,
            },
            {
                "transform": [{"filter": marked}],
                "mark": {"type": "rule", "color": _CHOSEN},
                "encoding": {"x": across},
            },
            {
                "transform": [{"filter": marked}],
                "mark": {"type": "point", "color": _CHOSEN, "filled": True, "size": 70},
                "encoding": encoding,
            },
        ],
        "config": {
            "view": {"stroke": None},
            "axis": {
                "labelColor": _GREY,
                "titleColor": _GREY,
                "domainColor": _GREY,
                "tickColor": _GREY,
                "gridColor": _GREY,
                "gridOpacity": 0.25,
            },
        },
    }
