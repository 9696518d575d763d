"""Open the explainer of a bundle."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.evidence import ENCODING, EXPLAINER, TREES
from lifecycle_core.adapters.explaining.effects import LinearEffects, SampledEffects, TreeEffects
from lifecycle_core.adapters.explaining.explainer import Explainer
from lifecycle_core.adapters.explaining.games import unpack
from lifecycle_core.adapters.scorers import Encoder
from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.encoding import Encoding
from lifecycle_core.schema.explaining import ExplainerFacts
from lifecycle_core.schema.release_file import ReleaseFile
from lifecycle_core.stats.leaf_tables import TreeSolver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.explaining.effects import Effects
    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.schema.explaining import Factor
    from lifecycle_core.stats.shapley import TreeGame

_FACTS = f"model/{EXPLAINER}"


def open_explainer(
    bundle: Path,
    scorer: Scorer,
    *,
    bundles: Bundles = BundleFolders(),  # noqa: B008 - it holds no state
) -> Explainer | None:
    """Return what finds the reasons of a bundle's scores; None for a bundle of before.

    Args:
        bundle: Folder of a bundle that was verified.
        scorer: Of the same bundle; asked only where effects are sampled.
        bundles: Reads the bundle's records.

    Raises:
        BundleInvalid: The bundle is not what its manifest says.
    """
    if not (bundle / _FACTS).is_file():
        return None
    facts = ExplainerFacts.from_json(bundles.read(bundle, _FACTS))
    section = ReleaseFile.from_json(bundles.read(bundle, "release.json")).reasons
    if facts.method == "sampling":
        return Explainer(facts, section, SampledEffects.of(scorer, facts))
    encoding = Encoding.from_json(bundles.read(bundle, f"model/{ENCODING}"))
    game = None
    if facts.method == "trees":
        game = _game(bundles.read(bundle, f"model/{TREES}"))
    return Explainer(facts, section, effects_of(facts, encoding, game))


def effects_of(facts: ExplainerFacts, encoding: Encoding, game: TreeGame | None) -> Effects:
    """Return what shares out scores exactly.

    Args:
        facts: Of a model whose effects are not sampled.
        encoding: Makes its numbers.
        game: Its trees, if it has some.
    """
    encoder = Encoder.of(encoding)
    if game is not None:
        return TreeEffects(encoder, TreeSolver.of(game), facts.sign, facts.single_precision)
    return LinearEffects(
        encoder,
        np.array(facts.weights),
        np.array(facts.means),
        np.array(players_of(facts.factors, encoding), dtype=np.int64),
        len(facts.factors),
    )


def players_of(factors: Sequence[Factor], encoding: Encoding) -> list[int]:
    """Return for each number of an encoding the position of the factor that it belongs to.

    Example:
        >>> from lifecycle_core.schema.encoding import Encoding, NumberColumn
        >>> from lifecycle_core.schema.explaining import Factor
        >>> columns = (NumberColumn(feature="plan"), NumberColumn(feature="tenure"))
        >>> factors = [Factor(name=name, features=(name,)) for name in ("tenure", "plan")]
        >>> players_of(factors, Encoding(columns=columns, largest=1e300))
        [1, 0]
    """
    place = {name: at for at, factor in enumerate(factors) for name in factor.features}
    return [place[owner] for owner in encoding.owners]


def _game(content: bytes) -> TreeGame:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return unpack(arrays)
    except (ValueError, KeyError, OSError) as error:
        raise BundleInvalid(
            f"{TREES} holds no trees: {error}",
            path=f"model/{TREES}",
            hint="Verify the bundle with `nbrelease verify`, or release the model again.",
        ) from error
