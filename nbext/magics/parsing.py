"""The words behind a magic, and the Python names among them."""

from __future__ import annotations

import re
import shlex
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping


def parsed(magic: Callable[..., Any], line: str) -> Namespace:
    """Return the arguments in a magic's line.

    Raises:
        InvalidCall: The line does not fit; the hint is the nearest example in the magic's help.
    """
    parser = magic.parser  # type: ignore[attr-defined] # set by magic_arguments
    sign = "%%" if magic.__name__ in {"release", "step"} else "%"
    name = f"{sign}{magic.__name__}"
    try:
        # IPython's own split would leave the quotation marks around a reason.
        found: Namespace = parser.parse_args(shlex.split(line))
    except (UsageError, ValueError) as error:  # ValueError: a quotation mark without its partner
        if asked := {"-h", "--help"} & set(line.split()):
            raise InvalidCall(
                f"{name} has no {min(asked)}.", hint=f"`{name}?` has all that it takes."
            ) from None
        got = f"does not understand `{line.strip()}`" if line.strip() else "says too little"
        raise InvalidCall(
            f"{name} {got}: {error}.",
            hint=f"{_meant(parser, line)}Write it as in `{_nearest_example(magic, name, line)}`; "
            f"`{name}?` has all that it takes.",
        ) from None
    return found


def _meant(parser: ArgumentParser, line: str) -> str:
    """Return a sentence about the first option that there is not, if it is nearly one."""
    known = parser._option_string_actions  # noqa: SLF001 - argparse tells its options nowhere else
    options = [word for word in line.split() if word.startswith("--") and word not in known]
    near = get_close_matches(options[0], known, n=1) if options else []
    return f"Did you mean {near[0]}? " if near else ""


def _nearest_example(magic: Callable[..., Any], name: str, line: str) -> str:
    """Return the example in a magic's help that a call is most like."""
    lines = [each.strip() for each in (magic.__doc__ or "").splitlines()]
    # What an example is for stands behind it, some spaces away.
    examples = [re.split(r"\s{2,}", each)[0] for each in lines if each.startswith(name)]
    return get_close_matches(f"{name} {line}", examples, n=1, cutoff=0.0)[0]


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
