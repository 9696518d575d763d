from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.prediction_log import Identifiers
from lifecycle_core.delivering.fallbacks import require_fallbacks
from lifecycle_core.delivering.inquiring import Inquiry, Lineup
from lifecycle_core.delivering.last_scores import LastScore, LastScores
from lifecycle_core.delivering.replying import Desk, Reply
from lifecycle_core.errors import BundleInvalid, InvalidCall
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import DecisionRule
from lifecycle_core.schema.prediction import Prediction
from lifecycle_core.schema.serving import Experiment, Fallback
from tests.fakes.scoring import finalization
from tests.fakes.serving import CONTRACT, NOW, ROW, FakeScorer, served

if TYPE_CHECKING:
    from lifecycle_core.delivering.serving import Served

RULE = {"use": "rule", "decision": "tenure < 6", "score": "0.25"}
CONSTANT = {"use": "constant", "decision": False}


def desk(champion: Served, last: LastScores | None = None, **others: object) -> Desk:
    parts: dict[str, Any] = {"arms": {}, "shadow": None, "previous": None, **others}
    parts.setdefault("experiment", champion.serving.experiment)
    lineup = Lineup(champion=champion, last=last or LastScores(), **parts)
    return Desk(lineup, identify=Identifiers().next)


def inquiry(at: Desk, *rows: dict[str, Any], now: float = NOW.timestamp()) -> Inquiry:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    return at.inquire(columns, len(rows), now=now, explained=True)


def asked(at: Desk, *rows: dict[str, Any], now: float = NOW.timestamp()) -> Reply:
    return at.answer([inquiry(at, *rows, now=now)], lambda: [0.001])[0]


def customers(count: int) -> list[dict[str, Any]]:
    return [{**ROW, "tenure": at % 73, "customer": f"c{at}"} for at in range(count)]


def test_rows_are_scored_and_decided_in_their_order() -> None:
    reply = asked(desk(served()), *customers(73))
    assert [each["key"] for each in reply.answers] == [f"c{at}" for at in range(73)]
    assert [each["score"] for each in reply.answers] == [at / 72 for at in range(73)]
    assert [each["decision"] for each in reply.answers] == [at >= 36 for at in range(73)]
    assert {each["answered_by"] for each in reply.answers} == {"model"}
    assert reply.unanswered == ""


def test_what_is_kept_is_a_prediction_with_what_the_contract_lets_it_keep() -> None:
    hashed, left_out = CONTRACT.features[0], CONTRACT.features[2]
    features = (
        hashed.model_copy(update={"log": "hash"}),
        CONTRACT.features[1],
        left_out.model_copy(update={"log": "none"}),
    )
    private = Contract(name="churn", features=features)
    said = asked(desk(served(contract=private)), {**ROW, "customer": "c1"})
    kept = Prediction.model_validate(said.predictions[0])
    assert kept.features == {"tenure": "sha256:tenure-36", "charges": 50.5}
    assert (kept.key, kept.release, kept.version, kept.arm) == ("c1", "churn", 1, "champion")
    assert kept.id == said.answers[0]["id"]
    assert kept.latency_ms == 1.0
    assert kept.time == "2026-11-28T08:00:00.001000Z"


def test_several_requests_are_one_call_of_the_model() -> None:
    scorer = FakeScorer()
    at = desk(served(scorer))
    scorer.calls.clear()
    many = [inquiry(at, *customers(count)) for count in (1, 3, 2)]
    replies = at.answer(many, lambda: [0.0] * 3)
    assert [len(reply.answers) for reply in replies] == [1, 3, 2]
    assert [reply.answers[-1]["score"] for reply in replies] == [0, 2 / 72, 1 / 72]
    assert scorer.calls == [6]


def test_one_bad_request_does_not_spoil_those_it_was_scored_with() -> None:
    def moody(tenure: int) -> float:
        if tenure == 7:
            raise ValueError(tenure)
        return 0.9

    at = desk(served(FakeScorer(moody), fallback=[CONSTANT]))
    many = [inquiry(at, {**ROW, "tenure": tenure}) for tenure in (6, 7, 8)]
    replies = at.answer(many, lambda: [0.0] * 3)
    assert [reply.answers[0]["fallback"] for reply in replies] == ["", "model_error", ""]
    assert [reply.raised for reply in replies] == ["", "ValueError", ""]


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_an_error_of_the_model(score: float) -> None:
    at = desk(served(FakeScorer(lambda tenure: score if tenure == 7 else 0.9)))
    reply = asked(at, {**ROW, "tenure": 7})
    assert (reply.unanswered, reply.raised) == ("model_error", "NotFinite")


