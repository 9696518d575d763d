"""Packages on disk: found, read, and brought to machines that do not have them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lifecycle_core.adapters.pipeline_packages import at_hand, compiled_from, find_package
from lifecycle_core.errors import InvalidCall
from tests.fakes import compiled, pipelines


def test_a_name_is_looked_for_upwards_and_a_folder_is_taken(tmp_path: Path) -> None:
    folder = pipelines.drawing(tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    found = find_package("drawing", start=below)
    assert found.folder == folder
    assert found.place.name == "pipelines.drawing"
    assert found.place.root == found.place.home == tmp_path
    assert found.place.generators == ("numpy", "random")
    assert find_package(folder, start=below) == find_package("pipelines/drawing", start=tmp_path)


def test_a_package_is_found_by_name_from_below_and_by_path(tmp_path: Path) -> None:
    folder = compiled.write(tmp_path)
    assert find_package("churn", start=tmp_path).folder == folder
    assert find_package("churn", start=tmp_path / "notebooks" / "data").folder == folder
    assert find_package("pipelines/churn", start=tmp_path).folder == folder
    found = find_package(str(folder), start=Path("/"))
    assert (found.folder, found.pipeline) == (folder, compiled.record())


def test_the_package_of_exactly_this_source_is_found(tmp_path: Path) -> None:
    folder = compiled.write(tmp_path)
    record = compiled.record()
    notebook = (folder / record.notebook).resolve()
    found = compiled_from(notebook, record.source_digest)
    assert found is not None
    assert (found.folder, found.pipeline) == (folder.resolve(), record)
    assert compiled_from(notebook, "sha256:" + "f" * 64) is None
    assert compiled_from(notebook.with_name("other.ipynb"), record.source_digest) is None


def test_no_package_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidCall, match="There is no pipeline churn") as error:
        find_package("churn", start=tmp_path)
    assert "nbrelease pipeline compile" in error.value.hint


@pytest.mark.parametrize(
    ("text", "said"), [("a: [", "no YAML"), ("name: 1", "pipeline.yaml: "), ("", "the record")]
)
def test_a_broken_record_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pipeline.yaml").write_text(text)
    with pytest.raises(InvalidCall, match=said):
        find_package(tmp_path)


def test_a_name_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    pipelines.drawing(tmp_path)
    with pytest.raises(InvalidCall) as raised:
        find_package("churn", start=tmp_path)
    assert raised.value.hint == "Here there are: drawing."


@pytest.mark.parametrize("text", ["a: [", "name: x", "!!python/object/apply:os.system ['true']"])
def test_a_record_that_is_none_is_a_wrong_file(tmp_path: Path, text: str) -> None:
    (pipelines.drawing(tmp_path) / "pipeline.yaml").write_text(text)
    with pytest.raises(InvalidCall, match=r"pipeline\.yaml"):
        find_package("drawing", start=tmp_path)


def test_a_package_is_brought_to_a_machine_that_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBRELEASE_CACHE", str(tmp_path / "cache"))
    pipelines.drawing(tmp_path)
    (tmp_path / "rules.py").write_text("RULE = 1\n")
    package = find_package("drawing", start=tmp_path)
    assert package.source("rules") == "RULE = 1\n"
    assert package.source("numpy") is None
    files = package.files()
    assert {"rules.py", "pipelines/drawing/__init__.py", "pipelines/drawing/third.py"} <= set(files)
    assert at_hand(package.place, "sha256-1", dict) == package.place
    away = replace(package.place, root=tmp_path / "away", home=tmp_path / "away")
    for _ in range(2):
        place = at_hand(away, "sha256-1", lambda: files)
        assert (place.home / "rules.py").read_text() == "RULE = 1\n"
        assert (place.root / "pipelines" / "drawing" / "third.py").is_file()
