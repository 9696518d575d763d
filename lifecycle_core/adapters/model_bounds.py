"""What each kind of fitted part must fulfil, so that compiled code stays within its arrays.

One function for each kind; each takes the part's path, for messages, and the part. They are
vectorised over nodes: a forest of hundreds of trees costs milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

Part = Any
"""A fitted part of a model: scikit-learn gives them no type, and a file may have forged it."""

_BITSET_WORDS = 8  # of 32 bits: one bit for each of 256 categories
_LEAF = -1
_PROBES = 3


class Unsound(Exception):  # noqa: N818 - a finding; it never leaves `require_sound`
    """Something is out of bounds; the message says where and what."""


def require_tree(path: str, tree: Part, holder: Part) -> None:
    """Require of a tree: children after their parent and in range, features in range."""
    count = tree.node_count
    if not 1 <= count == tree.capacity or min(tree.n_outputs, tree.max_n_classes) < 1:
        _refuse(f"{path} counts {count:,} nodes and has {tree.capacity:,}")
    if tree.n_features != (takes := _features(path, holder)):
        _refuse(f"{path} splits on {tree.n_features} features, its holder takes {takes}")
    nodes = tree.__getstate__()["nodes"]
    inner = nodes["left_child"] != _LEAF  # all that scikit-learn looks at
    _require_children(path, nodes["left_child"], nodes["right_child"], inner)
    _require_within(f"{path} feature", nodes["feature"][inner], takes)
    if (nodes["right_child"][~inner] != _LEAF).any():
        _refuse(f"{path} right_child of a leaf is not {_LEAF}")


def require_stages(path: str, booster: Part) -> None:
    """Require of gradient boosting: a table of trees over the booster's own features."""
    from sklearn.tree import DecisionTreeRegressor
    from sklearn.tree._tree import Tree

    takes = _features(path, booster)
    stages = _array(f"{path}.estimators_", booster.estimators_, dimensions=2)
    for stage in stages.ravel():
        if type(stage) is not DecisionTreeRegressor or type(stage.tree_) is not Tree:
            _refuse(f"{path}.estimators_ holds a {type(stage).__name__}")
        if stage.tree_.n_features != takes:
            _refuse(
                f"{path}.estimators_ splits on {stage.tree_.n_features} features, of {takes} given"
            )


def require_room_for_stages(path: str, booster: Part) -> None:
    """Require that the array of raw predictions has a column for each tree of a stage."""
    import numpy as np

    rows = np.zeros((_PROBES, _features(path, booster)), dtype=np.float32)
    room, needed = booster._raw_predict_init(rows).shape, booster.estimators_.shape[1]  # noqa: SLF001 - its size is what C relies on
    if room != (_PROBES, needed):
        _refuse(f"{path}.estimators_ has {needed} columns, init_ gives {room} for {_PROBES} rows")


def require_histograms(path: str, booster: Part) -> None:
    """Require of histogram boosting: predictors that fit its features, categories and bins."""
    import numpy as np

    takes, own = _features(path, booster), vars(booster)
    if own.get("_in_fit"):
        _refuse(f"{path} claims to be fitting still")
    if own["_preprocessor"] is not None:
        _require_width(f"{path}._preprocessor", own["_preprocessor"], takes)
    categorical = _array(f"{path}._bin_mapper.is_categorical_", own["_bin_mapper"].is_categorical_)
    if categorical.dtype != np.uint8 or len(categorical) != takes:
        _refuse(f"{path}._bin_mapper knows {len(categorical)} features, of {takes} given")
    for turn, predictors in enumerate(own["_predictors"]):
        for which, predictor in enumerate(predictors):
            _require_predictor(f"{path}._predictors[{turn}][{which}]", predictor, categorical)


