"""The form of a skops file: what its list of nodes may say, before anything of it is constructed.

skops asks of each node whether its type is trusted, not what the node does with it. A trusted type
written as another kind of node would be called with arguments that the file chooses, and two nodes
under one identity would pass for each other. Neither happens in a file that skops wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import UntrustedModel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# How skops writes the reviewed types that are not plain objects.
_LOADERS = {
    "functools.partial": "PartialNode",
    "numpy.dtype": "DTypeNode",
    "sklearn.tree._tree.Tree": "TreeNode",
    "sklearn.utils._bunch.Bunch": "DictNode",
    "sklearn.utils.validation.check_array": "FunctionNode",
}
# What a partial may call: it is here for HistGradientBoosting with categorical features alone.
_CALLED = ("FunctionNode", "sklearn.utils.validation.check_array")


def require_plain_form(
    nodes: Iterable[dict[str, Any]], *, types: Collection[str], where: str
) -> None:
    """Refuse a list of nodes that skops would not have written.

    Args:
        nodes: Every node of the file's `schema.json`.
        types: The types that we trust beyond skops; each has one kind of node.
        where: The file's name, for messages.

    Raises:
        UntrustedModel: A type stands under a loader that calls it, two nodes share an identity,
            or a partial calls something else than `check_array`.
    """
    known: dict[Any, tuple[str, str]] = {}
    for node in nodes:
        kind = _kind(node)
        loader, name = kind
        if name in types and loader != _LOADERS.get(name, "ObjectNode"):
            _refuse(where, f"writes {name} as a {loader}", name)
        if loader == "FunctionNode" and "content" in node:
            _refuse(where, f"names another function beside {name}", name)
        if loader == "PartialNode" and _called(node) != _CALLED:
            _refuse(where, f"has a partial that calls {_called(node)[1]}", name)
        if (identity := node.get("__id__")) and known.setdefault(identity, kind) != kind:
            _refuse(where, f"has a {name} with the identity of a {known[identity][1]}", name)


def _kind(node: dict[str, Any]) -> tuple[str, str]:
    return str(node.get("__loader__")), f"{node.get('__module__')}.{node.get('__class__')}"


def _called(partial: dict[str, Any]) -> tuple[str, str]:
    content = partial.get("content")
    func = content.get("func") if isinstance(content, dict) else None
    return _kind(func) if isinstance(func, dict) else ("", "nothing")


def _refuse(where: str, what: str, name: str) -> None:
    raise UntrustedModel(
        f"{where} {what}, which skops never writes: it was forged or damaged.",
        types=(name,),
        hint="Nothing was loaded. Release the model again.",
    )
