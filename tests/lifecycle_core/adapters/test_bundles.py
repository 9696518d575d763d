from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.bundles import BundleFolders, verify_bundle, write_bundle
from lifecycle_core.errors import BundleInvalid, TargetUnwritable
from lifecycle_core.schema.release_file import ModelSection, ReleaseFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RELEASE = ReleaseFile(model=ModelSection(name="churn"))
FILES: dict[str, bytes | Path] = {
    "release.json": RELEASE.to_json().encode(),
    "model/model.skops": b"model",
    "card/card.md": b"# churn\n",
}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    copied = tmp_path / "copied.txt"
    copied.write_text("copied")
    files = {**FILES, "notebook/copied.txt": copied}
    written = write_bundle("churn", files, tmp_path / "bundles")
    return tmp_path / "bundles" / f"churn-{written.digest[7:19]}"


def test_what_was_written_verifies_and_can_be_read(bundle: Path) -> None:
    verified = verify_bundle(bundle)
    assert verified.name == "churn"
    assert verify_bundle(bundle, digest=verified.digest) == verified
    assert sorted(verified.manifest.files) == [*sorted([*FILES, "notebook/copied.txt"])]
    assert ReleaseFile.from_json(BundleFolders().read(bundle, "release.json")) == RELEASE


def test_the_same_files_give_the_same_bundle(tmp_path: Path) -> None:
    first = write_bundle("churn", FILES, tmp_path)
    again = write_bundle("churn", dict(reversed(FILES.items())), tmp_path)
    assert first == again
    assert [path.name for path in tmp_path.iterdir()] == [f"churn-{first.digest[7:19]}"]


def change_byte(bundle: Path) -> None:
    (bundle / "model/model.skops").write_bytes(b"modeL")


def link_out(bundle: Path) -> None:
    (bundle / "card/card.md").unlink()
    (bundle / "card/card.md").symlink_to("/etc/hostname")


def escape(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"]["../outside"] = manifest["files"]["release.json"]
    (bundle / "manifest.json").write_text(json.dumps(manifest))


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (
        change_byte,
        "model/model.skops: it has 5 bytes with digest .* it must have 5 bytes",
    ),
    "a size": (
        lambda b: (b / "card/card.md").write_text("#"),
        "card/card.md: it has 1 bytes .* it must have 8 bytes",
    ),
    "missing": (lambda b: (b / "card/card.md").unlink(), "card/card.md: it is missing"),
    "added": (lambda b: (b / "evil.py").write_text("x"), "evil.py: it is not in the manifest"),
    "a link": (link_out, "card/card.md: it is a link or a device"),
    "a pipe": (lambda b: os.mkfifo(b / "pipe"), "pipe: it is a link or a device"),
    "escape": (escape, r"it names '../outside', which lies outside the bundle"),
    "no manifest": (lambda b: (b / "manifest.json").unlink(), "manifest.json: it is missing"),
    "a manifest of nonsense": (
        lambda b: (b / "manifest.json").write_text("{}"),
        "manifest.json: it is no manifest",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_found_and_named(bundle: Path, name: str) -> None:
    change, message = CHANGES[name]
    change(bundle)
    with pytest.raises(BundleInvalid, match=message):
        verify_bundle(bundle)


def test_another_bundle_than_the_registered_one_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleInvalid, match="the registered one sha256:0000"):
        verify_bundle(bundle, digest="sha256:" + "0" * 64)


def test_a_file_that_changes_after_it_was_verified_is_not_read(bundle: Path) -> None:
    assert BundleFolders().read(bundle, "model/model.skops") == b"model"
    change_byte(bundle)
    with pytest.raises(BundleInvalid, match="was changed after"):
        BundleFolders().read(bundle, "model/model.skops")


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "manifest.json", ""])
def test_no_file_is_written_outside_the_bundle(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no path of a file within a bundle"):
        write_bundle("churn", {name: b"x"}, tmp_path)


def test_a_file_in_the_way_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "bundles").write_text("a file")
    with pytest.raises(TargetUnwritable, match="cannot be written"):
        write_bundle("churn", FILES, tmp_path / "bundles")
    assert [path.name for path in tmp_path.iterdir()] == ["bundles"]
