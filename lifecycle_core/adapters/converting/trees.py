"""Trees of any of scikit-learn's ensembles in one form: flat arrays, and how their sum is a score.

fitted ensemble --trees_of--> Trees: nodes, where each tree begins, base, factor, link
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.model_parts import Fitted

Link = Literal["identity", "logistic", "softmax", "exponential", "complement"]

_FORESTS = frozenset({
    "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier",
    "ExtraTreesRegressor",
})  # fmt: skip
_SINGLE = frozenset({
    "DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier",
    "ExtraTreeRegressor",
})  # fmt: skip


class Nodes(NamedTuple):
    """The nodes of trees, as arrays of one length; a tree's nodes stand together, its root first.

    Attributes:
        column: The column that a node asks about; of no meaning in a leaf.
        threshold: A value up to it goes to `yes`; NaN where `members` decides.
        yes: Position of the node that follows then.
        no: Position of the one that follows else.
        missing_yes: Whether a missing value goes to `yes`.
        leaf: Whether it is one.
        value: What a leaf adds to its target's sum.
        cover: How much of the training data, by weight, came by.
        target: To which target a leaf adds.
    """

    column: NDArray[np.int64]
    threshold: NDArray[np.float64]
    yes: NDArray[np.int64]
    no: NDArray[np.int64]
    missing_yes: NDArray[np.bool_]
    leaf: NDArray[np.bool_]
    value: NDArray[np.float64]
    cover: NDArray[np.float64]
    target: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """An ensemble: what its trees give is added up, and a link makes a score of the sum.

    Attributes:
        nodes: Of all trees.
        roots: Positions of the trees' first nodes.
        members: For a node that asks about a category, by its position: the categories, as
            encoded numbers, that go to `yes`.
        base: Added to the sum of each target, shape (targets,).
        divisor: The sum of the leaves is divided by it: the trees of a forest, else 1.
        link: `logistic` and `softmax` make probabilities of log-odds, `complement` makes two of
            the second class's probability, `exponential` a prediction of its logarithm.
        single_precision: Values are rounded to float32 before they are compared.
    """

    nodes: Nodes
    roots: NDArray[np.int64]
    members: dict[int, NDArray[np.float64]]
    base: NDArray[np.float64]
    divisor: float
    link: Link
    single_precision: bool

    @property
    def targets(self) -> int:
        """How many sums there are."""
        return len(self.base)


def has_trees(model: Fitted) -> bool:
    """Return whether an estimator is made of trees; `trees_of` does not read every kind of them."""
    kind = type(model).__name__
    if not type(model).__module__.startswith("sklearn."):
        return False
    if kind.startswith("GradientBoosting"):
        return model.init is None or model.init == "zero"
    return kind in _FORESTS | _SINGLE or kind.startswith("HistGradientBoosting")


def trees_of(model: Fitted) -> Trees:
    """Read the trees of a fitted estimator that `has_trees`.

    Raises:
        ValueError: It has trees of a kind that is not known here: several outputs, for instance.

    Example:
        >>> from sklearn.tree import DecisionTreeRegressor
        >>> trees = trees_of(DecisionTreeRegressor().fit([[1.0], [2.0]], [5.0, 7.0]))
        >>> trees.nodes.threshold[0], trees.nodes.value.tolist(), trees.link
        (np.float64(1.5), [0.0, 5.0, 7.0], 'identity')
    """
    kind = type(model).__name__
    if getattr(model, "n_outputs_", 1) != 1:
        raise ValueError(f"{kind} has several outputs")
    if kind.startswith("HistGradientBoosting"):
        return _of_histograms(model)
    if kind.startswith("GradientBoosting"):
        return _of_boosting(model)
    return _of_forest(model)


def _of_forest(model: Fitted) -> Trees:
    import numpy as np

    trees = [model] if type(model).__name__ in _SINGLE else list(model.estimators_)
    classes = len(getattr(model, "classes_", ()))
    binary = classes == 2  # noqa: PLR2004 - two classes
    # Two classes: the second one's share is enough. More: each tree once for each class.
    targets = range(1) if binary else range(max(classes, 1))
    share = int(binary)
    nodes, roots = _joined(
        _plain(tree.tree_, target, share=target + share, factor=1.0)
        for tree in trees
        for target in targets
    )
    return Trees(
        nodes=nodes,
        roots=roots,
        members={},
        base=np.zeros(len(targets)),
        divisor=float(len(trees)),
        link="complement" if binary else "identity",
        single_precision=True,
    )


def _of_boosting(model: Fitted) -> Trees:
    import numpy as np

    rounds, targets = model.estimators_.shape
    nodes, roots = _joined(
        _plain(model.estimators_[at, target].tree_, target, share=0, factor=model.learning_rate)
        for at in range(rounds)
        for target in range(targets)
    )
    start = model._raw_predict_init(np.zeros((1, model.n_features_in_)))  # noqa: SLF001 - no other way
    link: Link = "identity"
    if hasattr(model, "classes_"):
        link = "softmax" if targets > 1 else "logistic"
        if model.loss == "exponential":
            raise ValueError("the exponential loss has a link of its own")
    return Trees(
        nodes=nodes,
        roots=roots,
        members={},
        base=np.asarray(start, dtype=np.float64).reshape(targets),
        divisor=1.0,
        link=link,
        single_precision=True,
    )


def _of_histograms(model: Fitted) -> Trees:
    import numpy as np

    members: dict[int, NDArray[np.float64]] = {}
    parts, offset = [], 0
    for trees in model._predictors:  # noqa: SLF001 - the fitted trees have no public name
        for target, tree in enumerate(trees):
            nodes = tree.nodes
            categorical = nodes["is_categorical"].astype(bool)
            for at in np.flatnonzero(categorical):
                bits = tree.raw_left_cat_bitsets[nodes["bitset_idx"][at]]
                members[offset + int(at)] = _members(bits)
            parts.append(
                Nodes(
                    column=nodes["feature_idx"].astype(np.int64),
                    threshold=np.where(categorical, np.nan, nodes["num_threshold"]),
                    yes=nodes["left"].astype(np.int64),
                    no=nodes["right"].astype(np.int64),
                    missing_yes=nodes["missing_go_to_left"].astype(bool),
                    leaf=nodes["is_leaf"].astype(bool),
                    value=nodes["value"].astype(np.float64),
                    cover=nodes["count"].astype(np.float64),
                    target=np.full(len(nodes), target),
                )
            )
            offset += len(nodes)
    joined, roots = _joined(parts)
    base = np.asarray(model._baseline_prediction, dtype=np.float64).ravel()  # noqa: SLF001 - as above
    loss = type(model._loss).__name__  # noqa: SLF001 - as above
    links: dict[str, Link] = {
        "HalfBinomialLoss": "logistic", "HalfMultinomialLoss": "softmax",
        "HalfPoissonLoss": "exponential", "HalfGammaLoss": "exponential",
    }  # fmt: skip
    return Trees(
        nodes=joined,
        roots=roots,
        members=members,
        base=base,
        divisor=1.0,
        link=links.get(loss, "identity"),
        single_precision=False,
    )


def _plain(tree: Fitted, target: int, *, share: int, factor: float) -> Nodes:
    import numpy as np

    leaf = tree.children_left < 0
    value = tree.value[:, 0, share] * factor
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    return Nodes(
        column=np.where(leaf, 0, tree.feature).astype(np.int64),
        threshold=np.where(leaf, 0.0, tree.threshold),
        yes=np.where(leaf, 0, tree.children_left).astype(np.int64),
        no=np.where(leaf, 0, tree.children_right).astype(np.int64),
        missing_yes=np.asarray(missing, dtype=bool),
        leaf=leaf,
        value=np.where(leaf, value, 0.0),
        cover=np.asarray(tree.weighted_n_node_samples, dtype=np.float64),
        target=np.full(tree.node_count, target),
    )


def _joined(parts: Iterable[Nodes]) -> tuple[Nodes, NDArray[np.int64]]:
    """Return all nodes in a row, and where each part begins."""
    import numpy as np

    roots, moved, offset = [], [], 0
    for part in parts:
        roots.append(offset)
        moved.append(part._replace(yes=part.yes + offset, no=part.no + offset))
        offset += len(part.leaf)
    joined = Nodes(*(np.concatenate(columns) for columns in zip(*moved, strict=True)))
    return joined, np.array(roots, dtype=np.int64)


def _members(bits: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return the numbers whose bits are set in 8 words of 32 bits."""
    import numpy as np

    set_ = np.unpackbits(np.ascontiguousarray(bits).view(np.uint8), bitorder="little")
    return np.flatnonzero(set_).astype(np.float64)
