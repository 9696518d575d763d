"""What is possible with two registered releases: the ledger's verbs, scoring, and tampering."""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from typer.testing import CliRunner

from lifecycle_core import verbs
from lifecycle_core.adapters.bundles import verify_bundle, write_bundle
from lifecycle_core.adapters.explaining import open_explainer
from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.adapters.replay import sealed
from lifecycle_core.adapters.scorers import open_scorer
from lifecycle_core.cli.commands import app
from lifecycle_core.errors import CheckpointFailed, InvalidCall
from lifecycle_core.schema.prediction import Prediction
from tests.browser.small_release import register_two_versions
from tests.command_line import Ended, nbrelease
from tests.fakes.predictions import prediction
from tests.fakes.receiving import receiving

if TYPE_CHECKING:
    from collections.abc import Callable

FEATURES = ["mean radius", "mean texture", "mean perimeter", "mean area", "mean smoothness"]


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two versions of `tumours`, the first of them the challenger."""
    folder = tmp_path_factory.mktemp("project")
    register_two_versions(folder)
    return folder


@pytest.fixture
def project(registered: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may harm."""
    shutil.copytree(registered, tmp_path / "project")
    return tmp_path / "project"


def patients(rows: int = 50) -> pd.DataFrame:
    frame: pd.DataFrame = load_breast_cancer(as_frame=True).data
    return frame[FEATURES].head(rows)


def scored(project: Path, table: pd.DataFrame, *words: str) -> Ended:
    table.to_csv(project / "in.csv", index=False)
    spec = "tumours@challenger"
    return nbrelease("score", spec, "--in", "in.csv", "--out", "out.parquet", *words, cwd=project)


def test_status_and_history_show_where_the_aliases_point(registered: Path) -> None:
    status = nbrelease("status", "tumours", "--json", "status.json", cwd=registered)
    assert status.code == 0, status.messages
    heads = json.loads((registered / "status.json").read_text())["heads"]
    assert {alias: head["version"] for alias, head in heads.items()} == {
        "candidate": 2,
        "challenger": 1,
    }
    every = nbrelease("status", cwd=registered)
    assert "tumours" in every.answer
    history = nbrelease("history", "tumours", cwd=registered)
    assert history.code == 0, history.messages
    assert "the first" in history.answer


def test_a_review_reads_the_log_and_says_whether_a_rule_fired(project: Path) -> None:
    home = project / ".nbrelease"
    with open_prediction_log(home / "log", wal=home / "wal" / "a", drain_seconds=600) as log:
        rows = [
            prediction(number).model_copy(update={"release": "tumours", "version": 1})
            for number in range(20)
        ]
        log.append(rows).result(timeout=60)
    files = ("--json", "review.json", "--html", "review.html", "--report", "report.html")
    ended = nbrelease("review", "tumours", "--window", "2026-11", *files, cwd=project)
    assert ended.code == 1, ended.messages  # 20 equal scores are not those of the release
    assert "Review of tumours, 2026-11: 1 rule fired" in ended.answer
    found = json.loads((project / "review.json").read_text())
    assert (found["schema"], found["versions"]) == ("nbrelease/review/1", {"1": 20})
    assert (found["reference"], found["reference_rows"]) == (["training table"], 569)
    assert "<h1>Review of tumours, 2026-11</h1>" in (project / "review.html").read_text()
    report = (project / "report.html").read_text()
    assert "<h1>Reviews of tumours</h1>" in report
    assert 'aria-label="Drift over windows and columns"' in report
    alone = nbrelease("review", "tumours", "--template", "own.ipynb", cwd=project)
    assert (alone.code, "Add --report FILE." in alone.messages) == (2, True)
    wrong = nbrelease("review", "tumours", "--window", "2026-W99", cwd=project)
    assert (wrong.code, wrong.answer) == (2, "")
    assert "'2026-W99', and there is no such day, week or month" in wrong.messages
    late = nbrelease("review", "tumours", "--as-of", "tomorrow", cwd=project)
    assert (late.code, late.answer) == (2, "")


def live(project: Path, version: int, at: str) -> None:
    """Make a version the champion, as if that had been done at another time."""
    home = project / ".nbrelease"
    registry = MlflowRegistry(f"sqlite:///{home / 'registry.db'}", home / "artifacts")
    ledger = Ledger(registry)
    event = ledger.propose(
        ledger.history("tumours"),
        action="promote",
        alias="champion",
        target=registry.release("tumours", version),
        actor=Actor("ann", "stated"),
    )
    ledger.commit(sealed(event.model_copy(update={"at": at})))


