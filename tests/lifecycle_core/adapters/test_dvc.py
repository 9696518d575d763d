from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle_core.adapters.dvc import TrackedFile, named_in, tracked_by
from tests.fakes.dvc import track


@pytest.mark.parametrize("cache", ["files/md5", ""])
def test_the_content_that_was_tracked_comes_from_the_cache(tmp_path: Path, cache: str) -> None:
    told = track(tmp_path, "x.csv", b"old", cache=cache)
    (tmp_path / "x.csv").write_bytes(b"new")
    (tracked,) = tracked_by([told, tmp_path / "x.csv"])
    assert tracked.path == tmp_path / "x.csv"
    assert tracked.content(tmp_path) == b"old"


@pytest.mark.parametrize("md5", ["aa/dev/zero", "a1", "", "A" * 32, f"{'a' * 32}.dir"])
def test_only_a_digest_leads_into_the_cache(tmp_path: Path, md5: str) -> None:
    assert TrackedFile(path=tmp_path / "x", md5=md5).content(tmp_path) is None


def test_what_the_cache_does_not_hold_or_holds_changed_is_not_had(tmp_path: Path) -> None:
    (tracked,) = tracked_by([track(tmp_path, "x.csv", b"old")])
    (kept,) = [file for file in (tmp_path / ".dvc").rglob("*") if file.is_file()]
    kept.write_bytes(b"other")
    assert tracked.content(tmp_path) is None
    kept.unlink()
    assert tracked.content(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"[1", b"- a", b"outs: 3", b"outs:\n- md5: a", b"\xff\xfe", b"outs:\n- path: ../../x\n",
     b"outs:\n- path: /etc/passwd\n", b"outs:\n- path: 2024-13-45\n", b"outs: !!int ''",
     b"outs:\n- path: " + b"9" * 5000, b"[" * 3000, b'outs:\n- path: "a\\0b"\n',
     b'outs:\n- path: "\\ud800"\n', b"outs:\n- path: .\n", b"outs:\n- path: ''\n",
     b"outs:\n- path: &a [x, x]\n- path: &b [*a, *a]\n- path: [*b, *b]\n"],
)  # fmt: skip
def test_what_is_not_of_dvcs_form_or_lies_elsewhere_names_nothing(content: bytes) -> None:
    assert list(named_in(content, Path("data"))) == []
