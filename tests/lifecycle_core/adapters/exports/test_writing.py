"""What is written where, and what is refused before anything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.exports import write_export
from lifecycle_core.adapters.pipeline_packages import Package, find_package
from lifecycle_core.errors import InvalidCall
from tests.fakes import compiled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return find_package(compiled.write(tmp_path / "project"))


def test_the_record_names_the_files(package: Package, tmp_path: Path) -> None:
    export = write_export(package, "papermill", tmp_path / "out")
    assert export.files[0] == "run.py"
    assert export.steps == 5
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(export.files)


def test_an_export_replaces_an_earlier_one_byte_by_byte(package: Package, tmp_path: Path) -> None:
    write_export(package, "papermill", tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
    write_export(package, "papermill", tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == before


def test_what_no_export_wrote_is_not_overwritten(package: Package, tmp_path: Path) -> None:
    own = tmp_path / "5_evaluate.ipynb"
    own.write_text("mine")
    with pytest.raises(InvalidCall, match="no export wrote it"):
        write_export(package, "papermill", tmp_path)
    assert own.read_text() == "mine"
    assert not (tmp_path / "run.py").exists()


def test_the_project_is_seen_from_where_the_file_lies(package: Package, tmp_path: Path) -> None:
    write_export(package, "airflow", tmp_path / "dags" / "team")
    code = (tmp_path / "dags" / "team" / "churn_dag.py").read_text()
    assert 'Path(__file__).resolve().parent / "../../project"' in code


def test_the_image_is_the_one_named(package: Package, tmp_path: Path) -> None:
    write_export(package, "argo", tmp_path, image="registry:5000/team/churn@sha256:12")
    assert (
        "image: registry:5000/team/churn@sha256:12\n" in (tmp_path / "churn_argo.yaml").read_text()
    )


@pytest.mark.parametrize("image", ["", "a b", "{{workflow.name}}", "a\nb", "-v"])
def test_an_image_that_is_no_name_is_refused(package: Package, tmp_path: Path, image: str) -> None:
    with pytest.raises(InvalidCall, match="no name of an image"):
        write_export(package, "argo", tmp_path / "out", image=image)
    assert not (tmp_path / "out").exists()


def test_an_image_for_an_engine_without_containers_is_refused(
    package: Package, tmp_path: Path
) -> None:
    with pytest.raises(InvalidCall, match="airflow starts no containers"):
        write_export(package, "airflow", tmp_path / "out", image="churn:1")
