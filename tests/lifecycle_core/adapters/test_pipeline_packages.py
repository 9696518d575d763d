"""Packages on disk: found, read, and brought to machines that do not have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.pipeline_packages import at_hand, find_package
from lifecycle_core.errors import InvalidCall
from tests.fakes import pipelines

if TYPE_CHECKING:
    from pathlib import Path


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