@pytest.mark.parametrize("rows", [3, 9])  # a few are scored one by one
def test_one_score_that_is_no_number_does_not_spoil_the_other_rows(rows: int) -> None:
    scorer = FakeScorer(lambda tenure: float("inf") if tenure == 1 else tenure / 72)
    at = desk(served(scorer, fallback=[CONSTANT]), shadow=served(scorer, version=2))
    reply = asked(at, *customers(rows))
    assert [each["fallback"] for each in reply.answers] == ["", "model_error", *[""] * (rows - 2)]
    assert [each["score"] for each in reply.answers] == [0, None, *(n / 72 for n in range(2, rows))]
    assert reply.raised == "NotFinite"
    told, raised = at.shadow(inquiry(at, *customers(rows)), 0.1)
    assert ([each["key"] for each in told][:2], len(told)) == (["c0", "c2"], rows - 1)
    assert raised == "NotFinite"


@pytest.mark.parametrize(
    ("fallback", "tenure", "decision", "score", "used"),
    [
        ([CONSTANT], 3, False, None, "constant"),
        ([RULE], 3, True, 0.25, "rule"),
        ([RULE], 30, False, 0.25, "rule"),
        ([{"use": "last_score"}, CONSTANT], 3, False, None, "constant"),
        ([{"use": "previous_release"}, RULE], 3, True, 0.25, "rule"),
    ],
)
def test_the_first_fallback_that_can_answers(
    fallback: list[dict[str, Any]], tenure: int, decision: object, score: object, used: str
) -> None:
    scorer = FakeScorer()
    at = desk(served(scorer, fallback=fallback))
    scorer.raises = RuntimeError("the model is gone")
    said = asked(at, {**ROW, "tenure": tenure}).answers[0]
    assert (said["decision"], said["score"], said["answered_by"]) == (decision, score, used)
    assert said["fallback"] == "model_error"


def test_the_last_score_is_that_of_the_key_and_not_too_old() -> None:
    last, scorer = LastScores(), FakeScorer()
    declared = [{"use": "last_score", "max_age_hours": 1}]
    at = desk(served(scorer, last=last, fallback=declared), last)
    row, now = {**ROW, "customer": "c1"}, NOW.timestamp()
    asked(at, row, now=now)
    scorer.raises = RuntimeError("the model is gone")
    again = asked(at, row, now=now + 3599).answers[0]
    assert (again["score"], again["answered_by"]) == (0.5, "last_score")
    assert asked(at, row, now=now + 3601).unanswered == "model_error"
    assert asked(at, {**ROW, "customer": "c2"}, now=now).unanswered == "model_error"


def test_the_release_before_answers_in_its_own_name_for_the_arm_of_the_unit() -> None:
    scorer = FakeScorer()
    champion = served(scorer, version=2, fallback=[{"use": "previous_release"}])
    at = desk(champion, previous=served(FakeScorer(lambda _: 0.7)))
    scorer.raises = RuntimeError("the model is gone")
    reply = asked(at, ROW)
    assert (reply.answers[0]["version"], reply.answers[0]["arm"]) == (1, "champion")
    assert reply.predictions[0]["version"] == 1
    assert at.fall_back(inquiry(at, ROW), "deadline", 0.1).unanswered == "deadline"


def test_the_release_before_answers_few_rows_in_a_hurry_if_it_is_compiled() -> None:
    champion = served(version=2, fallback=[{"use": "previous_release"}, CONSTANT])
    at = desk(champion, previous=served(FakeScorer(lambda _: 0.7, kind="onnx")))
    for cause in ("deadline", "shed", "log_full"):
        (said,) = at.fall_back(inquiry(at, ROW), cause, 0.1).answers
        assert (said["version"], said["score"], said["fallback"]) == (1, 0.7, cause)
    many = at.fall_back(inquiry(at, *customers(9)), "deadline", 0.1).answers
    assert {each["answered_by"] for each in many} == {"constant"}


