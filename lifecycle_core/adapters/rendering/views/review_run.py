"""What a scheduled run of reviews did, release by release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import how_many, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from lifecycle_core.schema.review_history import ReleaseReviewed, ReviewRun


def values(record: ReviewRun) -> dict[str, Any]:
    """Add what was done, a line each."""
    return {
        "headline": headline(record),
        "lines": [
            (each.release, state, what) for each in record.releases for state, what in _lines(each)
        ],
    }


def text(record: ReviewRun) -> list[RenderableType]:
    """Return the same."""
    found = values(record)
    made = table("State", "Release", "What")
    for release, state, what in found["lines"]:
        made.add_row(mark(state), Text(release), Text(what))
    shown: list[RenderableType] = [
        title(f"Reviews due by {moment(record.as_of)}: {found['headline']}")
    ]
    return [*shown, made] if found["lines"] else shown


def headline(record: ReviewRun) -> str:
    """Return in a few words what was done."""
    read = sum(len(each.read) for each in record.releases)
    told = sum(len(each.told) for each in record.releases)
    return f"{how_many(read, 'window')} read, {how_many(told, 'notification')} taken"


def _lines(each: ReleaseReviewed) -> Iterator[tuple[str, str]]:
    for read in each.read:
        what = f"{read.window}: {how_many(read.firings, 'rule')} fired"
        if read.again:
            what = f"{what}; read again, {how_many(read.changed, 'figure')} changed"
        yield "fail" if read.firings else "pass", what + ("" if read.labels_final else "; open")
    for window in each.missed:
        yield "missed", f"{window} was not reviewed in time"
    for sent in each.told:
        done = "reminded, as the deadline has passed" if sent.reminder else "told"
        yield "ok", f"{sent.channel} was {done}: {sent.window}, {sent.rule}"
    for sent in each.failed:
        what = f"{sent.channel} was not told: {sent.window}, {sent.rule}: {sent.error}"
        yield "failed", f"{what}. The next run tries again."
    if each.error:
        yield "error", each.error
    if each.note:
        yield "info", each.note
    if not (each.read or each.missed or each.told or each.failed or each.error or each.note):
        yield "pass", "nothing was due"
