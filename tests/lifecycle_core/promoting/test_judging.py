from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.promoting import evaluate
from lifecycle_core.promoting.checkpoints import table
from lifecycle_core.schema.checkpoint import CheckpointResult, Evidence
from lifecycle_core.schema.contract import Violation
from lifecycle_core.schema.release_file import (
    CHECKPOINT_IDS,
    Amount,
    Metric,
    OwnersSection,
    PolicySection,
    ReviewSection,
)
from lifecycle_core.schema.reproduction import Cause
from lifecycle_core.schema.review import Firing
from lifecycle_core.schema.review_history import (
    Alert,
    AlertStanding,
    ReviewedWindow,
    ReviewHistory,
)
from lifecycle_core.schema.serving import Fallback, ServingSection
from tests.fakes.evidence import evidence

if TYPE_CHECKING:
    from lifecycle_core.schema.base import Record


def changed(record: Record, path: str, value: object) -> Any:  # noqa: ANN401 - any field
    """Return the record with the field at a dotted path replaced."""
    name, _, rest = path.partition(".")
    inner = getattr(record, name)
    return record.model_copy(update={name: changed(inner, rest, value) if rest else value})


def judged(checkpoint: str, changes: dict[str, object]) -> CheckpointResult:
    made: Evidence = evidence()
    for path, value in changes.items():
        made = changed(made, path, value)
    (result,) = (found for found in evaluate(made).results if found.id == checkpoint)
    return result


def test_good_evidence_passes_all_six_in_their_order() -> None:
    checkpoints = evaluate(evidence(), bundle_digest="sha256:0")

    assert [(found.id, found.result) for found in checkpoints.results] == [
        (name, "pass") for name in CHECKPOINT_IDS
    ]
    assert checkpoints.passed
    assert (checkpoints.release, checkpoints.bundle_digest) == ("churn", "sha256:0")
    assert all(not found.next and found.why.endswith(".") for found in checkpoints.results)


def test_what_a_passed_checkpoint_says() -> None:
    why = {found.id: found.why for found in evaluate(evidence()).results}

    assert why == {
        "workflow": "8 of 8 fields are declared; 1,000 rehearsed rows gave 0 mismatches, a run of "
        "7,043 rows takes 3.5 of 600.0 s, and 10 unusable rows were named as unscored.",
        "value": "actions_per_run is 290, set before release to at most 300; "
        "cost_per_run is 109,871, set before release to at most 120,000.",
        "reproducible": "The clean run is cosmetic in all 2 code cells, with 1 input file by "
        "digest, on Python 3.11.9 (linux-x86_64), lock sha256:abababababab.",
        "contract": "2 features have type, meaning, unit, refresh and owner; 12 rules hold in "
        "7,043 rows.",
        "owners": "4 of 4 owners and 4 of 4 duties are named (Ann, Bob), each duty with a service "
        "level and an escalation path.",
        "review": "Reviewed the first Monday of a month, by the business cycle monthly billing, "
        "with limits and responses for all 8 figures.",
    }


def test_single_requests_with_a_fallback_pass() -> None:
    chain = Fallback(use="last_score"), Fallback(use="constant", decision=False)
    serving = ServingSection(fallback=chain)
    found = judged("workflow", {"release_file.serving": serving})
    assert found.result == "pass"
    assert found.why.endswith("as unscored; fallbacks of single requests: last_score, constant.")


def test_without_any_evidence_everything_is_missing() -> None:
    bare = Evidence.model_validate({"release_file": {"model": {"name": "churn"}}})

    results = evaluate(bare).results

    assert [found.result for found in results] == ["missing"] * 6
    assert all(found.next for found in results)


W, V, P, R = (
    "release_file.workflow",
    "release_file.value",
    "release_file.owners",
    "release_file.review",
)

