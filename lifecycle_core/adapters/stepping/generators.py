"""The global random generators of a process: their states, taken and put back."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lifecycle_core.schema.pipeline import Generator


def states(names: Iterable[Generator]) -> dict[Generator, Any]:
    """Return the states of generators, as values that can be kept.

    Example:
        >>> import random
        >>> before = states(["random"])
        >>> first = random.random()
        >>> restore(before)
        >>> random.random() == first
        True
    """
    return {name: _get(name) for name in names}


def restore(kept: Mapping[Generator, Any]) -> None:
    """Put generators into states that `states` returned."""
    for name, state in kept.items():
        _set(name, state)


def unseed(names: Iterable[Generator]) -> None:
    """Seed generators from the system, as in a process that has just begun."""
    for name in names:
        if name == "random":
            random.seed()
        elif name == "numpy":
            import numpy as np

            np.random.seed()  # noqa: NPY002 - the global generator is what this is about
        elif "torch" in sys.modules:
            import torch

            torch.seed()


def _get(name: Generator) -> Any:  # noqa: ANN401 - each has its own form
    if name == "random":
        return random.getstate()
    if name == "numpy":
        import numpy as np

        return np.random.get_state()  # noqa: NPY002 - as above
    import torch

    return torch.get_rng_state().numpy().copy()


def _set(name: Generator, state: Any) -> None:  # noqa: ANN401 - as above
    if name == "random":
        random.setstate(state)
    elif name == "numpy":
        import numpy as np

        np.random.set_state(state)  # noqa: NPY002 - as above
    else:
        import torch

        torch.set_rng_state(torch.from_numpy(state))
