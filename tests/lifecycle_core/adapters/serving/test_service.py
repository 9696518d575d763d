"""The service over real connections: what is asked, what is said, and when."""

from __future__ import annotations

import asyncio
import io
import json
import math
import resource
import sys
import threading
import time
from collections.abc import Iterator, Mapping  # noqa: TC003 - of a fixture
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pyarrow as pa
import pytest

from lifecycle_core.adapters.explaining import Explainer
from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.serving.bodies import ARROW
from lifecycle_core.adapters.serving.guard import Tokens
from lifecycle_core.adapters.serving.metrics import Metrics
from lifecycle_core.adapters.serving.scoring import Limits, Scoring
from lifecycle_core.adapters.serving.tally import Tally
from lifecycle_core.delivering.last_scores import LastScores
from lifecycle_core.schema.explaining import ExplainerFacts, Factor
from lifecycle_core.schema.prediction import Prediction
from lifecycle_core.schema.release_file import ReasonsSection
from tests.fakes.serving import (
    CONSTANT,
    ROW,
    FakeLedger,
    FakeScorer,
    KeptTogether,
    MemoryLog,
    running,
    served,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lifecycle_core.delivering.following import Following
    from lifecycle_core.delivering.serving import Served


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A service that nothing is wrong with."""
    with running(FakeLedger(lambda version: served(version=version)).following(), LOG) as found:
        yield found


LOG = MemoryLog()


def post(address: str, content: object, **headers: str) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    kind = {
        "content-type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return httpx.post(f"{address}/score", content=body, headers=kind)


def test_one_row_gives_one_answer_that_was_kept_before_it_was_said(address: str) -> None:
    said = post(address, {**ROW, "customer": "c1"})
    assert said.status_code == 200
    answer = said.json()
    assert answer | {"id": ""} == {
        "id": "", "key": "c1", "release": "churn", "version": 1, "arm": "champion", "score": 0.5,
        "decision": True, "reasons": [], "answered_by": "model", "fallback": "",
    }  # fmt: skip
    kept = [Prediction.from_json(row) for row in LOG.rows]
    assert answer["id"] in {each.id for each in kept}


def test_the_latency_that_is_kept_holds_the_time_that_the_model_took() -> None:
    log, slow = MemoryLog(), FakeScorer(seconds=0.02)
    ledger = FakeLedger(lambda version: served(slow, version=version, deadline_ms=60_000))
    with running(ledger.following(), log) as address:
        assert post(address, ROW).status_code == 200
    (kept,) = [Prediction.from_json(row) for row in log.rows]
    assert (kept.latency_ms or 0.0) >= 20


def test_a_list_of_rows_gives_a_list_of_answers(address: str) -> None:
    said = post(address, [{**ROW, "tenure": at} for at in range(70)])
    assert [answer["score"] for answer in said.json()] == [at / 72 for at in range(70)]
    assert len({answer["id"] for answer in said.json()}) == 70


def table(rows: int, **columns: pa.Array) -> bytes:
    return stream(
        pa.table({name: pa.array([value] * rows) for name, value in ROW.items()} | columns)
    )


def test_an_arrow_table_gives_an_arrow_table(address: str) -> None:
    plans = pa.array(["basic", "plus"] * 50).dictionary_encode()
    said = post(address, table(100, plan=plans, customer=pa.array(range(100))), content_type=ARROW)
    assert said.status_code == 200, said.text
    with pa.ipc.open_stream(said.content) as reader:
        answers = reader.read_all()
    assert answers.column("key").to_pylist() == [str(at) for at in range(100)]
    assert set(answers.column("decision").to_pylist()) == {True}
    assert answers.schema.field("version").type == pa.int64()


@pytest.mark.parametrize(
    ("content", "status", "fact"),
    [
        (b"{", 400, "The body is not JSON"),
        (b"", 400, "The body is not JSON"),
        (b'{"tenure": NaN}', 400, "The body is not JSON"),
        (b'"row"', 422, "must be an object"),
        (b"[1]", 422, "must be an object"),
        (b"[]", 422, "There are no rows"),
        (b"[" * 100_000, 400, "The body is not JSON"),
        (b'{"a": "' + b"x" * (1 << 20) + b'"}', 413, "1,048,576 bytes"),
        (json.dumps([ROW] * 10_001).encode(), 413, "10,000 rows"),
        (b'{"plan": "\\ud800"}', 400, "The body is not JSON"),
    ],
    ids=str,
)
def test_a_body_that_cannot_be_read_is_told_why(
    address: str, content: bytes, status: int, fact: str
) -> None:
    said = post(address, content)
    assert (said.status_code, fact in said.json()["detail"]) == (status, True), said.text


def stream(whole: pa.Table, compression: str | None = None) -> bytes:
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, whole.schema, options=options) as writer:
        writer.write_table(whole)
    return sink.getvalue()


LONG = "x" * (1 << 20)


@pytest.mark.parametrize(
    ("content", "status", "fact"),
    [
        (stream(pa.table({"plan": [LONG] * 9}), "zstd"), 415, "compressed, want them uncompressed"),
        (
            stream(pa.table({"plan": pa.array([LONG]).dictionary_encode()}), "lz4"),
            415, "compressed, want them uncompressed",
        ),
        (
            stream(pa.table({"plan": pa.DictionaryArray.from_arrays([0] * 300, [LONG])})),
            413, "The table's strings have 314,572,800 bytes, want at most 16,777,216.",
        ),
        (
            stream(pa.table({f"c{at}": pa.nulls(10_000) for at in range(420)})),
            413, "10,000 rows of 420 fields, want at most 4,194,304 values.",
        ),
        (
            stream(pa.table({"tenure": [1], "tags": [["a"]], "made": [{"a": 1}]})),
            422, "Column 'tags' is list<item: string>, 'made' is struct<a: int64>, want numbers",
        ),
        (
            stream(pa.table({"at": pa.array([2**60], pa.timestamp("s"))})),
            400, "The body is no Arrow stream",
        ),
    ],
    ids=["batch", "dictionary", "decoded", "nulls", "types", "moment"],
)  # fmt: skip
def test_an_arrow_stream_may_not_be_more_than_it_seems(
    address: str, content: bytes, status: int, fact: str
) -> None:
    said = post(address, content, content_type=ARROW)
    assert (said.status_code, fact in said.json()["detail"]) == (status, True), said.text


def test_rows_of_ever_new_fields_are_refused_before_they_are_a_table(address: str) -> None:
    content = json.dumps([{f"{at}-{field}": 1 for field in range(3)} for at in range(5_000)])
    said = post(address, content.encode())
    assert said.status_code == 413
    assert "5,000 rows of 15,000 fields, want at most" in said.json()["detail"]


def test_of_very_many_bad_fields_the_first_are_told_and_all_are_counted() -> None:
    ledger = FakeLedger(lambda version: served(version=version))
    with running(ledger.following(), MemoryLog()) as address:
        said = post(address, [{"tenure": 99, "plan": "gold", "odd": 1}] * 5_000)
        assert said.status_code == 422
        assert (
            said.json()["detail"] == "Field 'tenure' of row 0: got 99, want 0 to 72. 14,999 more."
        )
        told = [(each["row"], each["field"]) for each in said.json()["refusals"]]
        assert told == [(at // 3, ("tenure", "plan", "odd")[at % 3]) for at in range(100)]
        figures = httpx.get(f"{address}/metrics").text
    for field, rule in (("tenure", "range"), ("plan", "category"), ("", "extra_column")):
        counted = f'nbrelease_refused_fields_total{{field="{field}",rule="{rule}"}} 5000.0'
        assert counted in figures


@pytest.mark.parametrize("cut", [0, 8, 100, 400])
def test_an_arrow_stream_that_is_none_is_told_so(address: str, cut: int) -> None:
    whole = table(3)
    for content in (whole[:cut], b"\xff" * cut, whole[:cut] + b"\x00" * 64):
        assert post(address, content, content_type=ARROW).status_code in {400, 422}


def test_what_is_bad_in_a_row_is_said_field_by_field(address: str) -> None:
    said = post(address, [ROW, {"tenure": 99, "plan": "gold"}])
    assert said.status_code == 422
    assert said.json() == {
        "detail": "Field 'tenure' of row 1: got 99, want 0 to 72. 1 more.",
        "refusals": [
            {"row": 1, "field": "tenure", "rule": "range", "got": "99", "want": "0 to 72"},
            {
                "row": 1, "field": "plan", "rule": "category", "got": '"gold"',
                "want": "one of 'basic', 'plus'",
            },
        ],
    }  # fmt: skip


def test_other_methods_and_content_types_are_not_ours(address: str) -> None:
    assert httpx.get(f"{address}/score").status_code == 405
    pickled = post(address, b"\x80\x04.", content_type="application/octet-stream")
    assert pickled.status_code == 415
    assert "want application/json" in pickled.json()["detail"]


def test_outcomes_are_kept_by_the_prediction_that_they_speak_of(address: str) -> None:
    prediction = post(address, ROW).json()["id"]
    outcome = {"prediction": prediction, "who": "crm", "action": "accepted", "money": -20.0}
    said = httpx.post(f"{address}/outcomes", json=[outcome, {**outcome, "label": True}])
    assert said.status_code == 200, said.text
    kept = LOG.outcomes[-2:]
    assert said.json()["ids"] == [each.id for each in kept]
    assert [(each.prediction, each.label, each.money) for each in kept] == [
        (prediction, None, -20.0), (prediction, True, -20.0),
    ]  # fmt: skip
    wrong = httpx.post(f"{address}/outcomes", json={**outcome, "action": "ignored"})
    assert wrong.status_code == 422
    assert "'accepted' or 'overridden'" in wrong.text


def test_a_label_is_one_of_the_release(address: str) -> None:
    """Its classes are No and Yes, so that 1 and 0 can mean no class but what they say."""
    prediction = post(address, ROW).json()["id"]
    outcome = {"prediction": prediction, "who": "crm", "label": 0}
    for label in (0, 1.0, False):
        said = httpx.post(f"{address}/outcomes", json={**outcome, "label": label})
        assert (said.status_code, LOG.outcomes[-1].label) == (200, label), said.text
    before = len(LOG.outcomes)
    said = httpx.post(f"{address}/outcomes", json=[outcome, {**outcome, "label": 17.5}])
    assert said.status_code == 422
    (refusal,) = said.json()["refusals"]
    assert (refusal["field"], refusal["got"]) == ("body.1.label", "17.5")
    assert refusal["want"].startswith("a class of the model (No, Yes), or true or false")
    alone = httpx.post(f"{address}/outcomes", json={**outcome, "label": -1})
    assert alone.json()["refusals"][0]["field"] == "body.label"
    assert len(LOG.outcomes) == before


def test_an_outcome_may_say_when_somebody_acted(address: str) -> None:
    prediction = post(address, ROW).json()["id"]
    outcome = {"prediction": prediction, "who": "crm", "action": "accepted"}
    timed = {**outcome, "time": "2026-11-27T10:00:00+02:00"}
    assert httpx.post(f"{address}/outcomes", json=timed).status_code == 200
    assert LOG.outcomes[-1].time == "2026-11-27T08:00:00.000000Z"
    for time_of_it, status, fact in [
        ("2026-11-27T10:00:00", 422, "timezone"),
        ("0001-01-01T00:00:00+14:00", 422, "between the years 1 and 9999"),
        ("9999-01-01T00:00:00Z", 409, "'time' of outcome 0: got 9999-01-01T00:00:00+00:00, want"),
    ]:
        said = httpx.post(f"{address}/outcomes", json={**outcome, "time": time_of_it})
        assert (said.status_code, fact in said.text) == (status, True), said.text


def test_outcomes_that_are_too_large_are_told_so(address: str) -> None:
    said = httpx.post(f"{address}/outcomes", content=b"[" + b" " * (1 << 20) + b"]")
    assert (said.status_code, said.json()) == (413, {"detail": "A body may have 1,048,576 bytes."})


def test_the_figures_count_rows_refusals_and_statuses(address: str) -> None:
    post(address, ROW)
    post(address, {**ROW, "plan": "gold"})
    text = httpx.get(f"{address}/metrics").text
    assert 'nbrelease_predictions_total{arm="champion",fallback="",release="churn"' in text
    assert 'nbrelease_refused_fields_total{field="plan",rule="category"}' in text
    assert 'nbrelease_requests_total{path="/score",status="422"}' in text
    assert "nbrelease_log_rows" in text


def test_health_and_release_say_what_answers(address: str) -> None:
    assert httpx.get(f"{address}/health/live").json() == {"live": True}
    assert httpx.get(f"{address}/health/ready").json()["roles"] == {"champion": 1}
    assert httpx.get(f"{address}/release").json()["features"] == list(ROW)
    assert httpx.get(f"{address}/docs").status_code == 404


def faulty(scorer: FakeScorer, serving: dict[str, Any]) -> FakeLedger:
    """A release whose model works while it warms up, and misbehaves as told from then on."""
    seconds, raises = scorer.seconds, scorer.raises
    scorer.seconds, scorer.raises = 0.0, None
    made = served(scorer, **serving)
    scorer.seconds, scorer.raises = seconds, raises
    return FakeLedger(lambda _: made)


def test_the_share_of_rows_that_the_fallback_answered_is_in_the_figures() -> None:
    ledger = FakeLedger(lambda _: served(bad_input="fall_back", fallback=[CONSTANT]))
    with running(ledger.following(), MemoryLog()) as address:
        for plan in ("basic", "plus", "basic", "gold"):
            assert post(address, {**ROW, "plan": plan}).status_code == 200
        text = httpx.get(f"{address}/metrics").text
    of = 'arm="champion",fallback="{}",release="churn",version="1"'
    counted = {
        cause: line.rpartition(" ")[2]
        for cause in ("", "bad_input")
        for line in text.splitlines()
        if line.startswith(f"nbrelease_predictions_total{{{of.format(cause)}}}")
    }
    assert counted == {"": "3.0", "bad_input": "1.0"}


def test_a_model_that_sleeps_gets_no_answer_later_than_the_deadline() -> None:
    ledger = faulty(FakeScorer(seconds=1.0), {"deadline_ms": 60, "fallback": [CONSTANT]})
    log = MemoryLog()
    with running(ledger.following(), log) as address, httpx.Client() as client:
        with ThreadPoolExecutor(6) as many:
            said = list(many.map(lambda _: client.post(f"{address}/score", json=ROW), range(12)))
        # On a machine that is too busy, a reply is withheld rather than late.
        assert all(each.json()["cause"] == "log_late" for each in said if each.status_code == 503)
        answered = [each.json() for each in said if each.status_code == 200]
        assert answered
        assert {(each["fallback"], each["score"]) for each in answered} == {("deadline", 0.125)}
        assert httpx.get(f"{address}/health/live").status_code == 200
        assert len(log.rows) == 12


@pytest.mark.parametrize(
    ("fallback", "status", "said"),
    [([CONSTANT], 200, {"fallback": "model_error"}), ([], 503, {"cause": "model_error"})],
)
def test_a_model_that_raises_is_no_500(
    fallback: list[object], status: int, said: dict[str, str]
) -> None:
    ledger = faulty(FakeScorer(raises=RuntimeError("patient 17")), {"fallback": fallback})
    with running(ledger.following(), MemoryLog()) as address:
        found = post(address, ROW)
        assert found.status_code == status
        assert said.items() <= found.json().items()
        assert "patient" not in found.text
        figures = httpx.get(f"{address}/metrics").text
        assert 'nbrelease_model_errors_total{kind="RuntimeError"} 1.0' in figures


def test_a_load_that_is_too_much_is_shed_to_the_fallback() -> None:
    ledger = faulty(FakeScorer(seconds=0.3), {"deadline_ms": 5000, "fallback": [CONSTANT]})
    limits = Limits(waiting=1)
    with (
        running(ledger.following(), MemoryLog(), limits=limits) as address,
        httpx.Client() as client,
        ThreadPoolExecutor(8) as many,
    ):
        said = list(many.map(lambda _: client.post(f"{address}/score", json=ROW).json(), range(8)))
    causes = [each["fallback"] for each in said]
    assert set(causes) == {"", "shed"}


@pytest.mark.parametrize(
    ("log", "spare", "status", "cause"),
    [
        (MemoryLog(full=True), False, 503, "log_full"),
        (MemoryLog(full=True), True, 200, "log_full"),
        (MemoryLog(broken=True), True, 503, "log_failed"),
        (MemoryLog(seconds=2.0), True, 503, "log_late"),
    ],
)
def test_nothing_is_said_that_is_not_kept_unless_that_is_declared(
    log: MemoryLog,
    spare: bool,  # noqa: FBT001 - a case
    status: int,
    cause: str,
) -> None:
    ledger = FakeLedger(lambda _: served(deadline_ms=50, fallback=[CONSTANT]))
    with running(ledger.following(), log, spare=spare) as address:
        said = post(address, ROW)
        assert said.status_code == status
        assert said.json()["cause" if status == 503 else "fallback"] == cause
        figures = httpx.get(f"{address}/metrics").text
        counted = f'nbrelease_unanswered_total{{cause="{cause}"}} 1.0'
        assert (counted in figures) is (status == 503)


def test_a_bad_field_is_named_and_counted_where_a_fallback_answers_for_it() -> None:
    last = LastScores()
    fallback = [{"use": "last_score"}]
    ledger = FakeLedger(lambda _: served(last=last, bad_input="fall_back", fallback=fallback))
    tally = Tally()
    known = {**ROW, "customer": "c1"}
    with running(ledger.following(last), MemoryLog(), tally=tally) as address:
        assert "refusals" not in post(address, known).json()
        good, bad = post(address, [ROW, {**known, "plan": "gold"}]).json()
        assert "refusals" not in good
        assert (bad["fallback"], bad["answered_by"]) == ("bad_input", "last_score")
        named = {
            "field": "plan", "rule": "category", "got": '"gold"', "want": "one of 'basic', 'plus'"
        }  # fmt: skip
        assert bad["refusals"] == [named]
        content = table(1, plan=pa.array(["gold"]), customer=pa.array(["c1"]))
        arrow = post(address, content, content_type=ARROW)
        with pa.ipc.open_stream(arrow.content) as reader:
            assert reader.read_all().column("refusals").to_pylist() == [[named]]
        # Nothing is known of nobody, so nothing answers.
        said = post(address, {**ROW, "tenure": 99})
        assert said.status_code == 422
        assert said.json()["detail"] == "Field 'tenure' of row 0: got 99, want 0 to 72."
        figures = httpx.get(f"{address}/metrics").text
    assert 'nbrelease_refused_fields_total{field="plan",rule="category"} 2.0' in figures
    assert 'nbrelease_refused_fields_total{field="tenure",rule="range"} 1.0' in figures
    counts = tally.take(1)[1]
    assert dict(counts.fields) == {("plan", "category"): 2, ("tenure", "range"): 1}
    assert (counts.answered, dict(counts.refused), dict(counts.errors)) == (4, {"contract": 1}, {})


@pytest.mark.parametrize(("spare", "said"), [(True, (200, "log_full")), (False, (503, "log_full"))])
def test_a_disk_that_is_full_is_a_log_that_is_full(
    tmp_path: Path,
    spare: bool,  # noqa: FBT001 - a case
    said: tuple[int, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a module cut short would be kept
    ledger = FakeLedger(lambda _: served(fallback=[CONSTANT], deadline_ms=5000))
    log = open_prediction_log(tmp_path / "log", wal=tmp_path / "wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with log, running(ledger.following(), log, spare=spare) as address:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))  # no file may be larger
        try:
            found = post(address, ROW)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        cause = found.json()["cause" if found.status_code == 503 else "fallback"]
        assert (found.status_code, cause) == said
        assert post(address, ROW).json()["fallback"] == ""  # there is room again


class SlowReasons:
    """Effects that are found once somebody lets them."""

    slots = math.inf

    def __init__(self) -> None:
        self.let = threading.Event()

    def __call__(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        assert self.let.wait(30)
        return np.array([row["tenure"] / 100])


def explained(effects: SlowReasons, made: Served) -> Following:
    factors = (Factor(name="tenure", features=("tenure",)),)
    facts = ExplainerFacts(method="sampling", factors=factors, base=0.0, baseline=0.0)
    explainer = Explainer(facts, ReasonsSection(), effects)
    return FakeLedger(lambda _: replace(made, explainer=explainer)).following()


def test_a_score_is_not_lost_for_reasons_that_take_too_long() -> None:
    effects, log = SlowReasons(), MemoryLog()
    following = explained(
        effects, served(FakeScorer(kind="onnx"), deadline_ms=400, fallback=[CONSTANT])
    )
    with running(following, log) as address, ThreadPoolExecutor(6) as many:
        said = [each.json() for each in many.map(lambda _: post(address, ROW), range(6))]
        effects.let.set()
        assert {(each["score"], each["answered_by"], each["fallback"]) for each in said} == {
            (0.5, "model", "")
        }
        assert [each["reasons"] for each in said] == [[]] * 6
        assert {each["reasons_left_out"] for each in said} == {"deadline"}
        kept = [Prediction.from_json(row) for row in log.rows]
        assert {(each.score, each.explainer, each.reasons) for each in kept} == {(0.5, "", ())}


def test_slow_reasons_come_where_there_is_time() -> None:
    effects, log = SlowReasons(), MemoryLog()
    effects.let.set()
    following = explained(effects, served(FakeScorer(kind="onnx"), deadline_ms=60_000))
    with running(following, log) as address:
        said = post(address, ROW).json()
        assert "reasons_left_out" not in said
        assert [(each["feature"], each["effect"]) for each in said["reasons"]] == [("tenure", 0.36)]
        arrow = post(address, table(2), content_type=ARROW)
        with pa.ipc.open_stream(arrow.content) as reader:
            (first, _) = reader.read_all().column("reasons").to_pylist()
        assert [(each["value"], each["effect"]) for each in first] == [("36", 0.36)]
        assert httpx.post(f"{address}/score?reasons=false", json=ROW).json()["reasons"] == []
    kept = [Prediction.from_json(row) for row in log.rows]
    assert [len(each.reasons) for each in kept] == [1, 1, 1, 0]


def test_a_log_without_room_disturbs_nobody_when_the_loop_has_ended() -> None:
    desk = faulty(FakeScorer(seconds=0.2), {"deadline_ms": 5000}).following().desk
    scoring = Scoring(desk, MemoryLog(full=True), Metrics(), Limits(), spare=False)

    async def leave() -> None:
        inquiry = desk.inquire({name: [v] for name, v in ROW.items()}, 1, now=0.0, explained=False)
        with suppress(TimeoutError):
            await asyncio.wait_for(scoring.reply(inquiry, time.perf_counter()), 0.02)

    asyncio.run(leave())
    scoring.close()  # an error in a thread of its own would fail this test


def test_quick_requests_of_one_turn_are_scored_and_kept_together() -> None:
    scorer, log = FakeScorer(kind="onnx"), KeptTogether()
    desk = FakeLedger(lambda _: served(scorer)).following().desk
    scoring = Scoring(desk, log, Metrics(), Limits(), spare=False)
    scorer.calls.clear()
    columns = {name: [value] * 5 for name, value in ROW.items()}

    async def ask(rows: int) -> object:
        some = {name: values[:rows] for name, values in columns.items()}
        inquiry = desk.inquire(some, rows, now=0.0, explained=False)
        said = await scoring.reply(inquiry, time.perf_counter())
        return said if isinstance(said, str) else len(said.answers)

    async def several() -> list[object]:
        together = await asyncio.gather(ask(5), ask(3), *(ask(1) for _ in range(31)))
        return [*together, await ask(1)]

    assert asyncio.run(several()) == [5, 3, *[1] * 32]
    scoring.close()
    # At most 32 requests are answered at once; few rows are scored one by one.
    assert (log.groups, scorer.calls) == ([38, 1, 1], [38, 1, 1])


def test_a_shadow_scores_what_was_answered() -> None:
    made = {1: served(shadow="candidate"), 2: served(FakeScorer(lambda _: 0.9), version=2)}
    ledger = FakeLedger(made.__getitem__)
    ledger.roles = ledger.roles.model_copy(update={"aliases": {"candidate": made[2].release}})
    log = MemoryLog()
    with running(ledger.following(), log) as address:
        assert post(address, ROW).json()["version"] == 1
    kept = [Prediction.from_json(row) for row in log.rows]
    assert {(each.arm, each.version, each.score) for each in kept} == {
        ("champion", 1, 0.5), ("shadow", 2, 0.9),
    }  # fmt: skip


def test_only_who_has_a_token_is_answered() -> None:
    ledger = FakeLedger(lambda _: served())
    tokens = Tokens.of(["a-token-of-some-length"])
    with running(ledger.following(), MemoryLog(), tokens=tokens) as address:
        assert post(address, ROW).status_code == 401
        assert post(address, ROW, authorization="Bearer guessed").status_code == 401
        assert post(address, ROW, authorization="Bearer a-token-of-some-length").status_code == 200
        assert httpx.get(f"{address}/metrics").status_code == 401
        assert httpx.get(f"{address}/openapi.json").status_code == 401
        assert httpx.get(f"{address}/health/ready").status_code == 200
        allowed = {"authorization": "Bearer a-token-of-some-length"}
        figures = httpx.get(f"{address}/metrics", headers=allowed).text
    assert 'nbrelease_requests_total{path="/score",status="401"} 2.0' in figures
    assert 'nbrelease_requests_total{path="other",status="401"} 2.0' in figures


def test_who_asks_too_often_waits() -> None:
    ledger = FakeLedger(lambda _: served())
    # So few a second that no machine is slow enough to be let through again; see also `Rate`.
    with running(ledger.following(), MemoryLog(), rate=0.01) as address:
        statuses = [post(address, ROW).status_code for _ in range(3)]
    assert statuses == [200, 429, 429]
