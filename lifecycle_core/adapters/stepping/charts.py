"""Pictures of the charts that a step gives: of altair's, where vl-convert is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.stepping.drawing import LARGEST, LONGEST, MOST, Sheet, Sheets

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCALE = 1.5
_BASES = {"altair": "TopLevelMixin", "plotly": "BaseFigure"}
"""By library, the class from which its charts come."""
_NO_URL = ["data:"]
"""Where a chart's data may lie: in itself. Nothing is fetched."""


def sheets_of(outputs: Mapping[str, Any]) -> Sheets:
    """Draw the charts among a step's outputs; where that cannot be done, say so.

    Args:
        outputs: By variable, its value.
    """
    charts = {name: value for name, value in outputs.items() if _library_of(value)}
    kept: list[Sheet] = []
    said: list[str] = []
    for name, chart in list(charts.items())[:MOST]:
        sheet, reason = _sheet(name, chart)
        if sheet is None:
            said.append(f"The chart `{name}` is kept as a value, without a picture: {reason}.")
        else:
            kept.append(sheet)
    if len(charts) > MOST:
        said.append(f"It gave {len(charts) - MOST} charts more than the {MOST} that are drawn.")
    return Sheets(tuple(kept), " ".join(said))


def _library_of(value: object) -> str:
    """Return the library whose chart a value is; empty if it is none."""
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    return library if _BASES.get(library) in {base.__name__ for base in kind.__mro__} else ""


def _sheet(name: str, chart: Any) -> tuple[Sheet | None, str]:  # noqa: ANN401 - of a library
    """Return a chart's picture, or why there is none."""
    if _library_of(chart) != "altair":
        return None, "only charts of altair are drawn"
    if find_spec("vl_convert") is None:
        return None, "vl-convert-python, which draws it, is not installed"
    import vl_convert

    try:
        spec = chart.to_dict()
        png = vl_convert.vegalite_to_png(spec, scale=_SCALE, allowed_base_urls=_NO_URL)
    except Exception as error:  # noqa: BLE001 - a chart holds whatever its author wrote
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return None, said.partition(" at ")[0][:LONGEST]  # behind it, places in JavaScript
    if len(png) > LARGEST:
        return None, f"it has {len(png)} bytes, at most {LARGEST} are kept"
    return Sheet(png, _title(spec) or name), ""


def _title(spec: Mapping[str, Any]) -> str:
    title = spec.get("title") or ""
    text = title.get("text", "") if isinstance(title, dict) else title
    return " ".join(map(str, text)) if isinstance(text, list) else str(text)
