from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from lifecycle_core.adapters.attestation import ATTESTATION, Attestations
from lifecycle_core.adapters.bundles import BundleFolders, verify_bundle, write_bundle
from lifecycle_core.errors import BundleInvalid, InvalidCall, MissingExtra
from tests.fakes.keys import Keys, keys_in

if TYPE_CHECKING:
    from collections.abc import Callable

FILES: dict[str, bytes | Path] = {"release.json": b"{}", "model/model.skops": b"model"}


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return keys_in(tmp_path)


def attesting(keys: Keys) -> BundleFolders:
    return BundleFolders(Attestations(private_key=keys.private))


def demanding(keys: Keys) -> BundleFolders:
    return BundleFolders(Attestations(public_key=keys.public))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_what_a_key_attests_its_public_half_lets_in(
    tmp_path: Path, curve: ec.EllipticCurve
) -> None:
    keys = keys_in(tmp_path, key=ec.generate_private_key(curve))
    written = attesting(keys).write("churn", FILES, tmp_path / "bundles")
    fingerprint = f"sha256:{hashlib.sha256(keys.public.read_bytes()).hexdigest()}"
    assert (written.attested, written.attested_by) == (True, fingerprint)
    assert demanding(keys).verify(Path(written.path), digest=written.digest) == written
    # The digest, and whoever demands nothing, know nothing of it.
    assert written.digest == write_bundle("churn", FILES, tmp_path / "others").digest
    unchecked = BundleFolders().verify(Path(written.path))
    assert (unchecked.attested, unchecked.attested_by) == (True, "")


def test_the_tool_of_model_signing_checks_it_too(tmp_path: Path, keys: Keys) -> None:
    written = attesting(keys).write("churn", FILES, tmp_path)
    proof = Path(written.path, ATTESTATION)
    program = [sys.executable, "-m", "model_signing", "verify", "key", written.path]
    words = ["--signature", str(proof), "--public_key", str(keys.public)]
    ended = subprocess.run([*program, *words], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_a_renamed_and_copied_bundle_is_still_attested(tmp_path: Path, keys: Keys) -> None:
    written = attesting(keys).write("churn", FILES, tmp_path / "bundles")
    shutil.copytree(written.path, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "registered_model_meta").write_text("by MLflow")
    assert demanding(keys).verify(tmp_path / "elsewhere").attested_by == written.attested_by


def without(bundle: Path, _: Keys) -> None:
    (bundle / ATTESTATION).unlink()


def of_another_key(bundle: Path, keys: Keys) -> None:
    others = keys_in(keys.private.parent, "others")
    Attestations(private_key=others.private).attest(verify_bundle(bundle))


def with_the_name_of_the_wanted_key(bundle: Path, keys: Keys) -> None:
    good = json.loads((bundle / ATTESTATION).read_text())
    of_another_key(bundle, keys)
    forged = json.loads((bundle / ATTESTATION).read_text())
    forged["verificationMaterial"] = good["verificationMaterial"]
    (bundle / ATTESTATION).write_text(json.dumps(forged))


def of_an_older_version(bundle: Path, keys: Keys) -> None:
    older = attesting(keys).write("churn", {"release.json": b"old"}, bundle.parent / "older")
    shutil.copy(Path(older.path, ATTESTATION), bundle)


def with_the_statement_changed(change: Callable[[Any], None], bundle: Path) -> None:
    proof = json.loads((bundle / ATTESTATION).read_text())
    envelope = proof["dsseEnvelope"]
    statement = json.loads(base64.b64decode(envelope["payload"]))
    change(statement)
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    (bundle / ATTESTATION).write_text(json.dumps(proof))


def edited_with_manifest_and_statement(bundle: Path, _: Keys) -> None:
    """Edit the model as somebody would who may write everything but has not the key."""
    (bundle / "model/model.skops").write_bytes(b"MODEL")
    digest = hashlib.sha256(b"MODEL").hexdigest()
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"]["model/model.skops"]["sha256"] = digest
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    of_manifest = hashlib.sha256((bundle / "manifest.json").read_bytes()).hexdigest()
    new = {"model/model.skops": digest, "manifest.json": of_manifest}

    def change(statement: Any) -> None:  # noqa: ANN401 - JSON
        for each in statement["predicate"]["resources"]:
            each["digest"] = new.get(each["name"], each["digest"])

    with_the_statement_changed(change, bundle)


def edited_with_manifest(bundle: Path, _: Keys) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "model/model.skops").write_bytes(b"MODEL")
    manifest["files"]["model/model.skops"]["sha256"] = hashlib.sha256(b"MODEL").hexdigest()
    (bundle / "manifest.json").write_text(json.dumps(manifest))


def edited(bundle: Path, _: Keys) -> None:
    (bundle / "model/model.skops").write_bytes(b"MODEL")


