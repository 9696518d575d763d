"""The structure of a loaded model: what compiled code will index with must stay within bounds.

    estimator --walk all it holds--> trees, predictors, support vectors --> sound, or refused

scikit-learn takes node indices, feature indices and sizes from a fitted estimator in C, without
looking whether they fit the arrays beside them; a forged file could make it read or write memory
that is not the model's. Types cannot tell: this looks at the numbers, after loading and before
anything predicts. What numpy indexes is left alone, numpy looks by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.model_bounds import (
    Unsound,
    require_histograms,
    require_neighbours,
    require_room_for_stages,
    require_stages,
    require_support,
    require_tree,
)
from lifecycle_core.errors import UntrustedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[[str, Any], None]

_PLAIN = frozenset({str, int, float, bool, bytes, complex, type(None), type})


def require_sound(model: Any, where: str) -> None:  # noqa: ANN401 - whatever was loaded
    """Refuse a model in which an index or a size is out of bounds.

    Args:
        model: What a file held; nothing of it has been called.
        where: The file's name, for messages.

    Raises:
        UntrustedModel: Says which number of which part is out of bounds.

    Example:
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> tree = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
        >>> require_sound(tree, "model.skops")
        >>> tree.n_features_in_ = 9
        >>> require_sound(tree, "model.skops")
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.UntrustedModel: model.skops: model.tree_ splits on 1 features, its \
holder takes 9.
    """
    try:
        _check(model)
    except Unsound as error:
        raise _untrusted(f"{where}: {error}.") from error
    except Exception as error:  # a forged part can make any look at it raise
        raise _untrusted(f"{where} has parts that do not fit together: {error!r}.") from error


def _untrusted(message: str) -> UntrustedModel:
    return UntrustedModel(
        message,
        hint="The file was forged or damaged; nothing was predicted with it. Verify the bundle "
        "with `nbrelease verify`, or release the model again.",
    )


def _check(model: Any) -> None:  # noqa: ANN401 - whatever was loaded
    from scipy.sparse import issparse
    from sklearn.tree import BaseDecisionTree
    from sklearn.tree._tree import Tree

    checks = _checks()
    last: list[tuple[str, Any]] = []
    for path, holder, found in _edges(model):
        if isinstance(found, Tree):
            if not (isinstance(holder, BaseDecisionTree) and holder.tree_ is found):
                raise Unsound(f"{path} is a bare tree")
            require_tree(path, found, holder)
        elif issparse(found):
            _require_indices(found)
        elif type(found).__module__.startswith("sklearn."):
            _require_own_methods(path, found)
            for types, part, check in checks:
                if isinstance(found, types) and part in getattr(found, "__dict__", ()):
                    check(path, found)
                    last.extend([(path, found)] if check is require_stages else [])
    for path, booster in last:  # it asks its initial estimator: by now all parts are sound
        require_room_for_stages(path, booster)


def _require_indices(matrix: Any) -> None:  # noqa: ANN401 - a sparse matrix
    """Require of a sparse matrix that its indices are within its shape; scipy raises."""
    if hasattr(matrix, "check_format"):  # the other formats look when they are constructed
        matrix.check_format(full_check=True)


def _require_own_methods(path: str, found: Any) -> None:  # noqa: ANN401 - a part of scikit-learn
    """Require that no attribute stands in for a method, and that nothing else is reached.

    A function could put its output into an array of the file, and a reader of text open any file.
    """
    from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
    from sklearn.preprocessing import FunctionTransformer

    for name in getattr(found, "__dict__", ()):
        if hasattr(type(found), name):
            raise Unsound(f"{path}.{name} hides what its class means by that name")
    if isinstance(found, FunctionTransformer) and any(
        "out" in (given or {}) for given in (found.kw_args, found.inv_kw_args)
    ):
        raise Unsound(f"{path} would write its output into an array of the file")
    if isinstance(found, CountVectorizer | HashingVectorizer) and found.input != "content":
        raise Unsound(f"{path} would read the files that rows name")


def _checks() -> tuple[tuple[Any, str, Check], ...]:
    """Return types, the attribute that says that one is fitted, and what to require of it."""
    from sklearn import ensemble as many
    from sklearn import svm

    histograms = (many.HistGradientBoostingClassifier, many.HistGradientBoostingRegressor)
    stages = (many.GradientBoostingClassifier, many.GradientBoostingRegressor)
    support = (svm.SVC, svm.NuSVC, svm.SVR, svm.NuSVR, svm.OneClassSVM)
    return (
        (histograms, "_predictors", require_histograms),
        (stages, "estimators_", require_stages),
        (support, "support_vectors_", require_support),
        (object, "_fit_X", require_neighbours),
    )


def _edges(model: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - whatever was loaded
    """Yield a path, its holder and what it holds, for all that the model reaches."""
    waiting: list[tuple[str, Any, Any]] = [("model", None, model)]
    seen: set[int] = set()
    while waiting:
        path, holder, found = waiting.pop()
        if type(found) in _PLAIN:
            continue
        yield path, holder, found
        if id(found) not in seen:
            seen.add(id(found))
            waiting.extend((path + step, found, part) for step, part in _parts(found))


def _parts(found: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - whatever was loaded
    import numpy as np

    if isinstance(found, dict):
        yield from ((f"[{key!r}]", part) for key, part in found.items())
    elif isinstance(found, list | tuple | set | frozenset):
        yield from ((f"[{place}]", part) for place, part in enumerate(found))
    elif isinstance(found, np.ndarray):
        if found.dtype == object:
            yield from ((f"[{place}]", part) for place, part in enumerate(found.ravel()))
        return
    elif isinstance(found, partial):
        yield from ((".func", found.func), (".args", found.args), (".keywords", found.keywords))
    if not isinstance(found, type) and hasattr(found, "__dict__"):
        yield from ((f".{name}", part) for name, part in vars(found).items())
    if callable(factory := getattr(found, "default_factory", None)):
        yield ".default_factory", factory