def test_a_release_that_is_live_is_promoted_once_its_reviews_are_made_and_answered(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(project, 1, "2026-10-05T08:00:00Z")
    monkeypatch.chdir(project)
    monkeypatch.setenv("NBRELEASE_HOME", str(project / ".nbrelease"))
    later = "2026-11-05T06:00:00Z"
    with pytest.raises(CheckpointFailed, match="review \\(missing\\)") as missing:
        verbs.promote("tumours", to="challenger", version=2, as_of=later)
    assert missing.value.hint == "Run `nbrelease review --due tumours`."

    with receiving() as receiver:
        told = f'[notify.team]\nkind = "webhook"\nurl = "{receiver.url}"\nbackoff = 0\n'
        (project / "nbrelease.toml").write_text(told)
        made = nbrelease("review", "--due", "--as-of", later, "--json", "run.json", cwd=project)
        assert made.code == 1, made.messages
        assert "2026-10: 1 rule fired" in made.answer
        assert "team was told: 2026-10, when rows < 1 then notify data" in made.answer
        assert verbs.review_due(as_of=later).exit_code == 0  # nothing is due any more
        (request,) = receiver.requests
        assert json.loads(request.body)["alert"]["window"] == "2026-10"

    (alert,) = verbs.reviews("tumours", as_of=later).alerts
    assert (alert.state, alert.told) == ("open", ("team",))
    assert verbs.kept_review("tumours").firings == (alert.alert.firing,)
    with pytest.raises(CheckpointFailed, match="review \\(fail\\)") as fired:
        verbs.promote("tumours", to="challenger", version=2, as_of=later)
    assert "nbrelease acknowledge tumours 'when rows < 1 then" in fired.value.hint
    words = ("--by", "ann", "--note", "no images in October")
    taken = nbrelease("acknowledge", "tumours", "rows", *words, cwd=project)
    assert taken.code == 0, taken.messages
    assert "ann: no images in October" in taken.answer
    assert verbs.promote("tumours", to="challenger", version=2, as_of=later).valid
    review = verbs.checkpoints("tumours/2", as_of=later).results[-1]
    assert review.why.endswith("; last 2026-10: 1 rule fired, answered by ann.")


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("review",), "A review is of one release, and 0 are named."),
        (("review", "tumours", "other"), "A review is of one release, and 2 are named."),
        (("review", "--due", "--window", "2026-10"), "--due and --window cannot stand together."),
        (("review", "tumours", "--kept", "--no-keep"), "--kept and --keep or --no-keep cannot"),
    ],
)
def test_options_of_a_review_that_exclude_each_other(
    tmp_path: Path, words: tuple[str, ...], fact: str
) -> None:
    refused = CliRunner().invoke(app, words, env={"NBRELEASE_HOME": str(tmp_path)})
    assert refused.exit_code == 2
    assert fact in refused.output


def test_a_promotion_and_a_rollback_move_the_alias_and_stay_in_the_ledger(project: Path) -> None:
    moved = nbrelease("promote", "tumours", "--to", "challenger", cwd=project)
    assert moved.code == 0, moved.messages
    reason = ("--reason", "too many images")
    back = nbrelease("rollback", "tumours", "--to", "previous", *reason, cwd=project)
    assert back.code == 0, back.messages
    nbrelease("history", "tumours", "--json", "history.json", cwd=project)
    history = json.loads((project / "history.json").read_text())
    assert history["heads"]["challenger"]["version"] == 1
    last = history["entries"][-1]
    assert (last["valid"], last["event"]["action"]) == (True, "rollback")
    assert last["event"]["reason"] == "too many images"


def test_a_needed_checkpoint_stops_a_promotion(project: Path) -> None:
    refused = nbrelease("promote", "tumours", "--to", "champion", cwd=project)
    assert refused.code == 1
    assert "tumours/1 cannot become champion" in refused.messages
    for name in ("contract", "owners"):
        assert name in refused.messages
    assert "nbrelease checkpoints tumours/1" in refused.messages


def test_the_checkpoints_say_no_with_exit_code_one(registered: Path) -> None:
    judged = nbrelease("checkpoints", "tumours/1", cwd=registered)
    assert judged.code == 1, judged.messages
    assert "pass" in judged.answer
    assert "missing" in judged.answer


