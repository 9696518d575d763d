"""Trees as ONNX, in double precision: the operator TreeEnsemble of ai.onnx.ml 5.

skl2onnx writes the older operators, which compare and add in float32: values near a threshold go
the other way there, and scores differ from the seventh digit on. These are handed to skl2onnx with
each call, so that ensembles convert wherever they stand in a pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.converting.trees import has_trees, trees_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.converting.trees import Trees
    from lifecycle_core.adapters.model_parts import Fitted

# skl2onnx knows ai.onnx.ml up to 3, so the nodes stand under a name of ours until it is done.
_DOMAIN, _REAL, _OPSET = "nbrelease", "ai.onnx.ml", 5
_SUM = 1
_UP_TO, _MEMBER = 0, 6  # modes of a node
_NO_CATEGORY = -1_000_000.0  # ONNX Runtime takes whole numbers only


def tree_converters(
    model: Fitted,
) -> tuple[dict[type, Callable[..., None]], dict[type, Callable[..., None]]]:
    """Return converters and shape calculators for every ensemble of trees within a model.

    Args:
        model: A fitted estimator, perhaps of others.
    """
    found = {type(part) for part in parts_within(model) if has_trees(part)}
    return dict.fromkeys(found, _convert), dict.fromkeys(found, _shape)


def settle(graph: Any) -> None:  # noqa: ANN401 - an onnx ModelProto
    """Give the trees of a converted model the domain and version that they are of."""
    if not any(node.domain == _DOMAIN for node in graph.graph.node):
        return
    for node in graph.graph.node:
        if node.domain == _DOMAIN:
            node.domain = _REAL
    others = [each for each in graph.opset_import if each.domain not in {_DOMAIN, _REAL}]
    kept = [(each.domain, each.version) for each in others]
    del graph.opset_import[:]
    for domain, version in (*kept, (_REAL, _OPSET)):
        graph.opset_import.add(domain=domain, version=version)


def parts_within(model: Fitted) -> list[Fitted]:
    """Return an estimator and all that it was built from, fitted."""
    waiting, found = [model], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, (list, tuple)):
            waiting.extend(part)
        elif hasattr(part, "get_params") or type(part).__name__ == "_CalibratedClassifier":
            found.append(part)
            if not has_trees(part):
                waiting.extend(vars(part).values())
    return found


def _shape(operator: Any) -> None:  # noqa: ANN401 - skl2onnx's Operator
    from skl2onnx.common.data_types import DoubleTensorType, Int64TensorType

    rows = operator.inputs[0].type.shape[0]
    if len(operator.outputs) == 1:
        operator.outputs[0].type = DoubleTensorType([rows, 1])
        return
    classes = len(operator.raw_operator.classes_)
    operator.outputs[0].type = Int64TensorType([rows])
    operator.outputs[1].type = DoubleTensorType([rows, classes])


def _convert(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 - skl2onnx's own
    import numpy as np
    from onnx import TensorProto

    def node(kind: str, *inputs: str, into: str | None = None, **attributes: Any) -> str:  # noqa: ANN401 - ONNX's
        name = into or scope.get_unique_variable_name(kind.lower())
        container.add_node(
            kind, list(inputs), [name], name=scope.get_unique_operator_name(kind), **attributes
        )
        return str(name)

    def constant(values: Any) -> str:  # noqa: ANN401 - an array
        name = scope.get_unique_variable_name("constant")
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        container.add_initializer(name, TensorProto.DOUBLE, array.shape, array.tolist())
        return str(name)

    trees = trees_of(operator.raw_operator)
    rows = operator.inputs[0].full_name
    if trees.single_precision:
        rows = node("Cast", rows, to=TensorProto.FLOAT)
    rows = node("Cast", rows, to=TensorProto.DOUBLE)
    total = node("TreeEnsemble", rows, op_domain=_DOMAIN, op_version=1, **_attributes(trees))
    if trees.divisor != 1.0:
        total = node("Div", total, constant(trees.divisor))
    if trees.base.any():
        total = node("Add", total, constant(trees.base))
    if len(operator.outputs) == 1:
        last = "Exp" if trees.link == "exponential" else "Identity"
        node(last, total, into=operator.outputs[0].full_name)
        return
    label, probabilities = (output.full_name for output in operator.outputs)
    if trees.link == "logistic" and container.get_options(operator.raw_operator, {}).get(
        "raw_scores"
    ):  # a calibration asks for log-odds
        node("Concat", node("Neg", total), total, into=probabilities, axis=1)
    elif trees.link == "softmax":
        node("Softmax", total, into=probabilities, axis=1)
    elif trees.targets > 1:
        node("Identity", total, into=probabilities)
    else:
        second = node("Sigmoid", total) if trees.link == "logistic" else total
        first = node("Sub", constant(1.0), second)
        node("Concat", first, second, into=probabilities, axis=1)
    node("ArgMax", probabilities, into=label, axis=1, keepdims=0)


def _attributes(trees: Trees) -> dict[str, Any]:
    """Return the operator's attributes: nodes and leaves are counted apart there."""
    import numpy as np
    from onnx import numpy_helper

    nodes = trees.nodes
    inner, leaves = np.flatnonzero(~nodes.leaf), np.flatnonzero(nodes.leaf)
    # A tree of one leaf has no node, and there must be one: it asks, and both answers are the leaf.
    bare = [root for root in trees.roots if nodes.leaf[root]]
    place = np.zeros(len(nodes.leaf), dtype=np.int64)
    place[inner], place[leaves] = np.arange(len(inner)), np.arange(len(leaves))
    entry = {int(root): len(inner) + at for at, root in enumerate(bare)}

    def and_bare(values: Any, rest: Any) -> list[int]:  # noqa: ANN401 - arrays
        return [int(value) for value in (*values, *rest)]

    own = place[bare]
    ones, zeros = np.ones(len(bare), dtype=np.int64), np.zeros(len(bare), dtype=np.int64)
    is_member = np.array([int(at) in trees.members for at in inner], dtype=bool)
    modes = np.concatenate([np.where(is_member, _MEMBER, _UP_TO), zeros]).astype(np.uint8)
    splits = np.concatenate([np.where(is_member, 0.0, nodes.threshold[inner]), zeros])
    attributes = {
        "n_targets": trees.targets,
        "aggregate_function": _SUM,
        "post_transform": 0,
        "tree_roots": [entry.get(int(root), int(place[root])) for root in trees.roots],
        "nodes_featureids": and_bare(nodes.column[inner], zeros),
        "nodes_modes": numpy_helper.from_array(modes, "modes"),
        "nodes_splits": numpy_helper.from_array(splits.astype(np.float64), "splits"),
        "nodes_truenodeids": and_bare(place[nodes.yes[inner]], own),
        "nodes_trueleafs": and_bare(nodes.leaf[nodes.yes[inner]], ones),
        "nodes_falsenodeids": and_bare(place[nodes.no[inner]], own),
        "nodes_falseleafs": and_bare(nodes.leaf[nodes.no[inner]], ones),
        "nodes_missing_value_tracks_true": and_bare(nodes.missing_yes[inner], zeros),
        "leaf_targetids": [int(target) for target in nodes.target[leaves]],
        "leaf_weights": numpy_helper.from_array(nodes.value[leaves], "weights"),
    }
    if trees.members:
        # One list of all nodes' members in turn, each closed by NaN. A node that only a missing
        # value passes has none, and there must be one: it gets a number that is no category.
        asking = [trees.members[int(at)] for at in inner if int(at) in trees.members]
        lists = [np.append(each if len(each) else [_NO_CATEGORY], np.nan) for each in asking]
        attributes["membership_values"] = numpy_helper.from_array(np.concatenate(lists), "members")
    return attributes
