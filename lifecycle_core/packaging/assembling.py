"""Lay out the files of a bundle from records, and have them written as one.

manifest.json  release.json
notebook/      source.ipynb  executed.ipynb
pipeline/      pipeline.yaml; of a retrained release also its modules, lock.txt and run.json
model/         model.skops  model.json; of a release with a fast path encoding.json  model.onnx
environment/   lock.txt  environment.json
contract/      contract.odcs.yaml  contract.json
evidence/      reproduction.json  finalization.json  contract_report.json  rehearsal.json
               fast_path.json  checkpoints.json  lineage.json  champion.json
               reference.json
card/          card.md  card.html  card.json
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.cards import card_html, card_markdown
from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.schema.bundle import FileDigest
from lifecycle_core.schema.card import Card, EnvironmentSummary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.bundle import Bundle, Lock, ModelFacts
    from lifecycle_core.schema.checkpoint import Checkpoints, Evidence
    from lifecycle_core.schema.fast_path import FastPath


def package(
    evidence: Evidence,
    *,
    notebook: Notebook | None,
    execution: Execution | None,
    lock: Lock,
    facts: ModelFacts,
    model: Path,
    contract_text: str,
    checkpoints: Checkpoints,
    bundles: Bundles,
    into: Path,
    compiled: Mapping[str, str] = MappingProxyType({}),
    fast_path: FastPath | None = None,
    forms: Mapping[str, bytes] = MappingProxyType({}),
) -> Bundle:
    """Write the bundle of a release.

    Args:
        evidence: What the release is judged on; a part that is None is left out.
        notebook: As the user saved it; None where it is no longer what was compiled.
        execution: As the clean run left it; None where a pipeline was run instead.
        lock: The environment of the clean run.
        facts: What the model's file holds.
        model: The model's file.
        contract_text: The contract as Open Data Contract Standard YAML.
        checkpoints: What the six say about `evidence`.
        bundles: Writes the files.
        into: Folder of bundles.
        compiled: Texts of the compiled pipeline, by path below `pipeline/`.
        fast_path: How rows are scored, and the proof of it.
        forms: Other forms of the model that it speaks of, by name below `model/`.

    Returns:
        The bundle; it appears whole or not at all.

    Raises:
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    records = {
        "release.json": evidence.release_file,
        "model/model.json": facts,
        "contract/contract.json": evidence.contract,
        "evidence/reproduction.json": evidence.reproduction,
        "evidence/finalization.json": evidence.finalization,
        "evidence/contract_report.json": evidence.contract_report,
        "evidence/rehearsal.json": evidence.rehearsal,
        "evidence/fast_path.json": fast_path,
        "evidence/lineage.json": evidence.lineage,
        "evidence/champion.json": evidence.champion,
        "evidence/reference.json": evidence.reference,
        "evidence/checkpoints.json": checkpoints,
    }
    environment = EnvironmentSummary(
        python=lock.python,
        platform=lock.platform,
        lock=lock.digest,
        packages=lock.packages,
        hashed=lock.hashed,
        note=lock.note,
    )
    texts = {
        **({"notebook/source.ipynb": _notebook(notebook.content)} if notebook else {}),
        **({"notebook/executed.ipynb": _notebook(execution.notebook)} if execution else {}),
        **{f"pipeline/{name}": text for name, text in compiled.items()},
        "environment/lock.txt": lock.text,
        "environment/environment.json": environment.to_json(),
        **({"contract/contract.odcs.yaml": contract_text} if evidence.contract else {}),
        **{name: record.to_json() for name, record in records.items() if record is not None},
    }
    written = {name: text.encode() for name, text in texts.items()}
    written |= {f"model/{name}": content for name, content in forms.items()}
    card = Card(
        name=evidence.release_file.model.name,
        evidence=evidence,
        checkpoints=checkpoints,
        model=facts,
        environment=environment,
        files={
            "model/model.skops": FileDigest(sha256=_bare(facts.digest), bytes=facts.bytes),
            **{name: _digest(content) for name, content in written.items()},
        },
    )
    files: dict[str, bytes | Path] = {
        **written,
        "model/model.skops": model,
        "card/card.json": card.to_json().encode(),
        "card/card.md": card_markdown(card).encode(),
        "card/card.html": card_html(card).encode(),
    }
    return bundles.write(card.name, files, into)


def _notebook(content: Mapping[str, Any]) -> str:
    """Return a notebook as Jupyter writes it."""
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _digest(content: bytes) -> FileDigest:
    return FileDigest(sha256=_bare(digest_bytes(content)), bytes=len(content))


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")
