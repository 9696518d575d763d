"""A notebook that installs packages as it runs.

## What it does
Reports `pip install` and its like in magics and shell lines. Where every version is pinned, or a
requirements file is named, it is only noted.

## Why is this bad?
The run gets whatever version is newest that day, and changes the environment it runs in.

## Examples
`%pip install lightgbm`: add `lightgbm==4.6.0` to the project's dependencies instead.

## References
- Pimentel et al., EMSE 2021: 12.5 % of notebooks have declared dependencies, 59.3 % of those fail
  to install.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.parsing import Magic
    from lifecycle_core.notebooks.rules.view import View

_INSTALL = re.compile(
    r"(?:^|[;&|\s/])(?:pip3?|conda|mamba|uv(?:\s+pip)?|apt(?:-get)?|poetry|npm)\s+(?:-\w+\s+)*"
    r"(?:install|add)\b(?P<rest>[^;&|]*)"
)


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each installation."""
    for index, parsed in view.dataflow.parsed.items():
        for magic in parsed.magics:
            rest = _installed(magic)
            if rest is None:
                continue
            pinned = _pinned(rest)
            yield Spot(
                cell=index,
                line=magic.line,
                kind="environment_drift",
                severity="info" if pinned else "warning",
                names=tuple(_packages(rest))[:10],
                message="installs packages as it runs"
                + ("" if pinned else ", of no fixed version"),
                hint="Declare them in the project's dependencies, with versions; remove this.",
            )


def _installed(magic: Magic) -> str | None:
    text = magic.text
    if magic.name in {"pip", "conda", "mamba", "uv"} and not magic.whole_cell:
        text = f"{magic.name} {text}"
    elif magic.name != "!":
        return None
    match = _INSTALL.search(text)
    return match["rest"] if match else None


def _packages(rest: str) -> Iterator[str]:
    skip = False
    for word in rest.split():
        if skip or word.startswith("-"):
            skip = word in {"-r", "--requirement", "-c", "-i", "--index-url", "-f"}
        elif word.strip("'\"")[:1].isalnum():
            yield word.strip("'\"")


def _pinned(rest: str) -> bool:
    packages = list(_packages(rest))
    return all(re.search(r"[^=!<>]=?=[^=]", name) and "==" in name for name in packages)


RULE = Rule("NB502", "installs-packages", find)