def added(bundle: Path, _: Keys) -> None:
    (bundle / ".gitignore").write_text("*")


def signed_with_a_file_left_out(bundle: Path, keys: Keys) -> None:
    """The key's own attestation, made by model-signing with more left out than we let be."""
    from model_signing import hashing, signing

    left_out = hashing.Config().set_ignored_paths(paths=[ATTESTATION, "model"])
    signer = signing.Config().use_elliptic_key_signer(private_key=keys.private)
    signer.set_hashing_config(left_out).sign(bundle, bundle / ATTESTATION)


def garbage(content: bytes) -> Callable[[Path, Keys], None]:
    def write(bundle: Path, _: Keys) -> None:
        (bundle / ATTESTATION).write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("harm", "fact"),
    [
        (without, "there is none, and one of the key sha256:.* is demanded"),
        (of_another_key, "it is of the key sha256:.*, want sha256:"),
        (with_the_name_of_the_wanted_key, "it does not hold"),
        (of_an_older_version, "it is of another bundle, sha256:"),
        (edited, "model/model.skops: it has 5 bytes"),
        (edited_with_manifest, "it is of another bundle, sha256:"),
        (edited_with_manifest_and_statement, "it does not hold"),
        (added, ".gitignore: it is not in the manifest"),
        (signed_with_a_file_left_out, "it does not speak of every file"),
        (garbage(b"{}"), "it is no attestation by a key"),
        (garbage(b"\xff"), "it is no attestation by a key"),
        (garbage(b"[" * 200_000), "it is no attestation by a key"),
        (garbage(b" " * ((16 << 20) + 1)), "it is larger than"),
    ],
)
def test_what_the_key_does_not_attest_is_refused(
    tmp_path: Path, keys: Keys, harm: Callable[[Path, Keys], None], fact: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    bundle = Path(attesting(keys).write("churn", FILES, tmp_path / "bundles").path)
    harm(bundle, keys)
    with pytest.raises(BundleInvalid, match=fact) as refused:
        demanding(keys).verify(bundle)
    assert refused.value.exit_code == 2
    assert refused.value.hint
    assert capsys.readouterr().out == ""


def test_a_bundle_that_was_written_before_is_attested_when_there_is_a_key(
    tmp_path: Path, keys: Keys
) -> None:
    plain = BundleFolders().write("churn", FILES, tmp_path / "bundles")
    assert not plain.attested
    assert attesting(keys).write("churn", FILES, tmp_path / "bundles").attested
    assert demanding(keys).verify(Path(plain.path)).attested


def encrypted(folder: Path) -> Keys:
    return keys_in(folder, password="secret")


def readable(folder: Path) -> Keys:
    keys = keys_in(folder)
    keys.private.chmod(0o644)
    return keys


def swapped(folder: Path) -> Keys:
    keys = keys_in(folder)
    keys.public.chmod(0o600)
    return Keys(private=keys.public, public=keys.private)


@pytest.mark.parametrize(
    ("make", "private", "public"),
    [
        (lambda folder: Keys(folder / "a", folder / "b"), "cannot be read: No such", "cannot be"),
        (swapped, "holds no private key in PEM", "holds no public key in PEM"),
        (encrypted, "is encrypted", None),
        (readable, "Everybody on this machine can read the private key", None),
        (
            lambda folder: keys_in(folder, key=ed25519.Ed25519PrivateKey.generate()),
            "is no elliptic-curve key on P-256", "is no elliptic-curve key on P-256",
        ),
        (
            lambda folder: keys_in(folder, key=ec.generate_private_key(ec.SECP256K1())),
            "is no elliptic-curve key on P-256", "is no elliptic-curve key on P-256",
        ),
        (
            lambda folder: keys_in(folder, key=rsa.generate_private_key(65537, 2048)),
            "is no elliptic-curve key on P-256", "is no elliptic-curve key on P-256",
        ),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_used_is_told_before_anything_is_done(
    tmp_path: Path, make: Callable[[Path], Keys], private: str, public: str | None
) -> None:
    keys = make(tmp_path)
    with pytest.raises(InvalidCall, match=private) as refused:
        attesting(keys).require()
    assert refused.value.hint
    if public is not None:
        with pytest.raises(InvalidCall, match=public):
            demanding(keys).require()


@pytest.mark.parametrize("library", ["model_signing", "OpenSSL"])
def test_without_the_extra_it_is_said_how_to_get_it(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    written = attesting(keys).write("churn", FILES, tmp_path / "bundles")
    monkeypatch.setitem(sys.modules, library, None)
    for refused in (attesting(keys).require, lambda: demanding(keys).verify(Path(written.path))):
        with pytest.raises(MissingExtra, match=f"{library}, which is not installed") as failed:
            refused()
        assert failed.value.hint == "pip install 'nbrelease[sign]'"
    assert BundleFolders().verify(Path(written.path)).attested
