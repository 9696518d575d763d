from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.export import Export
from tests.command_line import nbrelease
from tests.fakes import compiled

if TYPE_CHECKING:
    from pathlib import Path


def test_the_command_writes_the_files_and_says_what_to_do_next(tmp_path: Path) -> None:
    compiled.write(tmp_path)
    words = ("pipeline", "export", "churn", "--to", "airflow", "--json", "export.json")
    ended = nbrelease(*words, cwd=tmp_path)
    assert ended.code == 0, ended.messages
    assert "Next: Put churn_dag.py into Airflow's DAG folder" in ended.answer
    export = Export.from_json((tmp_path / "export.json").read_text())
    assert export.files == ("churn_dag.py",)
    assert (tmp_path / "exports" / "churn" / "airflow" / "churn_dag.py").is_file()


def test_a_wrong_call_writes_nothing_and_ends_with_2(tmp_path: Path) -> None:
    ended = nbrelease("pipeline", "export", "churn", "--to", "airflow", cwd=tmp_path)
    assert (ended.code, ended.answer) == (2, "")
    assert "There is no pipeline churn" in ended.messages
    compiled.write(tmp_path)
    ended = nbrelease("pipeline", "export", "churn", "--to", "luigi", cwd=tmp_path)
    assert (ended.code, ended.answer) == (2, "")
    assert "want one of airflow" in ended.messages
    assert not (tmp_path / "exports").exists()
