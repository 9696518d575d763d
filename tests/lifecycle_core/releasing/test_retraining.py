"""From a run of a compiled pipeline to a candidate: with a real registry, store and worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lifecycle_core.adapters.registry import MlflowRegistry
from tests.command_line import nbrelease
from tests.fakes import monthly
from tests.fakes.promoting import moved

pytestmark = pytest.mark.timeout(900)  # a dozen processes, each of which loads scikit-learn
REASON = "retrained from version 1 by pipeline churn with data=data/february.csv"


def read(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose first release is champion, retrained on a new month from below."""
    root = tmp_path_factory.mktemp("retrained")
    monthly.project(root)
    monthly.month(root / "data" / "february.csv", seed=2)
    (root / "below").mkdir()
    first = nbrelease("pipeline", "run", "churn", "--release", "--json", "1.json", cwd=root)
    assert "Release churn version 1" in first.answer, first.messages
    home = root / ".nbrelease"
    moved(MlflowRegistry(f"sqlite:///{home}/registry.db", home / "artifacts"), 1)
    words = ("churn", "--param", "data=../data/february.csv", "--json", "../2.json")
    second = nbrelease("pipeline", "run", *words, cwd=root / "below", home=home)
    assert "Release churn version 2" in second.answer, second.messages
    (root / "2.txt").write_text(second.answer)
    return root


def test_new_data_make_a_candidate_that_knows_where_it_comes_from(retrained: Path) -> None:
    record = read(retrained / "2.json")
    assert record["schema"] == "nbrelease/retrained/1"
    lineage = record["lineage"]
    assert (lineage["retrained_from"], lineage["alias"]) == (1, "champion")
    assert lineage["changed"] == {"data": ["data/january.csv", "data/february.csv"]}
    assert list(lineage["inputs"]) == ["data/february.csv"]
    assert lineage["run"] == record["run"]["id"]
    said = (retrained / "2.txt").read_text()
    assert "Retrained from  version 1 (champion)" in said
    status = nbrelease("status", "churn", "--json", "status.json", cwd=retrained)
    assert "version 1: " in status.answer
    assert read(retrained / "status.json")["releases"][1]["retrained_from"] == 1
    nbrelease("history", "churn", "--json", "history.json", cwd=retrained)
    entries = read(retrained / "history.json")["entries"]
    assert REASON in {entry["event"]["reason"] for entry in entries}


def test_the_bundle_holds_all_of_it_and_no_executed_notebook(retrained: Path) -> None:
    record = read(retrained / "2.json")["packaged"]
    bundle = Path(record["bundle_path"])
    assert nbrelease("verify", bundle, cwd=retrained).code == 0
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert {
        "pipeline/pipeline.yaml", "pipeline/load.py", "pipeline/run.json",
        "evidence/lineage.json", "evidence/champion.json",
    } <= names  # fmt: skip
    assert not any(name.startswith("notebook/") for name in names)
    card = (bundle / "card" / "card.md").read_text()
    assert "## Against the champion, version 1" in card
    assert "data=data/february.csv (was data/january.csv)" in card
    again = nbrelease("checkpoints", "churn/2", "--json", "c.json", cwd=retrained)
    assert again.answer
    judged = {each["id"]: each for each in read(retrained / "c.json")["results"]}
    assert judged["reproducible"]["result"] == "pass"
    assert "The second run of the pipeline is identical" in judged["reproducible"]["why"]
    assert "pipeline/pipeline.yaml" in judged["reproducible"]["evidence"]


def test_the_run_was_repeated_from_nothing_and_every_output_compared(retrained: Path) -> None:
    evidence = read(retrained / "2.json")["packaged"]["reproduction"]
    assert evidence["verdict"] == "identical"
    assert [run["hash_seed"] for run in evidence["runs"]] == [0, 1]
    assert [cell["label"] for cell in evidence["cells"]][-2:] == ["step measure", "%finalize"]
    assert [one["path"] for one in evidence["inputs"]] == ["data/february.csv"]
    compared = [v["status"] for cell in evidence["cells"] for v in cell["variables"]]
    assert len(compared) == 7
    assert set(compared) == {"identical"}


def test_champion_and_candidate_are_priced_on_the_same_rows(retrained: Path) -> None:
    found = read(retrained / "2.json")["champion"]
    assert (found["version"], found["alias"], found["rows"]) == (1, "champion", 100)
    assert found["scored_on"] == "holdout"
    assert found["standing"] == "undecided"
    assert found["interval"]["low"] <= 0 <= found["interval"]["high"]
    difference = found["candidate"]["cost_per_run"] - found["champion"]["cost_per_run"]
    assert difference == pytest.approx(found["difference"])
    assert "cannot be told apart" in (retrained / "2.txt").read_text()


def test_the_registry_knows_it_as_users_of_mlflow_look_for_it(retrained: Path) -> None:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{retrained}/.nbrelease/registry.db")
    wanted = "name = 'churn' and tags.`nbrelease.param.data` = 'data/february.csv'"
    (version,) = client.search_model_versions(wanted)
    assert version.tags["nbrelease.retrained_from"] == "1"
    assert version.tags["nbrelease.pipeline"] == "churn"
    assert version.tags["nbrelease.against_champion"] == "undecided"
    model = client.get_logged_model(version.tags["nbrelease.logged_model"])
    assert model.params["data"] == "data/february.csv"