CASES: list[tuple[str, dict[str, object], str, str, str]] = [
    (
        "workflow",
        {f"{W}.when_late": None, f"{W}.next_step": " "},
        "missing",
        "2 of 8 fields are not declared: next_step, when_late.",
        "Add `next_step: ...`, `when_late: ...` under `workflow:` in the %%release cell",
    ),
    (
        "workflow",
        {"release_file.serving": ServingSection(deadline_ms=50)},
        "missing",
        "`serving` declares how single requests are answered, and no fallback.",
        "Add `fallback: ...` under `serving:`",
    ),
    ("workflow", {"rehearsal": None}, "missing", "scoring was not rehearsed", "nbrelease run"),
    ("workflow", {"rehearsal.rows": 0}, "fail", "scored no rows", "training frame"),
    (
        "workflow",
        {"rehearsal.mismatches": 3},
        "fail",
        "3 of 1,000 rehearsed rows were decided otherwise",
        "nbrelease run",
    ),
    (
        "workflow",
        {"rehearsal.projected_seconds": 700.0},
        "fail",
        "7,043 rows takes 700.0 s by the rehearsal, the deadline is 600.0 s",
        "deadline_seconds",
    ),
    ("workflow", {"rehearsal.fallback_ok": False}, "fail", "10 rows without usable", "contract"),
    (
        "value",
        {f"{V}.financial_metric": None},
        "missing",
        "1 of 2 metrics are named; financial_metric not.",
        "Add `financial_metric: {name: ..., at_most: ...}` under `value:`",
    ),
    ("value", {"finalization": None}, "missing", "no finalization", "%finalize"),
    (
        "value",
        {f"{V}.operating_metric": Metric(name="action_per_run", at_most=3)},
        "fail",
        "'action_per_run', which finalization does not compute",
        "Did you mean `actions_per_run`? It computes actions_per_run, cost_per_run,",
    ),
    (
        "value",
        {f"{V}.financial_metric": Metric(name="savings")},
        "missing",
        "financial_metric savings has no bound; it must be set before release.",
        "Add `at_most: ...` or `at_least: ...` to `financial_metric:`",
    ),
    (
        "value",
        {f"{V}.financial_metric": Metric(name="savings", at_least=0.5)},
        "fail",
        "savings is 0.41, set before release to at least 0.5.",
        "better candidate",
    ),
    (
        "value",
        {f"{V}.operating_metric": Metric(name="holdout.roc_auc", at_least=0.8, at_most=0.9)},
        "pass",
        "holdout.roc_auc is 0.83, set before release to at least 0.8 and at most 0.9;",
        "",
    ),
    (
        "value",
        {f"{V}.operating_metric": Metric(name="cost_per_run", at_most=1)},
        "fail",
        "Both metrics are cost_per_run",
        "second figure",
    ),
    ("reproducible", {"reproduction": None}, "missing", "not run clean", "nbrelease run"),
    (
        "reproducible",
        {"reproduction.environment.lock": ""},
        "missing",
        "environment was not locked",
        "nbrelease run",
    ),
    ("contract", {"contract": None}, "missing", "no data contract", "nbrelease run"),
    ("contract", {"contract_report": None}, "missing", "not checked", "nbrelease run"),
    (
        "contract",
        {"contract.status": "draft"},
        "missing",
        "The contract's status is draft: its owners have not agreed to it yet.",
        "set `status: active` in",
    ),
    (
        "contract",
        {"contract_report.not_judged": ("Freshness was not judged: no column.",)},
        "missing",
        "Freshness was not judged: no column.",
        "Complete the rule in",
    ),
    (
        "contract",
        {
            "contract_report.violations": (
                Violation(rule="range", column="tenure", rows=2, message="tenure is -1, wants 0."),
            )
        },
        "fail",
        "1 of 12 rules are broken in 7,043 rows, first: tenure is -1, wants 0.",
        "contract/contract.odcs.yaml",
    ),
    (
        "owners",
        {f"{P}.data": None, f"{P}.support": None},
        "missing",
        "3 of 4 owners and 3 of 4 duties are named; not yet: data, support.",
        (
            "Add `data: {name: ..., contact: ...}`, `support: {name: ..., service_level: ..., "
            "escalation: ...}` under `owners:`"
        ),
    ),
    (
        "review",
        {f"{R}.schedule": None, f"{R}.drift": None},
        "missing",
        "1 of 2 dates and 7 of 8 responses are declared; not yet: schedule, drift.",
        (
            "Add `schedule: ...` under `review:` in the %%release cell or release.yaml. "
            "Add `drift: {limit: ..., response: ...}` under `review:`."
        ),
    ),
]


