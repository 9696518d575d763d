from __future__ import annotations

import logging
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.adapters.registry.session import session
from lifecycle_core.errors import (
    ReleaseNotFound,
)
from tests.fakes.promoting import (
    a_bundle,
    create_registry,
    moved,
    names_in,
    registered,
)

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


def test_a_bundle_comes_back_byte_for_byte(registry: MlflowRegistry, tmp_path: Path) -> None:
    bundle = a_bundle(tmp_path)

    release = registry.register(bundle, verdict="cosmetic")
    first = registry.download(release, tmp_path / "here")
    second = registry.download(release, tmp_path / "here")

    assert (release.name, release.version, release.verdict) == ("churn", 1, "cosmetic")
    assert release.bundle_digest == bundle.digest
    assert release.created.endswith("Z")
    assert registry.release("churn", 1) == release
    assert first != second
    for copy in (first, second):
        found = {p.relative_to(copy): p.read_bytes() for p in copy.rglob("*") if p.is_file()}
        assert found == {
            Path("manifest.json"): b"\x00\r\n\xff",
            Path("model/model.skops"): b"\x00\r\n\xff" * 1000,
        }


def test_files_kept_elsewhere_come_through_mlflow(registry: MlflowRegistry, tmp_path: Path) -> None:
    release = registry.register(a_bundle(tmp_path), verdict="identical")
    other = MlflowRegistry(registry.uri, tmp_path / "another place")

    copy = other.download(release, tmp_path / "here")

    assert {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()} == {
        "manifest.json",
        "model/model.skops",
    }


def test_a_name_counts_up_and_never_down(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path, 3)
    with session(registry.uri) as client:
        client.delete_model_version("churn", "3")

    fourth = registry.register(a_bundle(tmp_path), verdict="identical")

    assert fourth.version == 4
    assert [release.version for release in registry.releases("churn")] == [1, 2, 4]
    assert registry.names() == ("churn",)
    with pytest.raises(ReleaseNotFound, match="no churn/3") as caught:
        registry.release("churn", 3)
    assert caught.value.hint == "Versions of churn: 1, 2, 4."


def test_models_of_others_are_left_alone(registry: MlflowRegistry, tmp_path: Path) -> None:
    with session(registry.uri) as client:
        client.create_registered_model("theirs")
        client.create_registered_model("churn")
        client.create_model_version("churn", source="somewhere")

    release = registry.register(a_bundle(tmp_path), verdict="identical")

    assert release.version == 2
    assert registry.names() == ("churn",)
    assert [found.version for found in registry.releases("churn")] == [2]
    with pytest.raises(ReleaseNotFound, match="no churn/1"):
        registry.release("churn", 1)


def test_a_moved_project_keeps_its_releases(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path)
    shutil.move(registry.artifacts.parent, tmp_path / "elsewhere")
    home = tmp_path / "elsewhere"
    there = MlflowRegistry(f"sqlite:///{home / 'registry.db'}", home / "artifacts")

    old = there.download(there.release("churn", 1), tmp_path / "copy")
    new = there.register(a_bundle(tmp_path), verdict="identical")

    assert (old / "manifest.json").read_bytes() == b"0"
    assert (there.download(new, tmp_path / "copy") / "manifest.json").exists()
    assert not registry.artifacts.exists()


def test_many_processes_make_one_registry(tmp_path: Path, processes: ProcessPoolExecutor) -> None:
    uri = f"sqlite:///{tmp_path / 'new' / 'registry.db'}"
    made = [processes.submit(create_registry, uri, tmp_path / "artifacts") for _ in range(2)]
    assert [run.result() for run in made] == [(), ()]

    assert names_in(tmp_path / "new") == ["registry.db"]


def test_looking_makes_no_registry(tmp_path: Path) -> None:
    registry = MlflowRegistry(f"sqlite:///{tmp_path / 'no' / 'registry.db'}", tmp_path / "a")

    assert registry.names() == ()
    assert registry.releases("churn") == ()
    assert registry.events("churn") == ()
    with pytest.raises(ReleaseNotFound, match="no release called churn") as caught:
        Ledger(registry).history("churn")
    assert caught.value.hint == "Make one: `nbrelease run NOTEBOOK`."
    assert names_in(tmp_path) == []


def test_the_process_is_left_as_it_was(
    registry: MlflowRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://theirs:5000")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    monkeypatch.chdir(tmp_path)
    level = logging.getLogger("mlflow").level
    before = dict(os.environ), mlflow.get_tracking_uri()

    registered(registry, tmp_path)
    moved(registry, 1)

    assert (dict(os.environ), mlflow.get_tracking_uri()) == before
    assert logging.getLogger("mlflow").level == level
    assert not (tmp_path / "mlruns").exists()
    assert not (tmp_path / "mlflow.db").exists()


def test_another_address_that_the_user_set_is_kept(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    import mlflow
    from mlflow.tracking._tracking_service.utils import _use_tracking_uri

    with _use_tracking_uri(f"sqlite:///{tmp_path / 'theirs.db'}"):
        registered(registry, tmp_path)
        assert mlflow.get_tracking_uri().endswith("theirs.db")

    assert not (tmp_path / "theirs.db").exists()


def test_importing_the_registry_does_not_load_mlflow() -> None:
    code = (
        "import sys, lifecycle_core.adapters.ledger, lifecycle_core.adapters.registry\n"
        "sys.exit('mlflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_registry_crosses_processes() -> None:
    registry = MlflowRegistry("http://ann:secret@host:5000", Path("artifacts"))

    assert pickle.loads(pickle.dumps(registry)) == registry  # noqa: S301 - our own bytes
    assert registry.address == "http://***@host:5000"
