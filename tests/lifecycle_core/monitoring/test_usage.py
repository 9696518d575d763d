from __future__ import annotations

from lifecycle_core.monitoring.usage import refused_input, usage_figures
from lifecycle_core.schema.window_counts import UsageCounts
from tests.fakes.windows import counts, reviewed, stated

NAMES = ("refused_share", "error_share", "cpu_seconds_per_1000_rows", "peak_memory_mib")
BUSY = UsageCounts(
    intervals=60,
    answered=900,
    refused={"contract": 60, "unreadable": 20, "unauthorized": 5_000},
    errors={"deadline": 20},
    fields={"tenure": {"range": 40, "null": 30}, "": {"extra_column": 10}},
    cpu_seconds=1.8,
    cpu_rows=900,
    peak_bytes=300 << 20,
)


def test_shares_are_of_all_rows_that_were_asked_for() -> None:
    found = {each.name: each for each in usage_figures(BUSY)}
    assert tuple(found) == NAMES
    assert [each.value for each in found.values()] == [0.08, 0.02, 2.0, 300.0]
    assert found["refused_share"].rows == 1_000
    interval = found["refused_share"].interval
    assert interval is not None
    assert interval.low < 0.08 < interval.high


def test_nothing_is_known_without_usage_and_that_is_not_zero() -> None:
    for empty, note in (
        (UsageCounts(), "No usage is in the log for this window."),
        (UsageCounts(intervals=3, cpu_seconds=0.2), "Nothing was asked in the window."),
    ):
        found = usage_figures(empty)
        assert [each.value for each in found] == [None] * 4
        assert found[0].note == note
        assert refused_input(empty) == ()


def test_what_other_machines_took_is_not_known() -> None:
    found = usage_figures(UsageCounts(intervals=1, answered=100))
    assert [each.value for each in found] == [0.0, 0.0, None, None]
    assert [each.note for each in found[2:]] == [
        "All rows were scored on other machines.", "No process told how much memory it had.",
    ]  # fmt: skip


def test_causes_come_first_then_what_was_wrong_in_fields() -> None:
    lines = [(each.cause, each.field, each.count, each.share) for each in refused_input(BUSY)]
    assert lines == [
        ("unauthorized", "", 5_000, None), ("contract", "", 60, 0.06), ("deadline", "", 20, 0.02),
        ("unreadable", "", 20, 0.02), ("contract", "tenure", 40, None),
        ("contract", "tenure", 30, None), ("contract", "(unknown field)", 10, None),
    ]  # fmt: skip


def test_rules_name_what_was_refused_and_what_it_took() -> None:
    rules = [
        "when refused_share > 0.05 then escalate data",
        "when peak_memory_mib > 500 then escalate operations",
        "when cpu_seconds_per_1000_rows > 1 then escalate operations",
    ]
    window = counts().model_copy(update={"usage": BUSY})
    review = reviewed(window, of=stated(rules=rules))
    assert [each.rule for each in review.firings] == [rules[0], rules[2]]
    assert review.figure("refused_share").value == 0.08
    assert review.refused[0].cause == "unauthorized"
    assert reviewed(counts(), of=stated(rules=rules)).firings == ()
