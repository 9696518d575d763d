"""The Python twins of the magics and of the command line: read settings, build adapters, call.

Each verb takes what a person would type and returns a record. The command line and the Jupyter
face both stand on this module, so that a thing is done in one way wherever it is asked for.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.settings import ledger_of, load_settings, registry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lifecycle_core.adapters.evidence import EvidenceStore
    from lifecycle_core.promoting import Verified
    from lifecycle_core.schema.base import Record
    from lifecycle_core.schema.bundle import Bundle
    from lifecycle_core.schema.checkpoint import Checkpoints
    from lifecycle_core.schema.contract import Contract, ContractReport
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.packaged import Packaged
    from lifecycle_core.schema.proposal import Proposal
    from lifecycle_core.schema.release import (
        Entry,
        History,
        Release,
        Releases,
        ScoreSummary,
        Status,
    )
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.reproduction import Reproduction
    from lifecycle_core.settings import Settings

__all__ = [
    "check_contract", "checkpoints", "finalize", "history", "infer_contract", "package",
    "parse_release", "promote", "propose", "releases", "reproduce", "rollback", "score", "status",
    "to_html", "to_text", "verify",
]  # fmt: skip

_SILENT = Silent()
_NONE: Mapping[str, Any] = MappingProxyType({})


def finalize(
    candidates: Mapping[str, Any],
    X: Any,  # noqa: ANN401, N803 - scikit-learn's name; checked inside
    y: Any,  # noqa: ANN401 - checked inside
    *,
    release: ReleaseFile,
    holdout: tuple[Any, Any] | None = None,
    folds: int = 5,
    seed: int = 0,
    keep: EvidenceStore | None = None,
) -> Finalization:
    """Choose one candidate and one decision rule by what they cost; see `finalizing.finalize`.

    In a clean run the evidence also goes where `nbrelease run` reads it.
    """
    from lifecycle_core.adapters.evidence import EvidenceChain, EvidenceFolder
    from lifecycle_core.adapters.models import SkopsModels
    from lifecycle_core.finalizing import finalize as choose

    stores: list[EvidenceStore] = [keep] if keep else []
    if folder := os.environ.get("NBRELEASE_EVIDENCE"):
        stores.append(EvidenceFolder(Path(folder), SkopsModels()))
    return choose(
        candidates,
        X,
        y,
        release=release,
        holdout=holdout,
        folds=folds,
        seed=seed,
        evidence=EvidenceChain(tuple(stores)),
    )


def reproduce(
    notebook: Path | str,
    *,
    parameters: Mapping[str, Any] = _NONE,
    rtol: float | None = None,
    cell_timeout: float | None = None,
    progress: Progress = _SILENT,
) -> Reproduction:
    """Run a notebook from a clean start and compare every cell with its stored outputs.

    Args:
        notebook: A saved notebook.
        parameters: Values for its `parameters` cell.
        rtol: Relative difference at which two numbers count as equal, in [0, 1).
        cell_timeout: Seconds one cell may run.
        progress: Told about each cell.
    """
    from lifecycle_core.adapters.engine import PapermillEngine
    from lifecycle_core.adapters.environment import UvEnvironments
    from lifecycle_core.releasing import Strictness, reproduce_only

    return reproduce_only(
        Path(notebook),
        engine=PapermillEngine(),
        environments=UvEnvironments(),
        parameters=parameters,
        strictness=Strictness(rtol=rtol, cell_timeout=cell_timeout),
        progress=progress,
    )


def package(
    notebook: Path | str,
    *,
    parameters: Mapping[str, Any] = _NONE,
    rtol: float | None = None,
    cell_timeout: float | None = None,
    progress: Progress = _SILENT,
) -> Packaged:
    """Take a notebook to a registered candidate and judge the six checkpoints.

    The arguments are those of `reproduce`.
    """
    from lifecycle_core.releasing import Strictness, release
    from lifecycle_core.settings import outside

    settings = load_settings()
    with outside(settings) as systems:
        return release(
            Path(notebook),
            outside=systems,
            bundles_folder=settings.bundles,
            parameters=parameters,
            strictness=Strictness(rtol=rtol, cell_timeout=cell_timeout),
            progress=progress,
        )


def checkpoints(spec: str) -> Checkpoints:
    """Judge the six checkpoints of a release, such as `churn@candidate`, from its bundle."""
    from lifecycle_core.promoting import evaluate

    settings = load_settings()
    verified = _verifier(settings)(ledger_of(settings).resolve(spec))
    return evaluate(verified.evidence, bundle_digest=verified.digest)


def propose(name: str, *, version: int | None = None) -> Proposal:
    """Return a version, by default the candidate, with every move that is possible from here."""
    from lifecycle_core.promoting import evaluate
    from lifecycle_core.promoting import propose as possible

    settings = load_settings()
    ledger = ledger_of(settings)
    history = ledger.history(name)
    release = ledger.resolve(f"{name}/{version}" if version else f"{name}@candidate")
    verified = _verifier(settings)(release)
    return possible(history, release, evaluate(verified.evidence, bundle_digest=verified.digest))


def promote(
    name: str, *, to: str, version: int | None = None, reason: str = "", actor: str | None = None
) -> Entry:
    """Point an alias at a release, if the checkpoints that it needs are passed."""
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.promoting import promote as move

    settings = load_settings()
    return move(
        name,
        to=to,
        version=version,
        ledger=ledger_of(settings),
        verify=_verifier(settings),
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
        verify=_verifier(settings),
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


def verify(bundle: Path | str) -> Bundle:
    """Check every byte of a bundle and the types of its model; nothing of it is loaded."""
    from lifecycle_core.adapters.bundles import verify_bundle
    from lifecycle_core.adapters.models import SkopsModels

    verified = verify_bundle(Path(bundle))
    SkopsModels().judge(Path(bundle) / "model" / "model.skops")
    return verified


def score(
    spec: str,
    *,
    source: Path | str,
    target: Path | str,
    keep: tuple[str, ...] = (),
    progress: Progress = _SILENT,
) -> ScoreSummary:
    """Score a table with a release: score, decision and release version for each row."""
    from lifecycle_core.adapters.bundles import BundleFolders
    from lifecycle_core.adapters.models import SkopsModels
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import check
    from lifecycle_core.delivering import score as deliver

    settings = load_settings()
    tables = DuckTables()
    tables.outline(Path(source))  # a table that cannot be read is told before the registry is asked
    release = ledger_of(settings).resolve(spec)
    activity = f"Scoring with {release.name}/{release.version}"
    progress.begin(activity)
    with _downloaded(settings, release) as bundle:
        summary = deliver(
            release,
            bundle,
            Path(source),
            Path(target),
            keep=keep,
            bundles=BundleFolders(),
            models=SkopsModels(),
            tables=tables,
            judge=check,
        )
    progress.end(activity, f"{summary.rows:,} rows")
    return summary


def infer_contract(table: Path | str, out: Path | str) -> Contract:
    """Draw a contract from a table and write it; what people know is left to be filled in.

    Raises:
        InvalidCall: The file exists: what somebody filled in is never overwritten.
    """
    from lifecycle_core.adapters.files import write_new
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import infer, to_odcs

    target = Path(out)
    contract = infer(DuckTables().profile(Path(table)), name=target.name.partition(".")[0])
    write_new(target, to_odcs(contract))
    return contract


def check_contract(contract: Path | str, table: Path | str) -> ContractReport:
    """Check a table against a contract."""
    from datetime import UTC, datetime

    from lifecycle_core.adapters.files import digest_bytes, read_text
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.contracting import check, from_odcs

    text = read_text(Path(contract))
    agreed = from_odcs(text, str(contract))
    return check(
        agreed,
        DuckTables().measure(Path(table), agreed),
        digest=digest_bytes(text.encode()),
        agreed=True,
        now=datetime.now(UTC),
    )


def to_html(record: Record) -> str:
    """Return a record as an HTML fragment that loads and runs nothing."""
    from lifecycle_core.adapters.rendering import to_html as render

    return render(record)


def to_text(record: Record, *, width: int = 100, color: bool = False) -> str:
    """Return a record as text, `width` characters wide."""
    from lifecycle_core.adapters.rendering import to_text as render

    return render(record, width=width, color=color)


@contextmanager
def _downloaded(settings: Settings, release: Release) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nbrelease-bundle-") as folder:
        yield registry_of(settings).download(release, Path(folder))


def _verifier(settings: Settings) -> Callable[[Release], Verified]:
    """Return what downloads a release, verifies every digest and reads its evidence."""
    from lifecycle_core.adapters.bundled_evidence import read_evidence
    from lifecycle_core.adapters.bundles import BundleFolders
    from lifecycle_core.promoting import Verified

    bundles = BundleFolders()

    def verified(release: Release) -> Verified:
        with _downloaded(settings, release) as folder:
            bundle = bundles.verify(folder, digest=release.bundle_digest)
            return Verified(bundle.digest, read_evidence(bundle, folder, bundles=bundles))

    return verified
