"""Release a notebook: from "it ran once on my machine" to a registered candidate.

    path --read--> Notebook --run clean--> Execution --reproduce--> Reproduction
         --infer, check--> Contract --rehearse--> Rehearsal --evaluate--> Checkpoints
         --package--> Bundle --register--> Release, with the alias `candidate`

This module holds the order of the activities and nothing else. Each takes records and returns a
new one; the user's files are never written, and the registry is written last: an activity that
fails leaves nothing behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.circumstances import LookAround
from lifecycle_core.adapters.environment import environment_facts
from lifecycle_core.adapters.evidence import MODEL, RECORD
from lifecycle_core.adapters.files import read_text
from lifecycle_core.adapters.pipeline_packages import RECORD as RECORD_OF_PIPELINE
from lifecycle_core.adapters.pipeline_packages import compiled_from
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.workspace import open_scratch, read_notebook
from lifecycle_core.notebooks.execution import with_outputs
from lifecycle_core.packaging import package
from lifecycle_core.promoting import evaluate, nominate
from lifecycle_core.releasing.ancestry import ancestor_of
from lifecycle_core.releasing.beside_champion import bring, lineage_of_notebook, read_comparison
from lifecycle_core.releasing.examining import examine
from lifecycle_core.releasing.findings import read_findings
from lifecycle_core.releasing.preconditions import (
    agreed_contract,
    read_finalization,
    require_end,
    require_finalize,
    stated_release,
)
from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.checkpoint import Evidence
from lifecycle_core.schema.packaged import Packaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.releasing.outside import Outside
    from lifecycle_core.releasing.strictness import Strictness


def release(
    path: Path,
    *,
    outside: Outside,
    bundles_folder: Path,
    parameters: Mapping[str, Any],
    strictness: Strictness,
    again: bool = False,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Packaged:
    """Take a notebook to a registered candidate and judge the six checkpoints.

    Args:
        path: A saved notebook with a `%%release` cell (or a `release.yaml` beside it) and a
            `%finalize` line.
        outside: The systems to work with.
        bundles_folder: Where the bundle is written.
        parameters: Values for the notebook's `parameters` cell.
        strictness: What the caller asks for.
        again: A release is made anew on other data: the notebook runs twice, for its stored outputs
            are of the data of before, and the champion is asked about the new rows.
        progress: Told about each activity and each cell.

    Returns:
        The candidate, whether or not it passes its checkpoints: promotion is where they bar.

    Raises:
        NotebookInvalid: It cannot be read or run as it is.
        ReleaseFileInvalid: The release file or the contract it names is wrong.
        NoFinalization: No `%finalize` took place.
        CellFailed: A cell raised.
        RunStopped: The kernel died, hung or left early.
        UntrustedModel: The model would run foreign code.
        TargetUnwritable: A file cannot be written.
        RegistryUnavailable: The registry does not answer.
        MissingExtra: A key for attestations is configured, and the extra `sign` is not installed.
    """
    notebook = read_notebook(path)
    stated = stated_release(notebook)
    require_finalize(notebook)
    agreed = agreed_contract(path.parent, stated)
    policy = stated.policy
    compiled = compiled_from(path, notebook.digest)
    outside.bundles.require()
    outside.registry.require()
    ready = outside.apart.start(outside.registry.create)

    ancestor = outside.apart.run(ancestor_of, stated.model.name, outside.ledger) if again else None
    with open_scratch(path) as scratch:
        if ancestor:
            bring(ancestor, scratch, outside)
        runs = ScratchRuns(
            outside.engine,
            scratch,
            parameters=parameters,
            cell_timeout=strictness.cell_timeout or policy.cell_timeout,
            progress=progress,
        )
        execution, *others = runs.together(
            clean_plans(notebook, 2 if again else 1), "Running the notebook"
        )
        require_end(notebook, execution)
        workspace = runs.workspaces[0]
        finalization = read_finalization(workspace.evidence / RECORD, path)

        with told(progress, "Locking the environment") as answer:
            lock = outside.environments.lock(execution.modules)
            answer(f"{lock.packages} packages")
        reproduction = reproduce(
            with_outputs(notebook, execution) if others else notebook,
            others or [execution],
            rtol=policy.rtol if strictness.rtol is None else strictness.rtol,
            environment=environment_facts(lock),
            runs=runs if strictness.explain and not others else None,
            findings=read_findings(notebook),
            look_around=LookAround(notebook, lock.text),
        )

        examined = examine(
            workspace.evidence,
            finalization,
            stated=stated,
            agreed=agreed,
            outside=outside,
            progress=progress,
        )
        evidence = Evidence(
            release_file=stated,
            reproduction=reproduction,
            finalization=finalization,
            contract=examined.contract,
            contract_report=examined.report,
            rehearsal=examined.rehearsal,
            reference=examined.reference,
            pipeline=compiled.pipeline if compiled else None,
            lineage=lineage_of_notebook(
                notebook, execution, stated.model.name, ancestor, parameters
            )
            if ancestor
            else None,
            champion=read_comparison(workspace.evidence),
        )
        with told(progress, "Writing the bundle") as answer:
            bundle = package(
                evidence,
                notebook=notebook,
                execution=execution,
                lock=lock,
                facts=examined.facts,
                model=workspace.evidence / MODEL,
                contract_text=examined.contract_text,
                checkpoints=evaluate(evidence),
                bundles=outside.bundles,
                into=bundles_folder,
                fast_path=examined.fast_path,
                forms=examined.forms,
                compiled={RECORD_OF_PIPELINE: read_text(compiled.folder / RECORD_OF_PIPELINE)}
                if compiled
                else {},
            )
            answer(bundle.digest[:19])

    with told(progress, "Registering") as answer:
        ready.result()
        registered = outside.apart.run(
            outside.registry.register,
            bundle,
            verdict=reproduction.verdict,
            lineage=evidence.lineage,
            standing=evidence.champion.standing if evidence.champion else "",
        )
        outside.apart.run(nominate, registered, ledger=outside.ledger, actor=outside.actor)
        answer(f"{registered.name}/{registered.version}")
    judged = evaluate(evidence, bundle_digest=bundle.digest)
    mend = f"mend what is not passed, save, and: nbrelease run {path}"
    return Packaged(
        release=registered.model_copy(update={"aliases": ("candidate",)}),
        reproduction=reproduction,
        finalization=finalization,
        checkpoints=judged,
        bundle_path=bundle.path,
        card_path=f"{bundle.path}/card/card.html",
        next=f"nbrelease promote {registered.name} --to challenger" if judged.passed else mend,
    )
