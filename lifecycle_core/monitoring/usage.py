"""What answering took in a window, and what was refused or failed, as figures that rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.monitoring.figures import share
from lifecycle_core.schema.review import Figure, RefusedInput

if TYPE_CHECKING:
    from lifecycle_core.schema.window_counts import UsageCounts

UNAUTHORIZED = "unauthorized"
"""Whoever has no token is no user of the release: such requests are told, and in no share."""
_MIB = 1 << 20
_UNKNOWN = "No usage is in the log for this window."
_NOTHING = "Nothing was asked in the window."
_ELSEWHERE = "All rows were scored on other machines."
_NO_MEMORY = "No process told how much memory it had."


def usage_figures(counts: UsageCounts) -> tuple[Figure, ...]:
    """Return the shares of rows without an answer, and what the others took.

    Args:
        counts: Of the window. Without intervals nothing is known, which is not 0.

    Example:
        >>> from lifecycle_core.schema.window_counts import UsageCounts
        >>> counts = UsageCounts(intervals=1, answered=98, refused={"contract": 2})
        >>> [each.value for each in usage_figures(counts)[:2]]
        [0.02, 0.0]
        >>> usage_figures(UsageCounts())[0].value is None
        True
    """
    refused, failed, asked = _refused(counts), sum(counts.errors.values()), _asked(counts)
    silent = _NOTHING if counts.intervals else _UNKNOWN
    seconds, note = None, _ELSEWHERE if counts.answered else silent
    if counts.cpu_rows:
        seconds, note = 1000 * counts.cpu_seconds / counts.cpu_rows, ""
    peak, forgotten = None, _NO_MEMORY if counts.intervals else _UNKNOWN
    if counts.peak_bytes is not None:
        peak, forgotten = counts.peak_bytes / _MIB, ""
    return (
        share("refused_share", refused, asked, silent),
        share("error_share", failed, asked, silent),
        Figure(
            name="cpu_seconds_per_1000_rows", value=seconds, unit="seconds", rows=counts.cpu_rows,
            note=note,
        ),
        Figure(
            name="peak_memory_mib", value=peak, unit="MiB", rows=counts.answered, note=forgotten
        ),
    )  # fmt: skip


def refused_input(counts: UsageCounts) -> tuple[RefusedInput, ...]:
    """Return why rows have no answer, the most frequent cause first; then what was wrong in them.

    Args:
        counts: Of the window.

    Example:
        >>> from lifecycle_core.schema.window_counts import UsageCounts
        >>> counts = UsageCounts(
        ...     intervals=1, answered=98, refused={"contract": 2}, fields={"tenure": {"range": 2}}
        ... )
        >>> [(each.cause, each.field, each.count) for each in refused_input(counts)]
        [('contract', '', 2), ('contract', 'tenure', 2)]
    """
    asked = _asked(counts)
    causes = [
        RefusedInput(
            cause=cause,
            count=rows,
            share=None if cause == UNAUTHORIZED or not asked else rows / asked,
        )
        for cause, rows in (*counts.refused.items(), *counts.errors.items())
        if rows
    ]
    fields = [
        RefusedInput(cause="contract", field=field or "(unknown field)", rule=rule, count=many)
        for field, rules in counts.fields.items()
        for rule, many in rules.items()
    ]
    return (
        *sorted(causes, key=lambda each: (-each.count, each.cause)),
        *sorted(fields, key=lambda each: (-each.count, each.field, each.rule)),
    )


def _refused(counts: UsageCounts) -> int:
    return sum(rows for cause, rows in counts.refused.items() if cause != UNAUTHORIZED)


def _asked(counts: UsageCounts) -> int:
    return counts.answered + _refused(counts) + sum(counts.errors.values())