@pytest.mark.long
def test_where_the_world_turned_the_candidate_is_better_and_promoted_as_the_terms_say(
    retrained: Path,
) -> None:
    wrong = nbrelease("retrain", "churn", cwd=retrained)
    assert (wrong.code, "--decide and --run" in wrong.messages) == (2, True)
    monthly.month(retrained / "data" / "turned.csv", seed=3, turned=True)
    words = ("churn", "--run", "--param", "data=data/turned.csv", "--json", "4.json")
    ended = nbrelease("retrain", *words, cwd=retrained)
    record = read(retrained / "4.json")
    assert record["champion"]["standing"] == "better"
    assert record["champion"]["difference"] < 0
    assert record["promoted"] == ["challenger"]  # and not champion, though it is better
    assert "Let it prove itself on live rows" in record["trial"]
    assert "Promoted to challenger: the release file says so." in ended.answer
    assert "(candidate, challenger)" in ended.answer.splitlines()[2]
    assert "Next: mend what is not passed before it becomes champion" in ended.answer
    nbrelease("status", "churn", "--json", "status.json", cwd=retrained)
    heads = read(retrained / "status.json")["heads"]
    version = record["packaged"]["release"]["version"]
    assert (heads["challenger"]["version"], heads["champion"]["version"]) == (version, 1)


@pytest.mark.long
def test_a_notebook_that_was_not_compiled_is_run_twice_and_asks_the_champion(
    retrained: Path,
) -> None:
    monthly.month(retrained / "data" / "last.csv", seed=5, turned=True)
    notebook = monthly.notebook(retrained / "churn.ipynb")
    words = ("churn", "--run", "--notebook", notebook.name, "--param", "data=data/last.csv")
    ended = nbrelease("retrain", *words, "--json", "5.json", cwd=retrained)
    record = read(retrained / "5.json")
    assert record["run"] is None
    assert record["packaged"]["reproduction"]["verdict"] == "identical"
    assert (record["champion"]["version"], record["champion"]["standing"]) == (1, "better")
    assert record["champion"]["scored_on"] == "cross_validation"
    lineage = record["lineage"]
    assert (lineage["retrained_from"], lineage["pipeline"]) == (1, "")
    assert list(lineage["inputs"]) == ["data/last.csv"]
    assert record["promoted"] == []  # cheaper, but by more actions than there is capacity for
    assert record["trial"].startswith("Not promoted: it has actions_per_run 952.5, set to at most")
    assert "Parameters      data=data/last.csv" in ended.answer
    bundle = Path(record["packaged"]["bundle_path"])
    assert (bundle / "notebook" / "executed.ipynb").is_file()
    card = (bundle / "card" / "card.md").read_text()
    assert "run from the top in a fresh kernel" in card


def test_a_decision_without_a_log_is_made_on_what_there_is(retrained: Path) -> None:
    ended = nbrelease(
        "retrain", "churn", "--decide", "--html", "d.html", "--json", "d.json", cwd=retrained
    )
    assert ended.code == 0, ended.messages
    record = read(retrained / "d.json")
    assert (record["answer"], record["version"], record["age"]) == ("not_enough_data", 1, 0)
    assert "No window has final labels" in ended.answer
    assert "Retraining of churn" in (retrained / "d.html").read_text()


@pytest.mark.long
def test_trying_a_hyper_parameter_or_nothing_registers_nothing(retrained: Path) -> None:
    def count() -> int:
        nbrelease("status", "churn", "--json", "n.json", cwd=retrained)
        return len(read(retrained / "n.json")["releases"])

    before = count()
    for words in ([], ["--param", "C=0.5"], ["--no-release", "--param", "data=data/february.csv"]):
        ended = nbrelease("pipeline", "run", "churn", *words, cwd=retrained)
        assert ended.code == 0, ended.messages
        assert "Release" not in ended.answer
    assert count() == before


@pytest.mark.long
def test_a_pipeline_without_a_finalization_only_runs(tmp_path: Path) -> None:
    monthly.project(tmp_path, finalize=None)
    monthly.month(tmp_path / "data" / "february.csv", seed=2)
    asked = nbrelease("pipeline", "run", "churn", "--release", cwd=tmp_path)
    assert asked.code == 2
    assert "has no finalization" in asked.messages
    assert not (tmp_path / ".nbrelease").exists()
    words = ("churn", "--param", "data=data/february.csv")
    assert nbrelease("pipeline", "run", *words, cwd=tmp_path).code == 0
    assert not (tmp_path / ".nbrelease" / "registry.db").exists()


@pytest.mark.long
def test_windows_run_side_by_side_and_are_priced(tmp_path: Path) -> None:
    monthly.project(tmp_path)
    windows = "until=2025-02-28..2025-04-30/1mo"
    ended = nbrelease(
        "pipeline", "run", "churn", "--backtest", windows, "--json", "b.json", cwd=tmp_path
    )
    assert ended.code == 0, ended.messages
    record = read(tmp_path / "b.json")
    assert [one["parameters"]["until"] for one in record["windows"]] == [
        "2025-02-28", "2025-03-28", "2025-04-28",
    ]  # fmt: skip
    assert all(0 < one["metrics"]["accuracy"] <= 1 for one in record["windows"])
    assert all(one["choice"]["on_holdout"] for one in record["windows"])
    assert (record["steps"], record["ran"]) == (12, 10)  # `offer` knows no window
    assert "3 windows; 10 of 12 steps ran" in ended.answer
    assert not (tmp_path / ".nbrelease" / "registry.db").exists()