@pytest.mark.parametrize(
    ("words", "code", "fact"),
    [
        (("promote", "nothing", "--to", "challenger"), 2, "nothing"),
        (("promote", "tumours", "--to", "chalenger"), 2, "'chalenger' is no alias"),
        (("checkpoints", "tumours/9"), 2, "tumours/9"),
        (("checkpoints", "tumours@champion"), 2, "champion"),
        (("checkpoints", "Tumours!"), 2, "'Tumours!' names no release"),
        (("rollback", "tumours", "--reason", " "), 2, "needs a reason"),
        (("rollback", "tumours", "--reason", "x", "--alias", "candidate", "--to", "9"), 2, "9"),
        (("verify", "nowhere"), 2, "There is no bundle at nowhere"),
    ],
)
def test_a_call_that_cannot_be_done(
    registered: Path, words: tuple[str, ...], code: int, fact: str
) -> None:
    ended = nbrelease(*words, cwd=registered)
    assert ended.code == code, ended.messages
    assert fact in ended.messages
    assert "Traceback" not in ended.messages


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ({"port": 99_999}, "--port is 99999, it must be from 0 to 65535"),
        ({"deadline_ms": 0.5}, "--deadline is 0.5, it must be 1 millisecond or more"),
    ],
)
def test_a_service_beside_is_refused_before_it_starts(words: dict[str, Any], fact: str) -> None:
    with pytest.raises(InvalidCall, match=fact):
        verbs.serve_meanwhile("tumours", **words)


def test_scores_carry_decision_and_version(project: Path) -> None:
    table = patients()
    table.loc[3, "mean area"] = None
    table["patient"] = [f"p{row}" for row in range(len(table))]
    ended = scored(project, table, "--keep", "patient")
    assert ended.code == 0, ended.messages
    scores = pd.read_parquet(project / "out.parquet")
    assert list(scores["row"]) == list(range(50))
    assert list(scores["patient"]) == list(table["patient"])
    assert set(scores["version"]) == {1}
    assert set(scores["release"]) == {"tumours"}
    assert scores["score"].dropna().between(0, 1).all()
    assert scores.loc[3, ["score", "decision"]].isna().all()
    assert scores.loc[3, "unscored"]
    assert scores["unscored"].notna().sum() == 1


