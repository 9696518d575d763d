"""What the events of a release's reviews amount to: a pure replay, in the order of the registry.

    events --newest review of each window--> alerts --told, acknowledged, silenced--> history

An alert is a rule, a window and what the rule saw there. So a window that is read again raises no
second alert, unless the rule saw something else; and one that no longer fires has none any more.
Clocks decide nothing but which windows are due and whether a silence has passed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.monitoring.keeping import alerts_of
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.schema.review_history import (
    AlertAcknowledged,
    AlertNotTold,
    AlertReminded,
    AlertStanding,
    AlertTold,
    Happening,
    ReviewedWindow,
    ReviewHistory,
    ReviewKept,
    ReviewMissed,
    RuleSilenced,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.monitoring.schedule import DueWindow
    from lifecycle_core.schema.review_history import Alert, AlertState, ReviewEvent, WindowState


class Readings(NamedTuple):
    """The kept reviews of one window.

    Attributes:
        newest: The one that looks back from the latest moment.
        times: How many there are that say something else than the one before.
    """

    newest: ReviewKept
    times: int


def readings_of(events: Sequence[ReviewEvent], *, now: datetime) -> dict[str, Readings]:
    """Return the newest kept review of each window.

    Args:
        events: By `seq`.
        now: With a zone. A review that looks back from a later moment was kept by a clock that is
            wrong, and does not count before that moment.
    """
    found: dict[str, Readings] = {}
    for event in events:
        if not isinstance(event, ReviewKept) or _at(event.review.as_of) > now:
            continue
        label = event.review.window.label
        before = found.get(label)
        if before is None:
            found[label] = Readings(event, 1)
        elif event.digest != before.newest.digest:
            later = _at(event.review.as_of) >= _at(before.newest.review.as_of)
            found[label] = Readings(event if later else before.newest, before.times + 1)
    return found


def history_of(
    release: str,
    events: Sequence[ReviewEvent],
    *,
    due: Sequence[DueWindow],
    now: datetime,
    notes: Sequence[str] = (),
) -> ReviewHistory:
    """Return all windows of a release, and what is open in them.

    Args:
        release: Its name.
        events: By `seq`.
        due: Windows that should have been reviewed.
        now: By which they are late and silences have passed, with a zone.
        notes: What is wrong with the events.
    """
    readings = readings_of(events, now=now)
    later = sum(isinstance(e, ReviewKept) and _at(e.review.as_of) > now for e in events)
    last = max((_at(each.newest.review.window.end) for each in readings.values()), default=None)
    standing = _Standing(events, now, last)
    by_label = {each.window.label: each for each in due}
    windows = [
        _kept(each, standing, by_label[label].due_by if label in by_label else None)
        for label, each in readings.items()
    ]
    windows += [
        _not_kept(each, standing, now) for label, each in by_label.items() if label not in readings
    ]
    clock = f"{later} kept reviews look back from a moment that has not come: a clock is wrong."
    return ReviewHistory(
        release=release,
        as_of=utc_text(now),
        windows=tuple(sorted(windows, key=lambda each: (_at(each.end), each.window), reverse=True)),
        events=tuple(_happening(event, standing.alerts) for event in events),
        notes=(*notes, *([clock] if later else [])),
    )


class _Standing:
    """What was done about alerts, by their keys."""

    def __init__(self, events: Sequence[ReviewEvent], now: datetime, last: datetime | None) -> None:
        self._now, self._last = now, last
        self.alerts: dict[str, Alert] = {}
        self._told: dict[str, list[str]] = {}
        self._reminded: dict[str, list[str]] = {}
        self._failed: dict[str, dict[str, str]] = {}
        self._by: dict[str, AlertAcknowledged] = {}
        self._silenced: dict[str, list[RuleSilenced]] = {}
        self._missed: dict[str, str] = {}
        self._raised: dict[str, ReviewKept | ReviewMissed] = {}
        for event in events:
            self._take(event)

    def _take(self, event: ReviewEvent) -> None:
        match event:
            case ReviewKept(review=review):
                for alert in alerts_of(review):
                    self._raise(alert, event)
            case ReviewMissed(alert=alert):
                self._raise(alert, event)
                self._missed.setdefault(alert.window, alert.key)
            case AlertTold(key=key, channel=channel):
                self._told.setdefault(key, []).append(channel)
                self._failed.get(key, {}).pop(channel, None)
            case AlertReminded(key=key, channel=channel):
                self._reminded.setdefault(key, []).append(channel)
                self._failed.get(key, {}).pop(channel, None)
            case AlertNotTold(key=key, channel=channel, error=error):
                self._failed.setdefault(key, {})[channel] = error
            case AlertAcknowledged(keys=keys):
                self._by |= dict.fromkeys(keys, event)
            case RuleSilenced(rule=rule):
                self._silenced.setdefault(rule, []).append(event)

    def _raise(self, alert: Alert, event: ReviewKept | ReviewMissed) -> None:
        # The first one counts: a deadline does not move because the window is read again.
        self.alerts.setdefault(alert.key, alert)
        self._raised.setdefault(alert.key, event)

    def of(self, key: str, end: datetime) -> AlertStanding:
        """Return how an alert of a window that ended then stands."""
        alert, raised = self.alerts[key], self._raised[key]
        rule, by = alert.firing.rule, self._by.get(key)
        silences = self._silenced.get(rule, [])
        # The last word counts: who silences a rule anew may also shorten it.
        silence = silences[-1] if silences else None
        state: AlertState = "open"
        if by is not None:
            state = "acknowledged"
        elif silence is not None and _at(silence.until) > self._now:
            state = "silenced"
        elif self._last is not None and end < self._last:
            before = [each for each in silences if each.seq < raised.seq]
            if before and _at(before[-1].until) > _at(raised.at):
                state = "passed"
        spoken = by or (silence if state in {"silenced", "passed"} else None)
        return AlertStanding(
            alert=alert,
            state=state,
            raised=raised.at,
            version=raised.version,
            told=tuple(dict.fromkeys(self._told.get(key, ()))),
            reminded=tuple(dict.fromkeys(self._reminded.get(key, ()))),
            failed=self._failed.get(key, {}),
            told_before=any(
                (other.window, other.firing.rule) == (alert.window, rule)
                and other.key != key
                and other.key in self._told
                for other in self.alerts.values()
            ),
            by=spoken.actor if spoken else "",
            note=spoken.note if spoken else "",
            until=silence.until if silence and state == "silenced" else "",
        )

    def missed(self, window: str) -> str | None:
        """Return the key of the alert that a window was not reviewed in time, if there is one."""
        return self._missed.get(window)


def _kept(readings: Readings, standing: _Standing, due_by: datetime | None) -> ReviewedWindow:
    event = readings.newest
    review = event.review
    end = _at(review.window.end)
    return ReviewedWindow(
        window=review.window.label,
        state="kept",
        end=review.window.end,
        due_by="" if due_by is None else utc_text(due_by),
        as_of=review.as_of,
        version=event.version,
        readings=readings.times,
        changed=len(review.changes),
        labels_final=review.labels_final,
        labels_final_from=review.labels_final_from,
        alerts=tuple(standing.of(alert.key, end) for alert in alerts_of(review)),
    )


def _not_kept(due: DueWindow, standing: _Standing, now: datetime) -> ReviewedWindow:
    state: WindowState = "missed" if due.due_by <= now else "due"
    key = standing.missed(due.window.label)
    end = _at(due.window.end)
    return ReviewedWindow(
        window=due.window.label,
        state=state,
        end=due.window.end,
        due_by=utc_text(due.due_by),
        alerts=() if key is None else (standing.of(key, end),),
    )


def _happening(event: ReviewEvent, alerts: dict[str, Alert]) -> Happening:
    said = {
        "seq": event.seq, "at": event.at, "actor": event.actor, "actor_proof": event.actor_proof,
        "kind": event.kind,
    }  # fmt: skip
    match event:
        case ReviewKept(review=review):
            said["window"] = review.window.label
        case ReviewMissed(alert=alert):
            said["window"] = alert.window
        case (
            AlertTold(key=key, channel=channel)
            | AlertReminded(key=key, channel=channel)
            | AlertNotTold(key=key, channel=channel)
        ):
            about = alerts.get(key)
            said |= {"channel": channel, "note": getattr(event, "error", "")}
            if about is not None:
                said |= {"window": about.window, "rule": about.firing.rule}
        case AlertAcknowledged(rule=rule, keys=keys, note=note):
            windows = [alerts[key].window for key in keys if key in alerts]
            said |= {"rule": rule, "note": note, "window": ", ".join(dict.fromkeys(windows))}
        case RuleSilenced(rule=rule, until=until, note=note):
            said |= {"rule": rule, "note": f"until {until}" + (f": {note}" if note else "")}
    return Happening.model_validate(said)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
