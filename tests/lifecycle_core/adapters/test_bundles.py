from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.bundles import BundleFolder, read_evidence, verify_bundle
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
    written = BundleFolder(tmp_path / "bundles").write("churn", files, version="0.1.0")
    return tmp_path / "bundles" / f"churn-{written.digest[7:19]}"


def test_what_was_written_verifies_and_can_be_judged(bundle: Path) -> None:
    verified = verify_bundle(bundle)
    assert verified.name == "churn"
    assert verify_bundle(bundle, digest=verified.digest) == verified
    assert sorted(verified.manifest.files) == [*sorted([*FILES, "notebook/copied.txt"])]
    evidence = read_evidence(verified)
    assert evidence.release_file == RELEASE
    assert evidence.reproduction is None


def test_the_same_files_give_the_same_bundle(tmp_path: Path) -> None:
    folder = BundleFolder(tmp_path)
    first = folder.write("churn", FILES, version="0.1.0")
    again = folder.write("churn", dict(reversed(FILES.items())), version="0.1.0")
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
    "a byte": (change_byte, "model/model.skops in bundle churn-.* was changed"),
    "a size": (lambda b: (b / "card/card.md").write_text("#"), "card.md .* has 1 bytes"),
    "missing": (lambda b: (b / "card/card.md").unlink(), "card/card.md .* is missing"),
    "added": (lambda b: (b / "evil.py").write_text("x"), "evil.py .* it was added"),
    "a link": (link_out, "card/card.md .* is a link or a device"),
    "a pipe": (lambda b: os.mkfifo(b / "pipe"), "pipe .* is a link or a device"),
    "escape": (escape, r"\.\./outside .* would lie outside the bundle"),
    "no manifest": (lambda b: (b / "manifest.json").unlink(), "it has no manifest.json"),
    "a manifest of nonsense": (
        lambda b: (b / "manifest.json").write_text("{}"),
        "manifest.json .* is no Manifest record",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_found_and_named(bundle: Path, name: str) -> None:
    change, message = CHANGES[name]
    change(bundle)
    with pytest.raises(BundleInvalid, match=message):
        verify_bundle(bundle)


def test_another_bundle_than_the_registered_one_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleInvalid, match="was registered"):
        verify_bundle(bundle, digest="sha256:" + "0" * 64)


def test_a_record_of_nonsense_is_named(tmp_path: Path) -> None:
    files: dict[str, bytes | Path] = {"release.json": b'{"model": 1}'}
    written = BundleFolder(tmp_path).write("churn", files, version="0.1.0")
    with pytest.raises(BundleInvalid, match=r"release\.json .* is no ReleaseFile record: model"):
        read_evidence(written)


def test_a_file_in_the_way_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "bundles").write_text("a file")
    with pytest.raises(TargetUnwritable, match="cannot be written"):
        BundleFolder(tmp_path / "bundles").write("churn", FILES, version="0.1.0")
    assert [path.name for path in tmp_path.iterdir()] == ["bundles"]
