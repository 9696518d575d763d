"""What is done with releases: judge them, move aliases, look back, check a bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import bundles_of, ledger_of, load_settings, registry_of
from lifecycle_core.verbs.downloading import downloaded, verifier_of
from lifecycle_core.verbs.duties import reviews_before
from lifecycle_core.verbs.moments import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lifecycle_core.promoting import Verified
    from lifecycle_core.schema.bundle import Bundle
    from lifecycle_core.schema.checkpoint import Checkpoints
    from lifecycle_core.schema.proposal import Proposal
    from lifecycle_core.schema.release import Entry, History, Release, Releases, Status
    from lifecycle_core.settings import Settings


def checkpoints(spec: str, *, as_of: datetime | str | None = None) -> Checkpoints:
    """Judge the six checkpoints of a release, such as `churn@candidate`.

    Args:
        spec: Which one.
        as_of: The moment by which reviews are due; now if None.
    """
    from lifecycle_core.promoting import evaluate

    settings = load_settings()
    verified = _verifier_at(settings, moment_of(as_of))(ledger_of(settings).resolve(spec))
    return evaluate(verified.evidence, bundle_digest=verified.digest)


def propose(
    name: str, *, version: int | None = None, as_of: datetime | str | None = None
) -> Proposal:
    """Return a version, by default the candidate, with every move that is possible from here."""
    from lifecycle_core.promoting import evaluate
    from lifecycle_core.promoting import propose as possible

    settings = load_settings()
    ledger = ledger_of(settings)
    history = ledger.history(name)
    release = ledger.resolve(f"{name}/{version}" if version else f"{name}@candidate")
    verified = _verifier_at(settings, moment_of(as_of))(release)
    return possible(history, release, evaluate(verified.evidence, bundle_digest=verified.digest))


def promote(
    name: str,
    *,
    to: str,
    version: int | None = None,
    instead_of: int | None = None,
    reason: str = "",
    actor: str | None = None,
    as_of: datetime | str | None = None,
) -> Entry:
    """Point an alias at a release, if the checkpoints that it needs are passed."""
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.promoting import promote as move

    settings = load_settings()
    return move(
        name,
        to=to,
        version=version,
        instead_of=instead_of,
        ledger=ledger_of(settings),
        verify=_verifier_at(settings, moment_of(as_of)),
        actor=identify(actor),
        reason=reason,
    )


def rollback(
    name: str,
    *,
    reason: str,
    to: str = "previous",
    alias: str | None = None,
    actor: str | None = None,
) -> Entry:
    """Point an alias back at a release it pointed at before: `previous`, or a version."""
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.promoting import rollback as move_back

    settings = load_settings()
    return move_back(
        name,
        reason=reason,
        to=to,
        alias=alias,
        ledger=ledger_of(settings),
        verify=verifier_of(settings),
        actor=identify(actor),
    )


def status(name: str) -> Status:
    """Return the versions of one release and where its aliases point."""
    return registry_of(load_settings()).status(name)


def releases() -> Releases:
    """Return every release in the registry."""
    from lifecycle_core.schema.release import Releases

    registry = registry_of(load_settings())
    names = tuple(registry.status(name) for name in registry.names())
    return Releases(registry=registry.address, names=names)


def history(name: str) -> History:
    """Return who moved the aliases of a release, when and why."""
    return ledger_of(load_settings()).history(name)


def verify(bundle: Path | str, *, key: Path | str | None = None) -> Bundle:
    """Check every byte of a bundle, its attestation and the types of its model; load nothing.

    Args:
        bundle: Its folder.
        key: File of the public key whose attestation it must have; the configured one if None.

    Returns:
        The bundle. Without a key it says only whether there is an attestation.

    Raises:
        BundleInvalid: It was changed, or the key does not attest it.
        UntrustedModel: Its model would run foreign code.
        InvalidCall: The key's file cannot be read, or is no such key.
        MissingExtra: There is a key, and the extra `sign` is not installed.
    """
    from lifecycle_core.adapters.models import SkopsModels

    settings = load_settings()
    if key:
        settings = replace(settings, public_key=Path(key))
    verified = bundles_of(settings).verify(Path(bundle))
    SkopsModels().judge(Path(bundle) / "model" / "model.skops")
    return verified


def attest(spec: str, *, key: Path | str | None = None) -> Bundle:
    """Attest a registered release with a private key; its attestation is kept with its files.

    Args:
        spec: Which one, such as `churn/3`.
        key: File of the private key; the configured one if None.

    Raises:
        InvalidCall: There is no key, or it cannot be used.
        ReleaseNotFound: There is no such release.
        BundleInvalid: The bundle is not what was registered; it was not attested.
        MissingExtra: The extra `sign` is not installed.
        TargetUnwritable: The registry's files cannot be written.
    """
    from lifecycle_core.adapters.attestation import ATTESTATION, Attestations
    from lifecycle_core.adapters.bundles import BundleFolders
    from lifecycle_core.delivering.verifying import verified_bundle

    settings = load_settings()
    attestations = Attestations(private_key=Path(key) if key else settings.private_key)
    if attestations.private_key is None:
        raise InvalidCall(
            "There is no private key to attest with.",
            hint="Name its file: `--key release.pem`, or `private_key` under [attestation] in "
            "nbrelease.toml.",
        )
    attestations.require()
    release = ledger_of(settings).resolve(spec)
    with downloaded(settings, release) as folder:
        # Not by `bundles_of`: one that is demanded and not there yet is what this is for.
        bundle = attestations.attest(verified_bundle(folder, release, BundleFolders()))
        registry_of(settings).attach(release, folder / ATTESTATION)
    return bundle.model_copy(update={"path": ""})


def _verifier_at(settings: Settings, now: datetime) -> Callable[[Release], Verified]:
    """Return what verifies a release, and adds to its evidence how its reviews stand."""
    verify = verifier_of(settings)

    def verified(release: Release) -> Verified:
        found = verify(release)
        standing = reviews_before(settings, release, found, now=now)
        evidence = found.evidence.model_copy(update={"reviews": standing})
        return type(found)(found.digest, evidence)

    return verified
