"""Score with a bundle that was sent to another machine, which verifies it itself."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.bundles import MANIFEST, verify_bundle
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.adapters.scorers import open_scorer
from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers import Scorer


@dataclass(frozen=True, slots=True, eq=False)
class SentBundle:
    """A bundle as it travels; the same digest is the same bundle.

    Attributes:
        digest: Of its manifest.
        files: Their content, by path inside the bundle.
    """

    digest: str
    files: dict[str, bytes]

    @classmethod
    def of(cls, bundle: Path) -> SentBundle:
        """Read a bundle that was verified."""
        files = {
            path.relative_to(bundle).as_posix(): path.read_bytes()
            for path in sorted(bundle.rglob("*"))
            if path.is_file()
        }
        return cls(digest_file(bundle / MANIFEST), files)

    def __eq__(self, other: object) -> bool:
        """Compare digests."""
        return isinstance(other, SentBundle) and other.digest == self.digest

    def __hash__(self) -> int:
        """Hash the digest."""
        return hash(self.digest)


def scores_of(
    sent: SentBundle, columns: Mapping[str, Any]
) -> tuple[NDArray[np.float64] | None, LifecycleError | None]:
    """Return the scores of rows, on a worker, or why there are none.

    Args:
        sent: The bundle; the model stays loaded for the next rows.
        columns: As in `OpenEngine.submit`.
    """
    try:
        return _scorer(sent).scores(columns), None
    except LifecycleError as error:
        return None, error


@lru_cache(maxsize=2)  # a worker may serve several runs
def _scorer(sent: SentBundle) -> Scorer:
    with tempfile.TemporaryDirectory(prefix="nbrelease-bundle-") as name:
        folder = Path(name)
        for inner, content in sent.files.items():
            path = folder / inner
            if not path.resolve().is_relative_to(folder.resolve()):
                continue  # the verification says that the bundle is not whole
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        verify_bundle(folder, digest=sent.digest)
        return open_scorer(folder)
