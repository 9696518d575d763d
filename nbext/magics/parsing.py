"""The words behind a magic, and the Python names among them."""

from __future__ import annotations

import shlex
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping


def parsed(magic: Callable[..., Any], line: str) -> Namespace:
    """Return the arguments in a magic's line.

    Raises:
        InvalidCall: The line does not fit; the hint is the magic's usage.
    """
    parser = magic.parser  # type: ignore[attr-defined] # set by magic_arguments
    try:
        # IPython's own split would leave the quotation marks around a reason.
        found: Namespace = parser.parse_args(shlex.split(line))
    except (UsageError, ValueError) as error:  # ValueError: a quotation mark without its partner
        usage = " ".join(parser.format_usage().partition("%")[2].split())
        sign = "%%" if magic.__name__ == "release" else "%"
        got = f"does not understand `{line.strip()}`" if line.strip() else "says too little"
        raise InvalidCall(
            f"{sign}{magic.__name__} {got}: {error}.",
            hint=f"Write {sign}{usage.lstrip('%')}",
        ) from None
    return found


def named(names: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - a user's variable
    """Return the value of a variable of the user's.

    Raises:
        InvalidCall: There is no such variable; the hint is the nearest one.
    """
    if name in names:
        return names[name]
    own = [known for known in names if not known.startswith("_")]
    near = get_close_matches(name, own, n=1)
    raise InvalidCall(
        f"There is no variable `{name}` in this notebook.",
        hint=f"Did you mean `{near[0]}`?" if near else "Run the cell that makes it first.",
    )
