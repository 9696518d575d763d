"""A release that is only scored in tables: logged, told about, reviewed, tried in an experiment."""

from __future__ import annotations

import shlex
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import lifecycle_core
from lifecycle_core import verbs
from lifecycle_core.adapters.prediction_log.engine import open_engine
from lifecycle_core.cli.commands import app
from lifecycle_core.errors import InvalidCall, TableInvalid
from lifecycle_core.schema.release_file import WorkflowSection
from lifecycle_core.settings import load_settings
from lifecycle_core.verbs.run_log import log_for
from tests.fakes.experiments import project
from tests.fakes.scoring import customers, make

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[2] / "docs"
ROWS = 3_000
BEGUN = datetime(2026, 9, 1, 6, tzinfo=UTC)
PLAN = """
schema: nbrelease/experiment-plan/1
name: september
release: churn
salt: churn september
arms: {challenger: 50}
period: week
periods: 1
units: 3000
metric: {name: money, of: money}
history_days: 0
rule: {effect: 0.1, looks: 1}
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a champion and a challenger, as the current folder."""
    folder = project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("NBRELEASE_HOME", str(folder / ".nbrelease"))
        yield folder


def table(rows: int = ROWS) -> pd.DataFrame:
    names = [f"c{at}" for at in range(rows)]
    moments = [(BEGUN + timedelta(minutes=at)).isoformat() for at in range(rows)]
    return customers(rows).assign(customer=names, decided_at=moments)


def run(*words: object) -> Any:  # noqa: ANN401 - click's own
    return CliRunner().invoke(app, [str(word) for word in words])


