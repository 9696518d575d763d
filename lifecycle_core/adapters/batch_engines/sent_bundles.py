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
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future, ThreadPoolExecutor

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers import Scorer

    Answer = tuple[Any, LifecycleError | None]
    """Scores, or why there are none."""


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


@dataclass(frozen=True, slots=True)
class OpenWorkers:
    """Workers on other machines that have a bundle; see `OpenEngine`.

    Attributes:
        ask: Has a batch scored by one of them, and waits: what `scores_of` returned there.
        at_once: How many batches are worked on at the same time.
        threads: What waits for the answers.
    """

    ask: Callable[[dict[str, Any]], Answer]
    at_once: int
    threads: ThreadPoolExecutor

    @property
    def width(self) -> int:
        """How many batches are worked on, or wait, at the same time."""
        return 2 * self.at_once

    def submit(self, columns: Mapping[str, Any]) -> Future[NDArray[np.float64]]:
        """Begin to score a batch; see `OpenEngine.submit`."""
        return self.threads.submit(self._scores, dict(columns))

    def _scores(self, columns: dict[str, Any]) -> NDArray[np.float64]:
        # Lost workers are the cluster's matter: scores are the same wherever they are computed.
        found, error = self.ask(columns)
        if error is not None:
            raise error
        scores: NDArray[np.float64] = found
        return scores


def scores_of(sent: SentBundle, columns: Mapping[str, Any]) -> Answer:
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
