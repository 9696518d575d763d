"""Retrain: from a run of a compiled pipeline to a registered candidate that knows its champion.

    run --finalize--> Finalization --infer, check--> Contract --rehearse--> Rehearsal
        --run again, compare--> Reproduction --ask the champion--> Comparison
        --evaluate--> Checkpoints --package--> Bundle --register--> Release, alias `candidate`

It is `main_job` without a notebook to run: the pipeline is proven to give the notebook's results,
and what the notebook's last line chooses from lies in the pipeline's store. The registry is
written last.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.environment import environment_facts
from lifecycle_core.adapters.evidence import MODEL, REHEARSAL
from lifecycle_core.adapters.kernel_environment import numeric_variables, processors
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.scheduling import LocalScheduler
from lifecycle_core.adapters.store import open_store
from lifecycle_core.adapters.worker import open_worker
from lifecycle_core.packaging import package
from lifecycle_core.promoting import evaluate, nominate
from lifecycle_core.releasing.ancestry import Ancestor, ancestor_of, compared
from lifecycle_core.releasing.compiled import (
    cell_labels,
    compiled_contract,
    compiled_notebook,
    finalize_cell,
    lineage_of,
    lock_of_run,
    stated_by,
    without_credentials,
)
from lifecycle_core.releasing.examining import examine
from lifecycle_core.releasing.refinalizing import Made, finalize_run, same_choice
from lifecycle_core.running import compare_runs, run
from lifecycle_core.schema.checkpoint import Evidence
from lifecycle_core.schema.packaged import Packaged
from lifecycle_core.schema.retrained import Retrained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.releasing.outside import Outside
    from lifecycle_core.schema.bundle import Lock
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.reproduction import Reproduction
    from lifecycle_core.schema.retraining import ChampionComparison

_FIRST_SEED, _OTHER_SEED = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraining:
    """What a release is retrained from.

    Attributes:
        run: A run of the package that ended well.
        store: That it used.
        given: The parameters that were asked for.
        read: By step, the files that the run read, with their digests.
    """

    package: Package
    run: PipelineRun
    store: Store
    given: Mapping[str, Any]
    read: Mapping[str, Mapping[str, str]]


def retrain(
    task: Retraining,
    *,
    outside: Outside,
    bundles_folder: Path,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Retrained:
    """Take a run of a pipeline to a registered candidate, and compare it with the champion.

    Args:
        task: The run and what it is of.
        outside: The systems to work with.
        bundles_folder: Where the bundle is written.
        progress: Told about each activity.

    Returns:
        The candidate, whether or not it is better than the champion.

    Raises:
        NoFinalization: The pipeline has no finalization.
        ReleaseFileInvalid: The release file or the contract it names is wrong.
        InvalidCall: The values of the run cannot be finalized.
        UntrustedModel: The model would run foreign code.
        TargetUnwritable: A file cannot be written.
        RegistryUnavailable: The registry does not answer.
        MissingExtra: A key for attestations is configured, and the extra `sign` is not installed.
    """
    compiled = task.package
    stated, finalize = stated_by(compiled)
    agreed = compiled_contract(compiled, stated)
    notebook = compiled_notebook(compiled)
    outside.bundles.require()
    outside.registry.require()
    ready = outside.apart.start(outside.registry.create)
    made = Made(
        run=task.run, place=compiled.place, store=task.store, stated=finalize, release=stated
    )
    variables = numeric_variables(hash_seed=_FIRST_SEED, threads=processors())
    with (
        tempfile.TemporaryDirectory(prefix="nbrelease-retrain-") as scratch,
        open_worker(variables=variables) as alone,
    ):
        evidence_folder = Path(scratch, "evidence")
        with told(progress, "Finalizing on the new data") as answer:
            finalization, modules = alone.run(finalize_run, made, evidence_folder)
            answer(finalization.chosen)
        lock = lock_of_run(compiled, modules, outside.environments)
        examined = examine(
            evidence_folder,
            finalization,
            stated=stated,
            agreed=agreed,
            outside=outside,
            progress=progress,
        )
        reproduction = _repeat(
            task, made, finalization, lock=lock, scratch=Path(scratch), progress=progress
        )
        ready.result()
        ancestor = outside.apart.run(ancestor_of, stated.model.name, outside.ledger)
        champion = None
        if ancestor:
            with told(progress, f"Comparing with {ancestor.words}") as answer:
                champion = compared(
                    ancestor, made, evidence_folder, finalization, outside=outside, alone=alone
                )
                answer(champion.standing.replace("_", " "))
        lineage = lineage_of(compiled, task.run, stated.model.name, ancestor, task.read)
        evidence = Evidence(
            release_file=stated,
            reproduction=reproduction,
            finalization=finalization,
            contract=examined.contract,
            contract_report=examined.report,
            rehearsal=examined.rehearsal,
            reference=examined.reference,
            pipeline=compiled.pipeline,
            lineage=lineage,
            champion=champion,
        )
        with told(progress, "Writing the bundle") as answer:
            bundle = package(
                evidence,
                notebook=notebook,
                execution=None,
                lock=lock,
                facts=examined.facts,
                model=evidence_folder / MODEL,
                contract_text=examined.contract_text,
                checkpoints=evaluate(evidence),
                bundles=outside.bundles,
                into=bundles_folder,
                fast_path=examined.fast_path,
                forms=examined.forms,
                compiled={**compiled.texts(), "run.json": task.run.to_json()},
            )
            answer(bundle.digest[:19])
    with told(progress, "Registering") as answer:
        registered = outside.apart.run(
            outside.registry.register,
            bundle,
            verdict=reproduction.verdict,
            lineage=lineage,
            standing=champion.standing if champion else "",
        )
        outside.apart.run(
            nominate,
            registered,
            ledger=outside.ledger,
            actor=outside.actor,
            reason=_reason(task, ancestor),
        )
        answer(f"{registered.name}/{registered.version}")
    judged = evaluate(evidence, bundle_digest=bundle.digest)
    return Retrained(
        run=task.run,
        packaged=Packaged(
            release=registered.model_copy(update={"aliases": ("candidate",)}),
            reproduction=reproduction,
            finalization=finalization,
            checkpoints=judged,
            bundle_path=bundle.path,
            card_path=f"{bundle.path}/card/card.html",
            next=_next(registered.name, champion, passed=judged.passed),
        ),
        lineage=lineage,
        champion=champion,
    )


def _repeat(
    task: Retraining,
    made: Made,
    finalization: Finalization,
    *,
    lock: Lock,
    scratch: Path,
    progress: Progress,
) -> Reproduction:
    """Run and finalize a second time from nothing, and say whether everything is as before."""
    compiled = task.package
    notebook = compiled_notebook(compiled)
    with told(progress, "Running the pipeline again, from nothing") as answer:
        store = open_store(str(scratch / "store"))
        (second,) = run(
            compiled,
            store=store,
            scheduler=LocalScheduler(hash_seed=_OTHER_SEED),
            parameters=[task.given],
            tell=None,
            progress=Silent(),
        ).runs
        labels = cell_labels(notebook)
        final = None
        if second.exit == "ok":
            index = finalize_cell(compiled, notebook)
            again = scratch / "again"
            variables = numeric_variables(hash_seed=_OTHER_SEED, threads=processors())
            with open_worker(variables=variables) as alone:
                other, _ = alone.run(finalize_run, replace(made, run=second, store=store), again)
            final = same_choice(
                finalization,
                other,
                rows=(scratch / "evidence" / REHEARSAL, again / REHEARSAL),
                index=index,
                label=labels.get(index, "%finalize"),
            )
        found = compare_runs(
            compiled.pipeline,
            [(task.run, _FIRST_SEED), (second, _OTHER_SEED)],
            read=task.read,
            labels=labels,
            environment=environment_facts(lock),
            threads=processors(),
            final=final,
        )
        answer(found.verdict)
    return found


def _next(name: str, champion: ChampionComparison | None, *, passed: bool) -> str:
    """Return what to do with a candidate."""
    if not passed:
        return "mend what is not passed, and run it again"
    if champion and champion.standing == "worse":
        return f"keep version {champion.version}, which costs less: nbrelease status {name}"
    return f"nbrelease promote {name} --to challenger"


def _reason(task: Retraining, ancestor: Ancestor | None) -> str:
    """Return what the ledger says of the nomination."""
    told = without_credentials(task.given)
    given = ", ".join(f"{name}={value}" for name, value in told.items())
    before = f"retrained from version {ancestor.release.version}" if ancestor else "trained"
    return f"{before} by pipeline {task.package.pipeline.name}" + (
        f" with {given}" if given else ""
    )
