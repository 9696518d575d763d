"""What a compiled package says that a release needs: decisions of people, notebook, lock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.environment.locks import lock_of
from lifecycle_core.adapters.registry.address import redacted
from lifecycle_core.adapters.workspace import read_notebook
from lifecycle_core.errors import LifecycleError, NoFinalization
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.locks import locked_versions
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.releasing.preconditions import agreed_contract, release_beside
from lifecycle_core.running import files_read
from lifecycle_core.schema.retraining import Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.environment import Environments
    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.releasing.ancestry import Ancestor
    from lifecycle_core.schema.bundle import Lock
    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.pipeline import Finalize
    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.release_file import ReleaseFile


def stated_by(package: Package) -> tuple[ReleaseFile, Finalize]:
    """Return the release file and the finalization that a pipeline was compiled with.

    Raises:
        NoFinalization: Its notebook has no `%finalize` line.
        ReleaseFileInvalid: The release file is missing or wrong.
    """
    finalize = package.pipeline.finalize
    if finalize is None:
        raise NoFinalization(
            f"The pipeline {package.pipeline.name} has no finalization: nothing says which model "
            "is final.",
            hint="Add %finalize to the notebook and compile it again; --no-release only runs.",
        )
    if finalize.release:
        where = f"the release of pipelines/{package.folder.name}/pipeline.yaml"
        return parse_release(finalize.release, where=where, name=finalize.release_name), finalize
    return release_beside(package.place.home), finalize


def compiled_contract(package: Package, stated: ReleaseFile) -> tuple[Contract, str] | None:
    """Return the agreed contract and its text, if the release file names one.

    Raises:
        ReleaseFileInvalid: The file is not there, or is no contract.
    """
    return agreed_contract(package.place.home, stated)


def compiled_notebook(package: Package) -> Notebook | None:
    """Return the notebook, if it is still exactly the one that was compiled."""
    try:
        notebook = read_notebook(package.place.home / package.place.notebook)
    except LifecycleError:
        return None
    return notebook if notebook.digest == package.pipeline.source_digest else None


def cell_labels(notebook: Notebook | None) -> dict[int, str]:
    """Return the first line of each code cell by its index; nothing without a notebook."""
    return {cell.index: cell.label for cell in code_cells(notebook)} if notebook else {}


def finalize_cell(package: Package, notebook: Notebook | None) -> int:
    """Return the index of the cell that finalizes; behind all others if it is not known."""
    for cell in code_cells(notebook) if notebook else ():
        if "finalize" in cell.line_magics or cell.cell_magic == "finalize":
            return cell.index
    return 1 + max((index for step in package.pipeline.steps for index in step.cells), default=-1)


def lock_of_run(package: Package, modules: frozenset[str], environments: Environments) -> Lock:
    """Return the lock of what a run took place in.

    Args:
        package: What was run; its own lock is taken if what is installed here agrees with it.
        modules: What was loaded when the model was fitted.
        environments: Makes a lock of those otherwise.
    """
    if not package.lock or package.differing:
        return environments.lock(modules)
    pins = [line for line in package.lock.splitlines() if "==" in line and line[0] not in "# "]
    hashed = package.lock.count(" \\\n    --hash=")
    return lock_of(
        package.lock,
        packages=len(pins),
        hashed=hashed >= len(locked_versions(package.lock)) - package.lock.count("# "),
    )


def inputs_of(package: Package, run: PipelineRun, store: Store) -> dict[str, dict[str, str]]:
    """Return the files that the steps of a run read, by step, with their digests.

    A step depends on every file that the notebook's own run read, for not every read can be seen.
    Of those, what a changed parameter named is left out: the run read another in its place.
    """
    instead = tuple(
        str(parameter.default)
        for parameter in package.pipeline.parameters
        if isinstance(parameter.default, str)
        and parameter.default
        and run.parameters.get(parameter.name) != parameter.default
    )
    return {
        step: {
            path: digest
            for path, digest in files.items()
            if not any(f"/{path}".endswith(f"/{name}") for name in instead)
        }
        for step, files in files_read(run, store=store).items()
    }


def new_inputs(package: Package, read: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the files that a run read and the notebook's own run did not, with their digests."""
    known = {path for step in package.pipeline.steps for path in step.reads}
    return {
        path: digest
        for files in read.values()
        for path, digest in sorted(files.items())
        if path not in known
    }


def lineage_of(
    package: Package,
    run: PipelineRun,
    release: str,
    ancestor: Ancestor | None,
    read: Mapping[str, Mapping[str, str]],
) -> Lineage:
    """Return where the release of a run comes from."""
    defaults = {parameter.name: parameter.default for parameter in package.pipeline.parameters}
    changed = {name: value for name, value in run.parameters.items() if value != defaults.get(name)}
    before, now = without_credentials(defaults), without_credentials(changed)
    return Lineage(
        release=release,
        retrained_from=ancestor.release.version if ancestor else None,
        bundle_digest=ancestor.release.bundle_digest if ancestor else "",
        alias=ancestor.alias if ancestor else "",
        pipeline=package.pipeline.name,
        source_digest=package.pipeline.source_digest,
        run=run.id,
        parameters=without_credentials(run.parameters),
        changed={name: (before.get(name), value) for name, value in now.items()},
        inputs=new_inputs(package, read),
    )


def without_credentials(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without the credentials of addresses in them: records forget nothing.

    Example:
        >>> without_credentials({"data": "postgresql://ann:s3cret@host/db", "until": 3})
        {'data': 'postgresql://***@host/db', 'until': 3}
    """
    return {
        name: redacted(value) if isinstance(value, str) else value
        for name, value in parameters.items()
    }


def seen_from(
    package: Package, given: Mapping[str, Any], start: Path | None = None
) -> dict[str, Any]:
    """Return parameters as the steps see them, which run in the notebook's folder.

    A text that names a file from where the caller stands, and none from the notebook's folder,
    becomes the path from there; everything else stays as it is.

    Args:
        package: Takes the parameters.
        given: By name.
        start: Where the caller stands; the current folder if None.
    """
    home, here = package.place.home, start or Path.cwd()
    found = dict(given)
    for name, value in given.items():
        if isinstance(value, str) and value and not Path(value).is_absolute():
            named = (here / value).resolve()
            if named.is_file() and not (home / value).exists():
                found[name] = os.path.relpath(named, home).replace(os.sep, "/")
    return found
