"""Parameters as people write them: `name=value` words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterable


def parameters_in(pairs: Iterable[str] | None) -> dict[str, Any]:
    """Read `k=v` words; a value is JSON where it can be read as JSON, else text.

    Raises:
        InvalidCall: A word is no such pair.

    Example:
        >>> parameters_in(["seed=8", "data=new.csv"])
        {'seed': 8, 'data': 'new.csv'}
    """
    parameters: dict[str, Any] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise InvalidCall(
                f"--param is {pair!r}, want name=value.", hint="Try --param alpha=0.1."
            )
        parameters[key] = value_of(value)
    return parameters


def values_in(pairs: Iterable[str] | None) -> dict[str, list[Any]]:
    """Read `k=v,v` words: the values of a parameter, of which each is to be run.

    Raises:
        InvalidCall: A word is no such pair.

    Example:
        >>> values_in(["region=north,south", "seed=1,2"])
        {'region': ['north', 'south'], 'seed': [1, 2]}
    """
    found: dict[str, list[Any]] = {}
    for pair in pairs or ():
        name, equals, values = pair.partition("=")
        if not equals or not name.isidentifier() or not values:
            raise InvalidCall(
                f"--for-each is {pair!r}, want name=value,value.",
                hint="Try --for-each region=north,south.",
            )
        found[name] = [value_of(value) for value in values.split(",")]
    return found


def value_of(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value as it is written in a word: JSON where it can be read as that, else text.

    Example:
        >>> value_of("8"), value_of("new.csv")
        (8, 'new.csv')
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
