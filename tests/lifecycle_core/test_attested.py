"""Attested releases, end to end: packaged, promoted and served with a key, and refused without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import httpx
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from lifecycle_core import verbs
from lifecycle_core.adapters.attestation import ATTESTATION
from lifecycle_core.adapters.bundles import verify_bundle
from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.errors import BundleInvalid, InvalidCall
from lifecycle_core.verbs.serving import ServiceOptions
from tests.browser.small_release import register_one_version
from tests.command_line import nbrelease
from tests.fakes.keys import Keys, keys_in

pytestmark = pytest.mark.long

CONFIGURED = '[attestation]\nprivate_key = "../release.pem"\npublic_key = "../release.pub"\n'
VERIFIED = '[attestation]\npublic_key = "../release.pub"\n'


class Attested(NamedTuple):
    """A project with an attested version 1, the challenger, and the key's files beside it."""

    folder: Path
    keys: Keys

    @property
    def registry(self) -> MlflowRegistry:
        home = self.folder / ".nbrelease"
        return MlflowRegistry(f"sqlite:///{home / 'registry.db'}", home / "artifacts")

    @property
    def bundle(self) -> Path:
        return next((self.folder / ".nbrelease" / "bundles").glob("tumours-*"))

    def register_without(self) -> None:
        """Register version 2: the same files without an attestation."""
        shutil.copytree(self.bundle, self.folder / "plain")
        (self.folder / "plain" / ATTESTATION).unlink()
        self.registry.register(verify_bundle(self.folder / "plain"), verdict="identical")

    def move(self, version: int) -> None:
        """Move the challenger as somebody would who writes to the registry himself."""
        ledger = Ledger(self.registry)
        ledger.commit(
            ledger.propose(
                ledger.history("tumours"), action="promote", alias="challenger",
                target=self.registry.release("tumours", version), actor=Actor("eve", "stated"),
            )
        )  # fmt: skip


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outer = tmp_path_factory.mktemp("attested")
    keys_in(outer)
    (outer / "project").mkdir()
    (outer / "project" / "nbrelease.toml").write_text(CONFIGURED)
    register_one_version(outer / "project")
    return outer


@pytest.fixture
def attested(registered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attested:
    """A copy in which only the public key is configured, as where releases are used."""
    shutil.copytree(registered, tmp_path / "outer")
    folder = tmp_path / "outer" / "project"
    (folder / "nbrelease.toml").write_text(VERIFIED)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NBRELEASE_HOME", str(folder / ".nbrelease"))
    return Attested(folder, Keys(tmp_path / "outer/release.pem", tmp_path / "outer/release.pub"))


def test_a_bundle_says_by_which_key_it_is_attested(attested: Attested) -> None:
    ended = nbrelease("verify", attested.bundle, "--json", "b.json", cwd=attested.folder)
    assert ended.code == 0, ended.messages
    by = json.loads((attested.folder / "b.json").read_text())["attested_by"]
    assert f"by the key {by}" in " ".join(ended.answer.split())
    (attested.folder / "nbrelease.toml").unlink()
    unchecked = nbrelease("verify", attested.bundle, cwd=attested.folder)
    assert (unchecked.code, "not checked: no public key" in unchecked.answer) == (0, True)
    others = keys_in(attested.folder, "others")
    wrong = nbrelease("verify", attested.bundle, "--key", others.public, cwd=attested.folder)
    assert (wrong.code, wrong.answer) == (2, "")
    assert "it is of the key" in wrong.messages
    (attested.bundle / ATTESTATION).unlink()
    none = nbrelease("verify", attested.bundle, cwd=attested.folder)
    assert (none.code, "Attestation  none" in none.answer) == (0, True)


def test_what_is_not_attested_is_neither_promoted_nor_returned_to_nor_scored_with(
    attested: Attested,
) -> None:
    attested.register_without()
    with pytest.raises(BundleInvalid, match="there is none, and one of the key"):
        verbs.promote("tumours", to="challenger", version=2)
    attested.move(2)
    attested.move(1)
    with pytest.raises(BundleInvalid, match="there is none, and one of the key"):
        verbs.rollback("tumours", to="2", reason="try")
    table = load_breast_cancer(as_frame=True).data.iloc[:5, :5]
    table.to_csv("in.csv", index=False)
    with pytest.raises(BundleInvalid, match="there is none, and one of the key"):
        verbs.score("tumours/2", source="in.csv", target="out.parquet")
    assert not Path("out.parquet").exists()
    verbs.score("tumours/1", source="in.csv", target="out.parquet")
    assert len(pd.read_parquet("out.parquet")) == 5


def test_a_registered_release_is_attested_by_whoever_has_the_key(attested: Attested) -> None:
    attested.register_without()
    with pytest.raises(InvalidCall, match="no private key to attest with"):
        verbs.attest("tumours/2")
    found = nbrelease("attest", "tumours/2", "--key", attested.keys.private, cwd=attested.folder)
    assert found.code == 0, found.messages
    assert "by the key sha256:" in " ".join(found.answer.split())
    assert verbs.promote("tumours", to="challenger", version=2).valid


def test_an_attestation_is_made_of_what_was_registered_alone(attested: Attested) -> None:
    (model,) = (attested.folder / ".nbrelease" / "artifacts").rglob("model.skops")
    before = (model.parents[1] / ATTESTATION).read_bytes()
    model.write_bytes(model.read_bytes() + b"\n")
    with pytest.raises(BundleInvalid, match=r"model/model.skops: it has"):
        verbs.attest("tumours/1", key=attested.keys.private)
    assert (model.parents[1] / ATTESTATION).read_bytes() == before


def test_a_service_refuses_what_is_not_attested_and_the_old_one_stays(attested: Attested) -> None:
    attested.register_without()
    beside = verbs.serve_meanwhile("tumours@challenger")
    service = beside.start()
    row = load_breast_cancer(as_frame=True).data.iloc[0, :5].to_dict()
    attested.move(2)
    refused: list[dict[str, str]] = []
    while not refused:
        refused = httpx.get(f"{service.address}/health/ready").json()["refused"]
    assert refused[0]["reason"].startswith("The attestation of tumours")
    answer = httpx.post(f"{service.address}/score", json=row).json()
    assert (answer["version"], answer["answered_by"]) == (1, "model")
    beside.stop()
    with pytest.raises(BundleInvalid, match="there is none, and one of the key"):
        verbs.serve("tumours@challenger", options=ServiceOptions(port=0), ready=print)


def test_a_key_that_cannot_be_used_stops_a_run_before_it_begins(attested: Attested) -> None:
    attested.keys.private.unlink()
    key = str(attested.keys.private)
    ended = nbrelease(
        "run", "first.ipynb", cwd=attested.folder, NBRELEASE_ATTESTATION_PRIVATE_KEY=key
    )
    assert (ended.code, ended.answer) == (2, "")
    assert f"The private key {key} cannot be read" in ended.messages
    assert "Running the notebook" not in ended.messages
