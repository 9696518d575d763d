from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle_core.adapters.compiled_packages import compiled_from, find_package, read_package
from lifecycle_core.errors import InvalidCall
from tests.fakes import compiled


def test_a_package_is_found_by_name_from_below_and_by_path(tmp_path: Path) -> None:
    package = compiled.write(tmp_path)
    assert find_package("churn", tmp_path) == package
    assert find_package("churn", tmp_path / "notebooks" / "data") == package
    assert find_package("pipelines/churn", tmp_path) == package
    assert find_package(str(package), Path("/")) == package
    assert read_package(package) == compiled.record()


def test_the_package_of_exactly_this_source_is_found(tmp_path: Path) -> None:
    package = compiled.write(tmp_path)
    record = compiled.record()
    notebook = (package / record.notebook).resolve()
    assert compiled_from(notebook, record.source_digest) == (package.resolve(), record)
    assert compiled_from(notebook, "sha256:" + "f" * 64) is None
    assert compiled_from(notebook.with_name("other.ipynb"), record.source_digest) is None


def test_no_package_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidCall, match="There is no pipeline 'churn' here") as error:
        find_package("churn", tmp_path)
    assert "nbrelease pipeline compile" in error.value.hint


@pytest.mark.parametrize(
    ("text", "said"), [("a: [", "no YAML"), ("name: 1", "pipeline.yaml: "), ("", "the record")]
)
def test_a_broken_record_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pipeline.yaml").write_text(text)
    with pytest.raises(InvalidCall, match=said):
        read_package(tmp_path)
