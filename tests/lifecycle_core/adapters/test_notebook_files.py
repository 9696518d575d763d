from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.notebook_files import find_notebooks
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from pathlib import Path


def make(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def names(folder: Path, *named: str) -> list[str]:
    found = find_notebooks([folder / name for name in named])
    return [path.relative_to(folder).as_posix() for path in found]


def test_a_folder_is_searched_to_its_depth_in_the_order_of_paths(tmp_path: Path) -> None:
    make(tmp_path, "b.ipynb", "a/deep/z.ipynb", "a/b.ipynb", "a/notes.md", "c.py")
    assert names(tmp_path, ".") == ["a/b.ipynb", "a/deep/z.ipynb", "b.ipynb"]


@pytest.mark.parametrize(
    "path",
    [
        ".hidden/a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", ".nbrelease/a.ipynb",
        "node_modules/x/a.ipynb", "lib/site-packages/x/a.ipynb", "deep/env/a.ipynb",
        ".a.ipynb.swp.ipynb",
    ],
)  # fmt: skip
def test_what_is_not_the_user_s_own_work_is_left_out(tmp_path: Path, path: str) -> None:
    make(tmp_path, "deep/env/pyvenv.cfg", path, "own.ipynb")
    assert names(tmp_path, ".") == ["own.ipynb"]


def test_a_file_that_is_named_is_meant_wherever_it_lies(tmp_path: Path) -> None:
    make(tmp_path, ".hidden/a.ipynb", "odd.json")
    assert names(tmp_path, ".hidden/a.ipynb", "odd.json", "gone.ipynb") == [
        ".hidden/a.ipynb", "odd.json", "gone.ipynb",
    ]  # fmt: skip


def test_a_folder_that_is_named_is_searched_even_if_it_is_hidden(tmp_path: Path) -> None:
    make(tmp_path, ".hidden/a.ipynb")
    assert names(tmp_path, ".hidden") == [".hidden/a.ipynb"]


def test_each_notebook_is_meant_once(tmp_path: Path) -> None:
    make(tmp_path, "a/x.ipynb", "a/y.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "a" / "x.ipynb")
    assert names(tmp_path, "a/y.ipynb", "a", "link.ipynb") == ["a/y.ipynb", "a/x.ipynb"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "a/x.ipynb")
    (tmp_path / "a" / "around").symlink_to(tmp_path)
    assert names(tmp_path, "a") == ["a/x.ipynb"]


def test_a_folder_without_notebooks_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(InvalidCall, match="holds no notebook") as caught:
        find_notebooks([tmp_path])
    assert "Name an .ipynb file" in caught.value.hint