def test_something_stands_behind_the_release_before() -> None:
    rule = DecisionRule(kind="threshold", value=0.5)
    chosen = finalization("classification", rule)
    before, behind = Fallback(use="previous_release"), Fallback(use="constant", decision=False)
    with pytest.raises(InvalidCall, match="want another one behind it"):
        require_fallbacks((behind, before), CONTRACT, chosen)
    require_fallbacks((before, behind), CONTRACT, chosen)


def test_what_was_said_before_is_brought_back_and_takes_no_ones_place() -> None:
    last = LastScores(most=2)
    last.remember("c1", LastScore(0.6, decision=True, time=20.0))
    assert last.bring_back("c1", LastScore(0.1, decision=False, time=10.0))
    assert last.bring_back("c2", LastScore(0.2, decision=False, time=10.0))
    assert last.bring_back("c2", LastScore(0.1, decision=False, time=5.0))
    assert not last.bring_back("c3", LastScore(0.3, decision=False, time=9.0))
    found = [last.recall(key, since=0.0) for key in ("c1", "c2", "c3")]
    assert [each and each.score for each in found] == [0.6, 0.2, None]
    last.remember("c4", LastScore(0.4, decision=False, time=30.0))
    assert last.recall("c2", since=0.0) is None  # it goes before what was said since


def test_bad_rows_are_refused_or_get_the_fallback_as_is_declared() -> None:
    bad = {**ROW, "plan": "gold", "tenure": 3}
    assert inquiry(desk(served()), ROW, bad).refusals[0].row == 1
    at = desk(served(bad_input="fall_back", fallback=[RULE]))
    good, replaced = asked(at, ROW, bad).answers
    assert (good["fallback"], good["answered_by"]) == ("", "model")
    assert (replaced["fallback"], replaced["decision"]) == ("bad_input", True)