def test_a_frame_is_scored_in_the_session_and_a_database_from_the_command_line(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    scores = verbs.score_frame("tumours@challenger", patients())
    assert isinstance(scores, pd.DataFrame)
    assert list(scores["row"]) == list(range(50))
    with sqlite3.connect("clinic.db") as connection:
        patients().to_sql("patients", connection, index=False)
    connection.close()
    ended = nbrelease(
        "score", "tumours@challenger", "--in", "sqlite:///clinic.db::patients",
        "--out", "sqlite:///clinic.db::scores", "--jobs", "1", cwd=project,
    )  # fmt: skip
    assert ended.code == 0, ended.messages
    with sqlite3.connect("clinic.db") as connection:
        found = pd.read_sql('SELECT * FROM scores ORDER BY "row"', connection)
    connection.close()
    assert found["score"].tolist() == scores["score"].tolist()
    assert len(pd.read_parquet("tumours.rejects.parquet")) == 0


BAD_TABLES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, str]] = {
    "lacking": (
        lambda t: t.drop(columns="mean area"),
        "mean area",
        "Add a column 'mean area'",
    ),
    "extra": (lambda t: t.assign(note="x"), "note", "--keep note"),
    "type": (lambda t: t.assign(**{"mean area": "large"}), "mean area", "Mend the values"),
    "empty": (lambda t: t.iloc[:0], "no rows", "Check how the table was made"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_table_that_does_not_fit_is_refused_and_nothing_is_written(
    project: Path, name: str
) -> None:
    spoil, fact, hint = BAD_TABLES[name]
    ended = scored(project, spoil(patients()))
    assert ended.code == 2, ended.messages
    assert fact in ended.messages
    assert hint in ended.messages
    assert not (project / "out.parquet").exists()


def test_a_table_without_any_bytes_is_refused(project: Path) -> None:
    (project / "in.csv").write_bytes(b"")
    ended = nbrelease("score", "tumours/1", "--in", "in.csv", "--out", "out.parquet", cwd=project)
    assert ended.code == 2, ended.messages
    assert not (project / "out.parquet").exists()


def test_a_service_follows_its_alias_and_ends_when_it_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("NBRELEASE_HOME", str(project / ".nbrelease"))
    beside = verbs.serve_meanwhile("tumours@challenger")
    service = beside.start()
    assert (service.release, service.version, service.alias) == ("tumours", 1, "challenger")
    row = patients(1).iloc[0].to_dict()

    def ask() -> dict[str, Any]:
        answer: dict[str, Any] = httpx.post(f"{service.address}/score", json=row).json()
        return answer

    said = [ask()]
    assert said[0]["answered_by"] == "model"
    assert said[0]["reasons"]
    verbs.promote("tumours", to="challenger", reason="better")
    while said[-1]["version"] != 2:
        said.append(ask())
    verbs.rollback("tumours", to="previous", reason="worse after all")
    while said[-1]["version"] != 1:
        said.append(ask())
    ready = httpx.get(f"{service.address}/health/ready").json()
    assert ready["roles"] == {"champion": 1}
    beside.stop()
    assert not beside.running
    kept = verbs.read_log("tumours", columns=["version"]).to_pylist()
    assert [(each["id"], each["version"]) for each in kept] == [
        (each["id"], each["version"]) for each in said
    ]
    found = verbs.check_reasons("tumours")
    assert (found.versions, found.rows) == ((1, 2), len(said))
    assert (found.skipped, found.different) == (0, 0)


def logged(number: int, version: int, bundle: Path, **changed: object) -> Prediction:
    """A prediction as a service would log it."""
    scorer = open_scorer(bundle)
    explainer = open_explainer(bundle, scorer)
    assert explainer is not None
    row = {str(name): value for name, value in patients().iloc[number].items()}
    said = {
        "id": f"p-{number}", "time": "2026-11-28T07:30:00.000000Z", "release": "tumours",
        "version": version, "bundle_digest": verify_bundle(bundle).digest, "arm": "champion",
        "features": row, "score": scorer.score(row), "latency_ms": 0.8,
        "reasons": explainer.reasons(row), "explainer": explainer.name,
    }  # fmt: skip
    return Prediction.model_validate(said | changed)


def test_reasons_that_no_release_gave_are_found_in_the_log(project: Path) -> None:
    home = project / ".nbrelease"
    first, second = sorted(
        (home / "bundles").glob("tumours-*"), key=lambda path: path.stat().st_mtime
    )
    reasons = logged(2, 2, second).reasons
    forged = (reasons[0].model_copy(update={"effect": -reasons[0].effect}), *reasons[1:])
    with open_prediction_log(home / "log", wal=home / "wal" / "a") as log:
        rows = logged(1, 1, first), logged(2, 2, second, reasons=forged), logged(3, 2, second)
        log.append(rows).result(timeout=60)
    good = nbrelease("log", "check-reasons", "tumours/1", cwd=project)
    assert good.code == 0, good.messages
    assert "All reasons come out as they were logged" in good.answer
    bad = nbrelease("log", "check-reasons", "tumours", "--json", "found.json", cwd=project)
    assert bad.code == 1, bad.messages
    assert "1 of 3 reasons come out otherwise" in bad.answer
    found = json.loads((project / "found.json").read_text())
    assert (found["versions"], found["examples"]) == ([1, 2], ["p-2"])


def model_files(project: Path) -> list[Path]:
    return sorted((project / ".nbrelease" / "artifacts").rglob("model.skops"))


def test_one_changed_byte_in_the_registry_is_found_before_anything_is_loaded(
    project: Path,
) -> None:
    for path in model_files(project):
        content = bytearray(path.read_bytes())
        content[100] ^= 1
        path.write_bytes(bytes(content))
    ended = scored(project, patients())
    assert ended.code == 2, ended.messages
    assert "model/model.skops" in ended.messages
    assert "it must have" in ended.messages
    assert not (project / "out.parquet").exists()


def test_one_changed_byte_in_a_bundle_is_found(project: Path) -> None:
    bundle = next((project / ".nbrelease" / "bundles").glob("tumours-*"))
    assert nbrelease("verify", bundle, cwd=project).code == 0
    path = bundle / "evidence" / "finalization.json"
    path.write_text(path.read_text().replace('"folds": 3', '"folds": 4'))
    ended = nbrelease("verify", bundle, cwd=project)
    assert ended.code == 2
    assert "evidence/finalization.json" in ended.messages


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def test_a_bundle_whose_model_is_a_pickle_is_refused_and_does_not_run(project: Path) -> None:
    mark = project / "it-ran"
    model = pickle.dumps(Trap(mark))
    bundle = write_bundle("tumours", {"model/model.skops": model}, project / "forged")
    ended = nbrelease("verify", bundle.path, cwd=project)
    assert ended.code == 2, ended.messages
    assert "pickle" in ended.messages
    assert not mark.exists()
