"""Parameters as words: engines that start containers know texts, and a few types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lifecycle_core.schema.pipeline import Parameter

Kind = Literal["text", "int", "float", "bool", "json", "quoted"]
_EXACT = 2**53
_DECLARED: dict[str, tuple[Kind, type]] = {
    "str": ("text", str),
    "int": ("int", int),
    "float": ("float", float),
    "bool": ("bool", bool),
}


def kind_of(parameter: Parameter) -> Kind:
    """Return how a parameter travels: as its declared type, if its default is one, else as JSON.

    Example:
        >>> from lifecycle_core.schema.pipeline import Parameter
        >>> kind_of(Parameter(name="seed", type="int", default=7))
        'int'
        >>> kind_of(Parameter(name="regions", type="list[str]", default=["north"]))
        'json'
    """
    kind, wanted = _DECLARED.get(parameter.type, ("json", object))
    return kind if type(parameter.default) is wanted else "json"


def word_kind_of(parameter: Parameter) -> Kind:
    """Return how a parameter travels in words that an engine reads too.

    A text with two opening braces, where Argo and Kubeflow would look for names, goes quoted; and
    as JSON a number that a float does not hold exactly, as which Kubeflow keeps all numbers.
    """
    kind, default = kind_of(parameter), parameter.default
    if kind == "text" and "{{" in default:
        return "quoted"
    return "json" if kind == "int" and abs(default) > _EXACT else kind


def word_of(parameter: Parameter) -> str:
    r"""Return the default of a parameter as a word.

    Example:
        >>> from lifecycle_core.schema.pipeline import Parameter
        >>> print(word_of(Parameter(name="at", type="str", default="{{now}}")))
        "{\u007bnow}}"
    """
    if word_kind_of(parameter) == "text":
        return str(parameter.default)
    word = json.dumps(parameter.default)
    # In JSON braces stand side by side inside texts only.
    return word.replace("{{", "{\\u007b")
