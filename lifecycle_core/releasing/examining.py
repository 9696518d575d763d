"""What every candidate is examined on, wherever its model is from: its contract, a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import HELD_OUT, MODEL, REHEARSAL, TRAINING, kept_forms
from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.progress import told
from lifecycle_core.adapters.reference_profile import profile_table
from lifecycle_core.contracting import check, infer, to_odcs
from lifecycle_core.delivering import accelerate, prepare_reasons, rehearse, require_fallbacks
from lifecycle_core.monitoring import require_review
from lifecycle_core.releasing.retraining_terms import require_retraining

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.releasing.outside import Outside
    from lifecycle_core.schema.bundle import ModelFacts
    from lifecycle_core.schema.checkpoint import Rehearsal
    from lifecycle_core.schema.contract import Contract, ContractReport
    from lifecycle_core.schema.fast_path import FastPath
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.window_counts import WindowCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the examination showed.

    Attributes:
        contract: Its features in the order in which the model takes them.
        contract_text: The contract as Open Data Contract Standard YAML, as people have it.
        report: The training table checked against it.
        facts: What the model's file holds.
        fast_path: How its rows are scored, and the proof of it.
        forms: The other forms of the model that this takes, by name.
        reference: Counts of the training table and of held-out scores, for reviews.
    """

    contract: Contract
    contract_text: str
    report: ContractReport
    facts: ModelFacts
    rehearsal: Rehearsal
    fast_path: FastPath
    forms: dict[str, bytes]
    reference: WindowCounts


def examine(
    folder: Path,
    finalization: Finalization,
    *,
    stated: ReleaseFile,
    agreed: tuple[Contract, str] | None,
    outside: Outside,
    progress: Progress,
) -> Examined:
    """Check the training table against its contract, rehearse scoring, and look for a fast path.

    Args:
        folder: Where the finalization left its evidence.
        finalization: The choice.
        stated: What people decided.
        agreed: The contract that people agreed on, and its text; None to draw one up.
        outside: The systems to work with.
        progress: Told about each.

    Raises:
        ReleaseFileInvalid: A text of a reason is of no feature, or not signed.
        InvalidCall: A declared fallback does not fit the contract or the decisions, or a response
            rule or what is said of retraining is none.
        UntrustedModel: The model would run foreign code.
    """
    with told(progress, "Checking the data contract") as answer:
        training = folder / TRAINING
        if agreed:
            contract, text = agreed
            contract = _as_the_model_takes_it(contract, finalization)
        else:
            contract = infer(
                outside.apart.run(outside.tables.profile, training), name=stated.model.name
            )
            text = to_odcs(contract)
        report = check(
            contract,
            outside.apart.run(outside.tables.measure, training, contract),
            digest=digest_bytes(text.encode()),
            agreed=agreed is not None,
        )
        answer(f"{report.checks} rules, {len(report.violations)} broken")
    require_fallbacks(stated.serving.fallback, contract, finalization)
    require_review(stated.review)
    require_retraining(stated)
    files = (folder / REHEARSAL, folder / MODEL)
    known: dict[str, Any] = {
        "contract": contract, "finalization": finalization,
        "models": outside.models, "tables": outside.tables,
    }  # fmt: skip
    with told(progress, "Rehearsing a scoring run") as answer:
        facts = outside.apart.run(outside.models.judge, folder / MODEL)
        rehearsal = outside.apart.run(rehearse, *files, **known)
        answer(f"{rehearsal.rows} rows, {rehearsal.mismatches} different")
    with told(progress, "Looking for a fast path") as answer:
        fast_path = outside.apart.run(accelerate, *files, into=folder, **known)
        answer(f"{fast_path.kind}{f', {fast_path.why}' if fast_path.why else ''}")
    with told(progress, "Preparing the reasons of scores") as answer:
        explainer = outside.apart.run(
            prepare_reasons, *files, section=stated.reasons, into=folder, **known
        )
        answer(f"{explainer.method}, {len(explainer.factors)} factors" if explainer else "none")
    return Examined(
        contract=contract,
        contract_text=text,
        report=report,
        facts=facts,
        rehearsal=rehearsal,
        fast_path=fast_path,
        forms=kept_forms(folder),
        reference=outside.apart.run(
            profile_table,
            training,
            contract.features,
            held_out=folder / HELD_OUT,
            acts=stated.model.task == "classification",
        ),
    )


def _as_the_model_takes_it(contract: Contract, finalization: Finalization) -> Contract:
    """Return a contract in the model's order: people may list its columns in any other."""
    places = {name: at for at, name in enumerate(finalization.features)}
    ordered = sorted(contract.features, key=lambda each: places.get(each.name, len(places)))
    return contract.model_copy(update={"features": tuple(ordered)})
