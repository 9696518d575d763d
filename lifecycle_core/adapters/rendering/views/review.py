"""The review of a window: what fired first, then every figure with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.effects import chart
from lifecycle_core.adapters.rendering.impact import told
from lifecycle_core.adapters.rendering.rows import facts, mark, table, title
from lifecycle_core.adapters.rendering.trends import seen_lines
from lifecycle_core.adapters.rendering.words import how_many, moment, number, signed
from lifecycle_core.schema.added_up import added_up
from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.schema.review import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from lifecycle_core.schema.review import Change, ColumnDrift, Firing, Review, Seen

SECTION_TITLES = {
    "technical": "Technical health", "data": "Data", "quality": "Quality",
    "action": "What is done with decisions", "business": "Business",
}  # fmt: skip
_WHAT = {
    "distribution": "distribution", "missing": "missing share", "new_values": "share of new values",
    "share": "share acted on",
}  # fmt: skip
_AGAINST = {
    "before": "", "release": ", against the release", "same_phase": ", against the same phase",
}  # fmt: skip
_WORDS = {"share": "", "ratio": "", "distance": ""}
_COUNTED = ("columns", "comparisons", "groups", "hours", "rows", "segments")
_MARKED = ("pass", "fail")
_UNKNOWN = "not enough data"
_MET = {True: "pass", False: "fail", None: "undecided_target"}


def values(record: Review) -> dict[str, Any]:
    """Add figures in words, the chart of effects, and the headline."""
    return {
        "headline": headline(record),
        "since": since(record) if record.read_before else "",
        "lines": seen_lines(record.history),
        "summary": list(_summary(record)),
        "sections": [
            (
                SECTION_TITLES.get(section.name, section.name),
                [row(figure) for figure in section.figures],
            )
            for section in record.sections
        ],
        "drift": [
            {
                "column": each.column,
                "what": _WHAT.get(each.what, each.what) + _AGAINST[each.against],
                "state": each.state,
                "value": "" if each.value is None else number(each.value),
                "bounds": _bounds(each.low, each.high),
                "tolerance": number(each.tolerance),
                "note": " ".join(_weight(each, record.currency)),
            }
            for each in record.drift
        ],
        "tables": [table for table in tables(record) if table[2]],
        "chart": chart(recent(record.drift)),
        "changes": [_changed(each) for each in record.changes],
        "firings": [
            (each, [evidence(seen) for seen in each.evidence], told(each.impact))
            for each in record.firings
        ],
    }


def text(record: Review) -> list[RenderableType]:
    """Return the same, without the chart."""
    found = values(record)
    shown: list[RenderableType] = [
        title(f"Review of {record.release}, {record.window.label}: {found['headline']}")
    ]
    shown.extend(_fired(firing) for firing in record.firings)
    shown.append(facts(*found["summary"]))
    for name, rows in found["sections"]:
        made = table(name, "Value", "95% interval", "Rows", "", numbers=("Value", "Rows"))
        unknown: dict[str, list[str]] = {}
        for each in rows:
            note = Text(each["note"])
            if each["value"] == _UNKNOWN and not each["target"]:
                unknown.setdefault(each["note"], []).append(each["name"])
                continue
            if each["target"]:
                note = Text(f"{each['target']}: ").append_text(mark(each["met"])).append(
                    f" {each['note']}" if each["note"] else ""
                )  # fmt: skip
            made.add_row(
                Text(each["name"]), Text(each["value"]), Text(each["interval"]), each["rows"], note
            )
        shown.append(made if made.row_count else Text(name))
        shown.extend(_unknown(unknown))
    shown.extend(_drift(found["drift"]))
    shown.extend(_table(*each) for each in found["tables"])
    if found["since"]:
        shown.append(Text(found["since"]))
    if found["changes"]:
        made = table("Changed", "Before", "Now", "", numbers=("Before", "Now"))
        for name, before, now, final in found["changes"]:
            made.add_row(Text(name), before, now, final)
        shown.append(made)
    return [*shown, *(Text(note) for note in record.notes)]


def headline(record: Review) -> str:
    """Return in a few words whether somebody has to act."""
    if not record.firings:
        return "no rule fired"
    return f"{how_many(len(record.firings), 'rule')} fired"


def since(record: Review) -> str:
    """Return how much has changed since the window was read before."""
    return (
        f"{how_many(len(record.changes), 'figure')} changed since the window was read as of "
        f"{moment(record.read_before)}."
    )


def row(figure: Figure) -> dict[str, str]:
    """Return one figure in words."""
    note = figure.note
    if figure.value is not None and not figure.final:
        note = f"{note} May still change.".strip()
    interval = figure.interval
    bounds = (interval.low, interval.high) if interval else (None, None)
    scale = 100 if figure.unit == "share" else 1
    return {
        "name": figure.name,
        "value": _UNKNOWN if figure.value is None else _amount(figure),
        "interval": _bounds(*bounds, scale=scale),
        "rows": f"{figure.rows:,}",
        "target": figure.target,
        "met": _MET[figure.met],
        "note": note,
    }


def added(reviews: Sequence[Review]) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    """Return what windows come to together: caption, headings, and cells in words."""
    several = reviews if len(reviews) > 1 else ()
    ends = [several[at].window.label for at in (0, -1) if several]
    return (
        f"Added up, {' to '.join(ends)}", ("Figure", "Sum", "95% interval, at least", "Rows", ""),
        [
            (each["name"], each["value"], each["interval"], each["rows"], each["note"])
            for each in map(row, added_up(several))
        ],
    )  # fmt: skip


def evidence(seen: Seen) -> str:
    """Return what a rule saw in one window."""
    parts = [
        f"{name} {'not known' if value is None else number(value)}"
        for name, value in seen.figures.items()
    ]
    return f"{seen.window}: {', '.join(parts)}"


def tables(record: Review) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """Yield what stands behind figures: caption, headings, and cells in words."""
    yield (
        "Contract", ("Rule", "Rows", "Share", "Usual share"),
        [
            (each.rule, f"{each.rows:,}", _percent(each.share), _percent(each.usual))
            for each in (rule.model_copy(update={"rule": f"{rule.column}: {rule.rule}"})
                         for rule in record.contract)
        ],
    )  # fmt: skip
    yield (
        "Without an answer", ("Cause", "Field and rule", "Count", "Share"),
        [
            (
                each.cause, f"{each.field}: {each.rule}" if each.field else "",
                f"{each.count:,}", _percent(each.share),
            )
            for each in record.refused
        ],
    )  # fmt: skip
    yield (
        "Expected and seen", ("Held", "Of", "Expected", "95% interval", "Seen", "Off by", "Rows"),
        [
            (
                "pass" if each.held else "fail", each.name, _in_unit(each.expected, each.unit),
                _bounds(each.interval.low, each.interval.high, scale=_scale(each.unit)),
                _in_unit(each.realised, each.unit), _off(each.difference, each.unit),
                f"{each.rows:,}",
            )
            for each in record.reconciled
        ],
    )  # fmt: skip
    yield (
        "Segments", ("Segment", "Of", "Here", "Elsewhere", "Interval of the difference", "Rows"),
        [
            (
                f"{each.column} = {each.value or 'missing'}{' (worse)' if each.worse else ''}",
                each.metric, number(each.figure), number(each.elsewhere),
                _bounds(each.interval.low, each.interval.high), f"{each.rows:,}",
            )
            for each in record.segments
        ],
    )  # fmt: skip
    yield (
        "Overrides", ("Of", "State", "Share", "Interval", "Decisions"),
        [
            (
                each.value if each.of == "team" else f"{each.of} = {each.value or 'missing'}",
                each.state.replace("_", " "), _percent(each.share),
                _bounds(each.interval.low, each.interval.high, scale=100), f"{each.told:,}",
            )
            for each in record.overriding
        ],
    )  # fmt: skip
    yield "New segments", ("Segment",), [(each,) for each in record.new_segments]


def _drift(comparisons: Sequence[dict[str, str]]) -> Iterator[RenderableType]:
    """Yield the comparisons that were made, and below why others could not be."""
    heads = ("State", "Column", "Of", "Effect", "Bounds", "Tolerance", "")
    made = table(*heads, numbers=("Effect", "Tolerance"))
    unknown: dict[str, list[str]] = {}
    for each in comparisons:
        if not each["value"]:
            unknown.setdefault(each["note"], []).append(f"{each['column']} ({each['what']})")
            continue
        made.add_row(
            mark(each["state"]), Text(each["column"]), Text(each["what"]), each["value"],
            each["bounds"], each["tolerance"], Text(each["note"]),
        )  # fmt: skip
    if made.row_count:
        yield made
    yield from _unknown(unknown)


def _unknown(names: dict[str, list[str]]) -> Iterator[Text]:
    """Yield what there is not enough data for, by the reason."""
    for note, those in names.items():
        yield Text(f"{_UNKNOWN}: {', '.join(those)}. {note}".rstrip(), style="dim")


def _table(name: str, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> RenderableType:
    made = table(name, *heads[1:])
    for line in lines:
        made.add_row(*(mark(cell) if cell in _MARKED else Text(cell) for cell in line))
    return made


def _weight(each: ColumnDrift, currency: str) -> Iterator[str]:
    """Yield what is told beside the numbers of a comparison."""
    if each.note:
        yield each.note
    if each.importance is not None:
        yield f"{_percent(each.importance)} of what moves scores."
    if each.cost is not None:
        yield f"{number(each.cost)} {currency} a row."
    if each.state == "drift" and each.lasting != "drift":
        yield "Not in enough windows to last."


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}%"


def _in_unit(value: float, unit: str) -> str:
    return _percent(value) if unit == "share" else f"{number(value)} {unit}"


def _off(difference: float, unit: str) -> str:
    """Return how much more was seen than expected; of shares in points, which are of no share."""
    if unit == "share":
        return f"{100 * difference:+.1f} points"
    return f"{signed(difference)} {unit}"


def _scale(unit: str) -> float:
    return 100 if unit == "share" else 1


def _changed(change: Change) -> tuple[str, str, str, str]:
    """Return a changed figure: its name, its values, and whether it is final."""

    def shown(value: float | None) -> str:
        figure = Figure(name=change.name, value=value, unit=change.unit)
        return "not enough data" if value is None else _amount(figure)

    final = "final" if change.final else "may still change"
    return change.name, shown(change.before), shown(change.after), final


def _fired(firing: Firing) -> Text:
    who = firing.name or f"nobody is named as `owners.{firing.owner}`"
    reached = f" ({firing.contact})" if firing.contact else ""
    shown = Text("✕ ", style="red").append(firing.rule, style="bold")
    shown.append(
        f"\n  {firing.action} {firing.owner}: {who}{reached}, by {moment(firing.deadline)}"
    )
    if firing.escalation:
        shown.append(f"; else {firing.escalation}")
    for seen in firing.evidence:
        shown.append(f"\n  {evidence(seen)}")
    for name, said in told(firing.impact):
        shown.append(f"\n  {name}: {said}")
    return shown


def _summary(record: Review) -> Iterator[tuple[str, str]]:
    window = record.window
    yield "Window", f"{window.first} until {window.after}, {window.zone}"
    yield "Read as of", moment(record.as_of)
    final = "final" if record.labels_final else f"final from {moment(record.labels_final_from)}"
    yield "Labels", final
    if record.versions:
        said = ", ".join(f"{name}: {rows:,}" for name, rows in record.versions.items())
        yield "Rows by version", said
    windows = " to ".join(dict.fromkeys((*record.reference[:1], *record.reference[-1:])))
    yield "Compared with", f"{windows}, {record.reference_rows:,} rows"


def _amount(figure: Figure) -> str:
    value = figure.value or 0.0
    if figure.unit == "share":
        return f"{100 * value:.1f}%"
    unit = _WORDS.get(figure.unit, figure.unit)
    if value == 1 and unit in _COUNTED:
        unit = unit.removesuffix("s")
    return f"{number(value)} {unit}".strip()


def _bounds(low: float | None, high: float | None, *, scale: float = 1) -> str:
    if low is None or high is None:
        return ""
    if scale == 1:
        return f"{number(low)} to {number(high)}"
    return f"{scale * low:.1f}% to {scale * high:.1f}%"