def test_from_scores_to_a_decision(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scored in arms, logged under moments of its own, told by the key and by ids, read."""
    monkeypatch.setenv("NBRELEASE_LOG", str(here / "log"))
    (here / "plan.yaml").write_text(PLAN)
    started = run("experiment", "start", "plan.yaml", "--since", BEGUN.isoformat())
    assert started.exit_code == 0, started.stderr
    table().to_parquet(here / "in.parquet")
    scoring = ("score", "churn", "--in", "in.parquet", "--out", "out.parquet", "--log", "--time",
               "decided_at")  # fmt: skip
    ended = run(*scoring)
    assert ended.exit_code == 0, ended.stderr
    assert "3,000 rows" in ended.stdout
    assert run(*scoring).exit_code == 0  # the same run again
    scores = pd.read_parquet(here / "out.parquet")
    logged = lifecycle_core.read_log("churn").to_pandas()
    assert logged["id"].tolist() == scores["prediction"].tolist()
    assert logged["key"].tolist() == scores["customer"].tolist()
    for name in ("arm", "version", "score"):
        assert logged[name].tolist() == scores[name].tolist()
    assert logged["decision"].tolist() == scores["decision"].astype(float).tolist()
    assert [each.isoformat() for each in logged["time"]] == scores["decided_at"].tolist()
    digests = logged.groupby("version")["bundle_digest"].unique()
    assert [len(each) for each in digests] == [1, 1]
    assert digests[1][0] != digests[2][0]
    assert logged["latency_ms"].isna().all()

    money = np.where(scores["arm"] == "challenger", 15.0, 10.0) + np.arange(ROWS) % 7
    told = pd.DataFrame({"customer": scores["customer"], "money": money})
    told.to_csv(here / "told.csv", index=False)
    ended = run("outcomes", "churn", "--in", "told.csv", "--who", "crm")
    assert ended.exit_code == 0, ended.stderr
    assert "3,000 outcomes of churn added" in ended.stdout
    by_id = scores[["prediction", "score"]].assign(
        label=np.where(scores.index % 2 == 0, "Yes", "No"), time="2026-09-20T00:00:00Z"
    )
    assert lifecycle_core.tell_outcomes("churn", source=by_id).added == ROWS
    again = lifecycle_core.tell_outcomes("churn", source=by_id)
    assert (again.added, again.known) == (0, ROWS)
    assert lifecycle_core.tell_outcomes("churn", source=told, who="crm").added == 0
    found = lifecycle_core.read_log("churn").to_pandas()
    assert found["label"].tolist() == [1.0, 0.0] * (ROWS // 2)
    assert found["money"].tolist() == money.tolist()

    read = verbs.read_experiment("churn", as_of=datetime.now(UTC) + timedelta(days=1))
    assert (read.decision, read.winner) == ("ship", "challenger"), read.reason
    assert [each.passed for each in read.checks] == [True, True, True]
    assert any("was frozen at" in note for note in read.notes)
    verbs.stop_experiment("churn", reason="shipped")

    review = lifecycle_core.review("churn", window="2026-09")
    assert review.figure("rows").value == ROWS
    latency = review.figure("latency_p50_ms")
    assert (latency.value, "scored in tables" in latency.note) == (None, True)


def test_what_is_wrong_with_outcomes_is_said_and_nothing_is_kept(here: Path) -> None:
    scored = lifecycle_core.score(
        "churn", source=table(50).drop(columns="decided_at"), target=here / "few.parquet", log=True
    )
    assert scored.logged == 50
    ids = pd.read_parquet(here / "few.parquet")["prediction"].tolist()

    def refused(fact: str, **columns: object) -> None:
        with pytest.raises((TableInvalid, InvalidCall), match=fact):
            lifecycle_core.tell_outcomes("churn", source=pd.DataFrame(columns))

    before = len(lifecycle_core.read_log("churn").to_pandas()["label"].dropna())
    refused("did you mean 'label'", prediction=ids, lable=1)
    refused("says nothing", prediction=ids)
    refused("does not say which predictions", label=[1, 0])
    refused("Row 1 of outcomes.parquet has the action 'yes'", prediction=ids[:2],
            action=["accepted", "yes"])  # fmt: skip
    refused("Row 0 of outcomes.parquet has the label 'perhaps'", prediction=ids[:1],
            label=["perhaps"])  # fmt: skip
    refused("has the money '12 EUR'", prediction=ids[:1], money=["12 EUR"])
    refused("has the currency 'euro'", prediction=ids[:1], money=[12], currency=["euro"])
    refused("Row 0 .* which has no zone", prediction=ids[:1], label=1, time="2026-11-28T07:00:00")
    refused("1 rows are no predictions of churn", prediction=[ids[0], "nobody"], label=1)
    refused("1 rows had no prediction before", customer=["c1", "stranger"], label=1)
    refused("Row 1 has no business key", customer=["c1", None], label=1)
    refused("say different things of one prediction", prediction=[ids[0], ids[0]], label=[1, 0])
    assert len(lifecycle_core.read_log("churn").to_pandas()["label"].dropna()) == before

    for label in (1, 0):
        assert lifecycle_core.tell_outcomes(
            "churn", source=pd.DataFrame({"prediction": ids[:1], "label": [label]})
        ).added  # fmt: skip
    refused("says what was said before, and since then", prediction=ids[:1], label=[1])
    part = pd.DataFrame({"prediction": ids[:3], "label": [1.0, None, None],
                         "time": datetime.now(UTC).isoformat()})  # fmt: skip
    kept = lifecycle_core.tell_outcomes("churn", source=part)
    assert (kept.rows, kept.added, kept.empty) == (3, 1, 2)


def test_the_pages_do_what_they_show(here: Path) -> None:
    frame = table(40).drop(columns="decided_at")
    frame.to_csv(here / "customers.csv", index=False)
    frame[["customer"]].assign(action="accepted", money=12.5).to_csv(here / "kept.csv", index=False)
    shown = [
        shlex.split(line)[1:]
        for page in ("scoring.md", "prediction_log.md")
        for line in (DOCS / page).read_text().splitlines()
        if line.startswith("    nbrelease ") and ("--log" in line or " outcomes " in line)
    ]
    assert [words[0] for words in shown] == ["score", "outcomes"]
    for words in shown:
        ended = run(*words)
        assert ended.exit_code == 0, ended.stderr
    ids = pd.read_parquet(here / "scores.parquet")["prediction"]
    kept = lifecycle_core.read_log("churn").to_pandas().set_index("id").loc[ids]
    assert set(kept["action"]) == {"accepted"}
    assert set(kept["who"]) == {"crm"}


def test_frames_and_versions_are_logged_only_if_that_is_said(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBRELEASE_LOG", str(here / "tried"))
    frame = table(5).drop(columns="decided_at")
    assert "prediction" not in lifecycle_core.score_frame("churn", frame)
    assert lifecycle_core.read_log("churn").num_rows == 0
    ids = lifecycle_core.score_frame("churn/2", frame, log=True)["prediction"].tolist()
    found = lifecycle_core.read_log("churn")
    assert found.column("id").to_pylist() == ids
    assert set(found.column("version").to_pylist()) == {2}


@pytest.mark.usefixtures("here")
def test_the_release_file_says_that_the_champion_s_tables_are_logged(tmp_path: Path) -> None:
    made = make(tmp_path, workflow=WorkflowSection(log=True))
    release = made.release.model_copy(update={"aliases": ("champion",)})

    def logged(spec: str, *, log: bool | None = None) -> bool:
        settings = load_settings()
        return log_for(settings, spec, release, made.bundle, log=log, time=None) is not None

    assert [logged("churn"), logged("churn@champion")] == [True, True]
    assert [logged("churn/3"), logged("churn@challenger")] == [False, False]
    assert [logged("churn", log=False), logged("churn/3", log=True)] == [False, True]


def test_moments_have_to_be_moments(here: Path) -> None:
    def refused(fact: str, moments: Any) -> None:  # noqa: ANN401 - a column
        frame = table(3).assign(decided_at=moments)
        with pytest.raises(TableInvalid, match=fact):
            lifecycle_core.score(
                "churn", source=frame, target=here / "none.parquet", log=True, time="decided_at"
            )
        assert not (here / "none.parquet").exists()

    good = "2026-11-28T07:30:00Z"
    refused("Row 1 has no moment in the column 'decided_at'", [good, None, good])
    refused("Row 2 has 'noon' in the column 'decided_at', which is no moment", [good, good, "noon"])
    refused("which has no zone", [good, good, "2026-11-28T07:30:00"])
    refused("have no zone", pd.Timestamp("2026-11-28T07:30:00"))
    refused("holds int64, it must hold moments", 20261128)
    source = table(3)
    with pytest.raises(InvalidCall, match="no column 'at' to take the moments from"):
        lifecycle_core.score("churn", source=source, target=here / "n.parquet", log=True, time="at")
    with pytest.raises(InvalidCall, match="do not go into the prediction log"):
        lifecycle_core.score("churn", source=source, target=here / "n.parquet", time="decided_at")
    with pytest.raises(InvalidCall, match="do not leave it"):
        lifecycle_core.score("churn", source="sqlite:///a.db::t", target="sqlite:///a.db::s",
                             in_database=True, log=True)  # fmt: skip


def test_a_logged_run_says_what_it_took_and_once(here: Path) -> None:
    frame = table(40).drop(columns="decided_at").assign(tenure=[*range(1, 40), 999])
    for _ in range(2):  # the second is the same run, done again
        done = lifecycle_core.score("churn", source=frame, target=here / "took.parquet", log=True)
    lifecycle_core.score("churn", source=frame, target=here / "tried.parquet")
    assert (done.rows, done.unscored) == (39, 1)
    lifecycle_core.drain_log()
    with closing(open_engine(str(here / ".nbrelease" / "log"))) as engine:
        found = engine.execute(
            "SELECT DISTINCT id, source, answered, refused, cpu_seconds > 0, who FROM usage "
            "WHERE answered = 39"
        ).fetchall()
    assert [row[1:] for row in found] == [
        ("batch", 39, [{"cause": "contract", "rows": 1}], True, done.run)
    ]
    day = datetime.now(UTC).date().isoformat()
    review = lifecycle_core.review("churn", window=day, keep=False)
    assert (review.figure("refused_share").value or 0.0) > 0.0
    assert [each.cause for each in review.refused] == ["contract"]
