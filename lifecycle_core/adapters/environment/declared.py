"""The environment that a project's files ask for: as the one here, but for the versions asked."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.distributions import observe
from lifecycle_core.adapters.environment.failures import unavailable
from lifecycle_core.adapters.environment.hashes import read_pins
from lifecycle_core.adapters.environment.locks import comment, lock_of
from lifecycle_core.adapters.environment.uv_program import COMPILE, run_uv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.schema.bundle import Lock

_SECONDS = 120.0


def declared_lock(
    modules: frozenset[str], wanted: Mapping[str, str], *, seconds: float = _SECONDS
) -> Lock:
    """Resolve what modules come from, with other versions of some packages.

    All other packages keep the version that is here, unless the versions asked for need another.

    Args:
        modules: Names of modules that a kernel loaded.
        wanted: Specifiers by normal name, such as `==1.5.3`.
        seconds: How long the package index may take.

    Raises:
        EnvironmentUnavailable: No such set of packages is to be had for this Python and machine.
    """
    observed = observe(modules)
    here = observed.indexed
    own = {found.name for found in observed.local}  # which no index is to be asked for
    requirements = [name + wanted.get(name, "") for name, _ in here]
    requirements += [
        name + said for name, said in wanted.items() if name not in {*dict(here), *own}
    ]
    with tempfile.TemporaryDirectory() as folder:
        # uv prefers the versions that stand in its output file already.
        preferred = Path(folder) / "preferred.txt"
        preferred.write_text("\n".join("==".join(pin) for pin in here), encoding="utf-8")
        said = run_uv(
            [*COMPILE, "--only-binary", ":all:", "--output-file", str(preferred)],
            text="\n".join(requirements),
            seconds=seconds,
            folder=Path.cwd(),
        )
        if not said.well:
            raise unavailable(said, [name + asked for name, asked in wanted.items()])
        comments = [comment(found) for found in observed.local]
        text = "\n".join([*comments, preferred.read_text(encoding="utf-8")])
    return lock_of(text, packages=len(read_pins(text)), hashed=True)