@pytest.mark.parametrize(("checkpoint", "changes", "result", "why", "then"), CASES)
def test_a_checkpoint_says_what_is_wrong_and_what_to_type(
    checkpoint: str, changes: dict[str, object], result: str, why: str, then: str
) -> None:
    found = judged(checkpoint, changes)

    assert found.result == result
    assert why in found.why
    assert then in found.next
    assert bool(found.next) == (result != "pass")


def test_a_different_run_names_its_first_bad_cell_and_the_cause() -> None:
    cells = evidence().reproduction
    assert cells is not None
    bad = cells.cells[1].model_copy(update={"status": "different"})
    cause = Cause(
        kind="unseeded_random",
        cell=3,
        evidence="two runs differ",
        hint="Pass `random_state=0` in cell 3.",
        shown_by="intervention",
        confidence=1.0,
    )

    found = judged(
        "reproducible",
        {
            "reproduction.verdict": "different",
            "reproduction.reproducible": False,
            "reproduction.cells": (cells.cells[0], bad),
            "reproduction.causes": (cause,),
        },
    )

    assert found.result == "fail"
    assert found.why == (
        "The clean run is different: 1 of 2 code cells, first cell 3 `model.fit(X, y)` "
        "(different); cause: unseeded random."
    )
    assert found.next == "Pass `random_state=0` in cell 3."


def test_a_cell_that_was_not_compared_is_not_called_identical() -> None:
    cells = evidence().reproduction
    assert cells is not None
    skipped = cells.cells[1].model_copy(update={"status": "skipped"})

    found = judged("reproducible", {"reproduction.cells": (cells.cells[0], skipped)})

    assert found.result == "pass"
    assert "cosmetic in all 1 code cells that were compared (1 were not)," in found.why


def test_a_contract_lists_three_of_its_empty_fields() -> None:
    contract = evidence().contract
    assert contract is not None
    empty = tuple(f.model_copy(update={"meaning": "", "owner": " "}) for f in contract.features)

    found = judged("contract", {"contract.features": empty})

    assert found.result == "missing"
    assert found.why == (
        "4 of 8 fields are not filled in: tenure.meaning, tenure.owner, plan.meaning and 1 more."
    )
    assert "Copy contract/contract.odcs.yaml from the bundle" in found.next
    named = judged(
        "contract",
        {"contract.features": empty, "release_file.contract.file": "churn.odcs.yaml"},
    )
    assert named.next.startswith("Fill them in in churn.odcs.yaml")


def test_what_costs_go_by_has_to_be_in_the_log() -> None:
    contract = evidence().contract
    assert contract is not None
    amounts: dict[str, object] = {
        "release_file.costs.amounts": {"false_negative": Amount(column="tenure", usual=12)}
    }
    hashed = tuple(f.model_copy(update={"log": "hash"}) for f in contract.features)

    assert judged("contract", amounts).result == "pass"
    found = judged("contract", {**amounts, "contract.features": hashed})

    assert found.result == "fail"
    assert found.why.startswith("costs.amounts.false_negative goes by 'tenure', whose value the")
    assert "Write `log: value` for it" in found.next


def test_a_waiver_counts_with_its_reason_only() -> None:
    policy = PolicySection(waived={"review": "a pilot of two weeks", "owners": "  "})
    bare = changed(evidence(policy=policy), P, OwnersSection())
    bare = changed(bare, R, ReviewSection())

    results = {found.id: found for found in evaluate(bare).results}

    assert (results["review"].result, results["review"].why) == ("waived", "a pilot of two weeks")
    assert results["owners"].result == "missing"
    assert not evaluate(bare).passed