def test_the_log_has_bad_values_as_they_came_and_the_rule_does_not() -> None:
    """Else a review of cents in place of euros sees missing values."""
    first, second, third = CONTRACT.features
    tight = second.model_copy(update={"maximum": 100, "required": True})
    declared = [{"use": "rule", "decision": "charges > 1000"}, CONSTANT | {"decision": True}]

    def kept_of(row: dict[str, Any], **policy: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - of the record
        private = third.model_copy(update=policy)
        contract = Contract(name="churn", features=(first, tight, private))
        at = desk(served(contract=contract, bad_input="fall_back", fallback=declared))
        reply = asked(at, row)
        return reply.answers[0], reply.predictions[0]["features"]

    said, kept = kept_of({**ROW, "charges": 5_050})
    assert (said["answered_by"], said["decision"]) == ("rule", False)
    assert kept == {"tenure": 36, "charges": 5_050.0, "plan": "plus"}
    assert kept_of({**ROW, "charges": "5050"})[1]["charges"] is None
    renamed = {**ROW, "plan": "gold"}
    assert kept_of(renamed)[1]["plan"] == "gold"
    assert kept_of(renamed, log="hash")[1]["plan"] == "sha256:plan-gold"
    assert "plan" not in kept_of(renamed, log="none")[1]


def test_units_stay_in_their_arm_and_the_reply_names_it() -> None:
    experiment = {"salt": "autumn", "arms": {"challenger": 30}}
    at = desk(
        served(version=1, experiment=experiment),
        arms={"challenger": served(FakeScorer(lambda _: 0.8), version=2)},
    )
    rows = customers(200)
    first, second = asked(at, *rows).answers, asked(at, *reversed(rows)).answers
    assert [each["arm"] for each in first] == [each["arm"] for each in reversed(second)]
    challenged = [each for each in first if each["arm"] == "challenger"]
    assert 40 < len(challenged) < 80
    assert {(each["version"], each["score"]) for each in challenged} == {(2, 0.8)}
    assert {each["version"] for each in first if each["arm"] == "champion"} == {1}
    assert asked(at, ROW).answers[0]["arm"] == "champion"


def test_units_of_the_holdout_are_answered_by_the_release_of_its_start() -> None:
    experiment = Experiment(salt="autumn", arms={"challenger": 30}, holdout=20)
    kept = served(FakeScorer(lambda _: 0.1), version=1)
    at = desk(
        served(version=3),
        arms={"challenger": served(version=2), "holdout": kept},
        experiment=experiment,
    )
    answers = asked(at, *customers(200)).answers
    versions = {each["arm"]: each["version"] for each in answers}
    assert versions == {"champion": 3, "challenger": 2, "holdout": 1}
    assert 20 < sum(each["arm"] == "holdout" for each in answers) < 60


def test_a_column_can_be_the_unit_of_an_experiment() -> None:
    experiment = {"salt": "autumn", "unit": "household", "arms": {"challenger": 50}}
    at = desk(served(experiment=experiment), arms={"challenger": served(version=2)})
    rows = [{**ROW, "customer": at, "household": at % 2} for at in range(40)]
    arms = [each["arm"] for each in asked(at, *rows).answers]
    assert len({*arms[::2]}) == len({*arms[1::2]}) == 1


def test_those_registered_before_the_unit_was_declared_are_not_asked_about_it() -> None:
    experiment = {"salt": "autumn", "unit": "household", "arms": {"challenger": 50}}
    scorer = FakeScorer()
    at = desk(
        served(scorer, version=2, experiment=experiment, fallback=[{"use": "previous_release"}]),
        arms={"challenger": served(FakeScorer(lambda _: 0.8), version=3)},
        shadow=served(version=4),
        previous=served(FakeScorer(lambda _: 0.7), version=1),
    )
    scorer.raises = RuntimeError("the model is gone")
    rows = [{**ROW, "customer": at, "household": at} for at in range(40)]
    answers = asked(at, *rows).answers
    found = {(each["arm"], each["version"], each["score"]) for each in answers}
    assert found == {("challenger", 3, 0.8), ("champion", 1, 0.7)}
    kept, _ = at.shadow(inquiry(at, *rows), 0.002)
    assert len(kept) == 40


def test_the_unit_of_a_ledger_s_experiment_is_no_stranger_to_the_champion() -> None:
    experiment = Experiment(salt="autumn", unit="household", arms={"challenger": 50})
    at = desk(served(), arms={"challenger": served(version=2)}, experiment=experiment)
    reply = asked(at, *({**ROW, "household": each} for each in range(40)))
    assert {each["answered_by"] for each in reply.answers} == {"model"}


def test_a_shadow_is_kept_and_never_said() -> None:
    shadow = FakeScorer(lambda _: 0.1)
    at = desk(served(), shadow=served(shadow, version=2))
    one = inquiry(at, ROW, {**ROW, "tenure": 40})
    assert {each["version"] for each in at.answer([one], lambda: [0.0])[0].answers} == {1}
    kept, raised = at.shadow(one, 0.002)
    assert [(each["arm"], each["version"], each["score"]) for each in kept] == [
        ("shadow", 2, 0.1), ("shadow", 2, 0.1),
    ]  # fmt: skip
    assert raised == ""
    shadow.raises = RuntimeError("the shadow is gone")
    assert at.shadow(one, 0.002) == ([], "RuntimeError")


@pytest.mark.parametrize(
    ("fallback", "fact"),
    [
        ({"use": "constant", "decision": 3.5}, "decision is 3.5; this release decides true"),
        ({"use": "rule", "decision": "tenure + 1"}, "gives a number; this release decides true"),
        ({"use": "rule", "decision": "tenur < 1"}, "no feature of the contract"),
        ({"use": "rule", "decision": "tenure < 1", "score": "plan == 'x'"}, "want a number"),
    ],
)
def test_a_fallback_that_does_not_fit_is_refused_before_it_is_needed(
    fallback: dict[str, Any], fact: str
) -> None:
    with pytest.raises(InvalidCall) as refused:
        served(fallback=[fallback])
    assert fact in str(refused.value)


def test_a_model_that_fails_its_own_contract_does_not_warm_up() -> None:
    with pytest.raises(BundleInvalid, match="does not warm up"):
        served(FakeScorer(raises=ValueError("no such column")))