def _require_predictor(path: str, predictor: Part, categorical: Numbers) -> None:
    """Require of one tree of histogram boosting: nodes, features and bitsets within bounds."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    if type(predictor) is not TreePredictor:
        _refuse(f"{path} is a {type(predictor).__name__}")
    nodes = _array(f"{path}.nodes", predictor.nodes)
    if nodes.dtype != PREDICTOR_RECORD_DTYPE or len(nodes) == 0:
        _refuse(f"{path}.nodes is not a list of nodes")
    inner = nodes["is_leaf"] == 0
    _require_children(path, nodes["left"], nodes["right"], inner)
    _require_within(f"{path} feature_idx", nodes["feature_idx"][inner], len(categorical))
    split = nodes[inner & (nodes["is_categorical"] != 0)]
    if not categorical[split["feature_idx"]].all():
        _refuse(f"{path} splits on categories of a feature that has none")
    for name in ("raw_left_cat_bitsets", "binned_left_cat_bitsets"):
        bits = _array(f"{path}.{name}", getattr(predictor, name), dimensions=2)
        if bits.shape[1] != _BITSET_WORDS:
            _refuse(f"{path}.{name} has {bits.shape[1]} words for each split")
        _require_within(f"{path} bitset_idx", split["bitset_idx"], len(bits))


def require_neighbours(path: str, holder: Part) -> None:
    """Require of neighbours: rows as wide as those to come, and labels of known classes."""
    import numpy as np

    rows, own, takes = holder._fit_X, vars(holder), _features(path, holder)  # noqa: SLF001 - what C reads
    if len(rows.shape) != 2 or rows.shape[1] != takes:  # noqa: PLR2004 - rows and columns
        _refuse(f"{path}._fit_X has the shape {rows.shape}, for {takes} features")
    if "classes_" not in own or "_y" not in own or own.get("outputs_2d_"):
        return
    labels = _array(f"{path}._y", own["_y"].ravel())
    if labels.dtype.kind not in "iu" or len(labels) != rows.shape[0]:
        _refuse(f"{path}._y has {len(labels)} labels, for {rows.shape[0]} rows")
    _require_within(f"{path}._y", labels, len(np.asarray(own["classes_"])))


def require_support(path: str, machine: Part) -> None:
    """Require of a support vector machine: sizes that agree, as libsvm takes them on trust."""
    from scipy.sparse import issparse

    vectors, own = machine.support_vectors_, vars(machine)
    support = _array(f"{path}.support_", own["support_"])
    each = _array(f"{path}._n_support", own["_n_support"])
    known, classes = vectors.shape[0], len(own["classes_"]) if "classes_" in own else 2
    pairs = classes * (classes - 1) // 2
    dual = own["_dual_coef_"]
    sizes = {
        "support_": (len(support), known),
        "_n_support": (len(each), classes),
        "_intercept_": (_array(f"{path}._intercept_", own["_intercept_"]).size, pairs),
        "_dual_coef_": (dual.shape, (classes - 1, known)),
    }
    if issparse(dual):  # libsvm takes its values as if none were left out
        sizes["values of _dual_coef_"] = (dual.data.size, (classes - 1) * known)
    for name in ("_probA", "_probB"):
        size = _array(f"{path}.{name}", own[name]).size
        if size or own.get("_effective_probability") or own.get("probability") is True:
            sizes[name] = (size, pairs if "classes_" in own else size)
    for name, (found, wanted) in sizes.items():
        if found != wanted:
            _refuse(f"{path}.{name} has the size {found}, not {wanted}")
    if (each < 0).any() or ("classes_" in own and each.sum() != known):
        _refuse(f"{path}._n_support does not sum up to {known}")
    takes = _features(path, machine)
    if own["kernel"] == "precomputed" or callable(own["kernel"]):
        _require_within(f"{path}.support_", support, own["shape_fit_"][0])
    elif vectors.shape[1] != takes:
        _refuse(f"{path}.support_vectors_ has {vectors.shape[1]} columns, for {takes} features")


def _require_width(path: str, columns: Part, takes: int) -> None:
    """Require of a ColumnTransformer that each feature comes out as exactly one column."""
    import numpy as np
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

    if type(columns) is not ColumnTransformer or _features(path, columns) != takes:
        _refuse(f"{path} is not a ColumnTransformer of {takes} features")
    used = np.zeros(takes, dtype=np.intp)
    for _, transformer, chosen in columns.transformers_:
        if transformer == "drop":
            continue
        if type(transformer) not in (OrdinalEncoder, FunctionTransformer):
            _refuse(f"{path} applies a {type(transformer).__name__}")
        mask = _array(f"{path}.transformers_", chosen)
        if mask.dtype != bool or len(mask) != takes:
            _refuse(f"{path}.transformers_ chooses from {len(mask)} features, of {takes}")
        used += mask
    if (used != 1).any():
        _refuse(f"{path}.transformers_ does not pass on each feature once")


def _require_children(path: str, left: Numbers, right: Numbers, inner: Numbers) -> None:
    """Require children after their parent, so that no path leads back, and within the nodes."""
    import numpy as np

    parents = np.flatnonzero(inner)
    for name, children in (("left", left[parents]), ("right", right[parents])):
        _require_within(f"{path} {name} child", children, len(inner))
        if (children <= parents).any():
            _refuse(f"{path} {name} child stands before its parent")


def _require_within(what: str, indices: Numbers, end: int) -> None:
    outside = indices[(indices < 0) | (indices >= end)]
    if len(outside):
        _refuse(f"{what} {outside[0]} is out of bounds, there are {end}")


def _features(path: str, holder: Part) -> int:
    """Return how many features scikit-learn will insist on; without a number it skips that."""
    takes = getattr(holder, "n_features_in_", None)
    if type(takes) is not int or takes < 1:
        _refuse(f"{path} says {takes!r} for the number of features")
    return takes


def _array(path: str, array: Part, *, dimensions: int = 1) -> Numbers:
    import numpy as np

    if type(array) is not np.ndarray or array.ndim != dimensions:
        _refuse(f"{path} is not an array of {dimensions} dimensions")
    return array


def _refuse(what: str) -> NoReturn:
    raise Unsound(what)
