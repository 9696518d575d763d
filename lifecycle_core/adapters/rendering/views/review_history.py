"""The reviews of a release: windows, the newest first, alerts, and the last events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import how_many, moment
from lifecycle_core.schema.review_history import MISSED

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.review_history import (
        AlertStanding,
        Happening,
        ReviewedWindow,
        ReviewHistory,
    )

_LAST_EVENTS = 12
_DONE = {
    "kept": "review kept", "missed": "review missed", "told": "told", "reminded": "reminded",
    "not_told": "not told",
    "acknowledged": "acknowledged", "silenced": "silenced",
}  # fmt: skip


def values(record: ReviewHistory) -> dict[str, Any]:
    """Add windows, alerts and events in words."""
    return {
        "headline": headline(record),
        "windows": [_window(each) for each in record.windows],
        "alerts": [alert(each, record.as_of) for each in reversed(record.alerts)],
        "events": [_event(each) for each in record.events[: -_LAST_EVENTS - 1 : -1]],
        "earlier": max(0, len(record.events) - _LAST_EVENTS),
    }


def text(record: ReviewHistory) -> list[RenderableType]:
    """Return the same."""
    found = values(record)
    shown: list[RenderableType] = [title(f"Reviews of {record.release}: {found['headline']}")]
    shown.extend(Text(f"✕ {note}", style="red") for note in record.notes)
    if found["windows"]:
        made = table("State", "Window", "Read as of", "Labels", "Alerts", "")
        for each in found["windows"]:
            made.add_row(
                mark(each["state"]), Text(each["window"]), each["as_of"], each["labels"],
                each["alerts"], Text(each["note"]),
            )  # fmt: skip
        shown.append(made)
    if found["alerts"]:
        made = table("State", "Window", "Rule", "Who, until when", "Told")
        for each in found["alerts"]:
            rule = Text(each["rule"])
            if each["said"]:
                rule.append(f"\n{each['said']}", style="dim")
            made.add_row(
                mark(each["state"]), each["window"], rule, Text(each["who"]), Text(each["told"])
            )
        shown.append(made)
    if found["events"]:
        made = table("Event", "At", "By", "What", numbers=["Event"])
        for each in found["events"]:
            made.add_row(each["seq"], each["at"], Text(each["by"]), Text(each["what"]))
        shown.append(made)
    if found["earlier"]:
        shown.append(Text(f"{how_many(found['earlier'], 'earlier event')}: see --json."))
    return shown


def headline(record: ReviewHistory) -> str:
    """Return in a few words whether somebody has to act."""
    if not record.windows:
        return "none yet"
    counts = {
        "missed": sum(each.state == "missed" for each in record.windows),
        "due": sum(each.state == "due" for each in record.windows),
    }
    waiting = sum(each.state == "open" for each in record.alerts)
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    parts += [how_many(waiting, "open alert")] if waiting else []
    return ", ".join(parts) or "nothing is open"


def _window(each: ReviewedWindow) -> dict[str, str]:
    labels = "final" if each.labels_final else f"final from {moment(each.labels_final_from)}"
    notes = []
    if each.state == "kept" and each.readings > 1:
        notes.append(f"read {each.readings} times, {how_many(each.changed, 'figure')} changed")
    if each.state != "kept":
        notes.append(f"due by {moment(each.due_by)}")
    return {
        "state": each.state,
        "window": each.window,
        "as_of": moment(each.as_of) if each.as_of else "",
        "labels": labels if each.state == "kept" else "",
        "alerts": str(len(each.alerts) or ""),
        "note": "; ".join(notes),
    }


def alert(each: AlertStanding, now: str) -> dict[str, str]:
    """Return an alert in words, as of a moment."""
    firing = each.alert.firing
    late = ", which has passed" if each.state == "open" and firing.deadline < now else ""
    who = firing.name or f"nobody is named as owners.{firing.owner}"
    said = ""
    if each.by:
        said = f"{each.by}{f', until {moment(each.until)}' if each.until else ''}"
        said += f": {each.note}" if each.note else ""
    told = [
        *(f"{name} (reminded)" if name in each.reminded else name for name in each.told),
        *(f"{name} (reminded only)" for name in each.reminded if name not in each.told),
        *(f"{name} not: {why}" for name, why in each.failed.items()),
    ]
    return {
        "state": "open_alert" if each.state == "open" else each.state,
        "window": each.alert.window,
        "rule": "The review is missing" if firing.rule == MISSED else firing.rule,
        "who": f"{firing.action} {firing.owner}: {who}, by {moment(firing.deadline)}{late}",
        "said": said,
        "told": ", ".join(told) or "nobody",
    }


def _event(each: Happening) -> dict[str, str]:
    parts = [_DONE.get(each.kind, each.kind), each.channel, each.window, each.rule]
    about = " · ".join(part for part in parts if part)
    return {
        "seq": str(each.seq),
        "at": moment(each.at),
        "by": f"{each.actor} ({each.actor_proof})",
        "what": f"{about}: {each.note}" if each.note else about,
    }
