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
        try:
            parameters[key] = json.loads(value)
        except json.JSONDecodeError:
            parameters[key] = value
    return parameters