def test_the_table_names_every_checkpoint_and_every_file() -> None:
    folder = Path(table.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base", "table"}

    assert tuple(table.CHECKPOINTS) == CHECKPOINT_IDS
    assert set(table.CHECKPOINTS) == files
    assert [checkpoint.id for checkpoint in table.checkpoints()] == list(CHECKPOINT_IDS)


def reviews(*windows: ReviewedWindow) -> ReviewHistory:
    return ReviewHistory(release="churn", as_of="2026-03-27T06:00:00Z", windows=windows)


def window(label: str, state: str, *alerts: AlertStanding) -> ReviewedWindow:
    week = int(label[-2:])
    return ReviewedWindow(
        window=label,
        state=state,  # type: ignore[arg-type] # parameters of tests
        end=f"2026-03-{7 * week - 61:02d}T00:00:00Z",
        due_by=f"2026-03-{7 * week - 58:02d}T00:00:00Z",
        alerts=alerts,
    )


def earlier(label: str, *alerts: AlertStanding) -> ReviewedWindow:
    """Return a window that was kept by another calendar than today's."""
    return window(label, "kept", *alerts).model_copy(update={"due_by": ""})


def alert(state: str, *, rule: str = "when drifted > 0 then notify data") -> AlertStanding:
    firing = Firing(
        rule=rule, action="notify", owner="data", deadline="2026-03-28T00:00:00Z", evidence=()
    )
    return AlertStanding(
        alert=Alert(key=rule, window="2026-W12", firing=firing),
        state=state,  # type: ignore[arg-type] # as above
        raised="2026-03-27T06:00:00Z",
        version=3,
        by="" if state == "open" else "ann",
    )


@pytest.mark.parametrize(
    ("found", "result", "why", "then"),
    [
        (reviews(), "pass", "for all 8 figures.", ""),
        (
            reviews(window("2026-W12", "due")),
            "pass",
            "; the first review is due by 2026-03-26T00:00:00Z.",
            "",
        ),
        (
            reviews(window("2026-W12", "due"), window("2026-W11", "missed")),
            "missing",
            "No review is kept; that of 2026-W11 was due by 2026-03-19T00:00:00Z.",
            "nbrelease review --due churn",
        ),
        (
            reviews(window("2026-W12", "due"), earlier("2026-W11", alert("open"))),
            "fail",
            " in 2026-W11, and nobody has acknowledged it: when drifted > 0 then notify data.",
            "nbrelease acknowledge churn",
        ),
        (
            reviews(earlier("2026-W11", alert("open"))),
            "fail",
            " in 2026-W11, and nobody has acknowledged it: when drifted > 0 then notify data.",
            "nbrelease acknowledge churn",
        ),
        (
            reviews(window("2026-W12", "missed"), earlier("2026-W11")),
            "missing",
            (
                "No review is kept since that of 2026-W11; that of 2026-W12 was due by "
                "2026-03-26T00:00:00Z."
            ),
            "nbrelease review --due churn",
        ),
        (
            reviews(window("2026-W12", "missed"), window("2026-W11", "kept")),
            "fail",
            "The last review is of 2026-W11; that of 2026-W12 was due by 2026-03-26T00:00:00Z.",
            "nbrelease review --due churn",
        ),
        (
            reviews(window("2026-W12", "kept"), window("2026-W11", "missed")),
            "pass",
            "; last 2026-W12: no rule fired.",
            "",
        ),
        (
            reviews(window("2026-W12", "kept", alert("open"))),
            "fail",
            " in 2026-W12, and nobody has acknowledged it: when drifted > 0 then notify data.",
            "nbrelease acknowledge churn 'when drifted > 0 then notify data' --by WHO",
        ),
        (
            reviews(window("2026-W12", "kept", alert("open", rule="when rows < 1 # '; forged '"))),
            "fail",
            "nobody has acknowledged it: when rows < 1 # '; forged '.",
            """nbrelease acknowledge churn 'when rows < 1 # '"'"'; forged '"'"'' --by WHO""",
        ),
        (
            reviews(window("2026-W12", "kept", alert("open"), alert("open", rule="another"))),
            "fail",
            "nobody has acknowledged them: when drifted > 0 then notify data, another.",
            "",
        ),
        (
            reviews(
                window("2026-W12", "kept", alert("acknowledged"), alert("silenced", rule="b")),
                window("2026-W11", "kept", alert("open")),
            ),
            "pass",
            "; last 2026-W12: 2 rules fired, answered by ann.",
            "",
        ),
    ],
)
def test_a_release_that_is_live_is_judged_by_its_reviews(
    found: ReviewHistory, result: str, why: str, then: str
) -> None:
    judgement = judged("review", {"reviews": found})
    assert judgement.result == result
    assert judgement.why.endswith(why)
    assert then in judgement.next
    assert bool(judgement.next) == (result != "pass")


def test_reviews_do_not_make_good_what_is_not_declared() -> None:
    found = judged("review", {"reviews": reviews(), "release_file.review": ReviewSection()})
    assert found.result == "missing"
