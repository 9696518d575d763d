"""The key of a step: everything that its results depend on, and why one key is not another."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lifecycle_core.schema.trace import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.schema.trace import Ingredients, LastRun, Statement

MISSING = "results are missing from the store"
NEVER = "it has never run here"


def key_of(step: str, ingredients: Ingredients) -> str:
    """Return the key: 64 hexadecimal digits, equal for equal ingredients.

    The lines of statements and the names of the steps that inputs come from are told to people and
    do not count.
    """
    counted = ingredients.model_copy(
        update={
            "code": {
                name: tuple(one.model_copy(update={"line": 0}) for one in statements)
                for name, statements in sorted(ingredients.code.items())
            },
            "inputs": dict(sorted(ingredients.inputs.items())),
            "sources": {},
            "parameters": {
                name: ("", digest) for name, (_, digest) in sorted(ingredients.parameters.items())
            },
            "generators": dict(sorted(ingredients.generators.items())),
        }
    )
    return hashlib.sha256(f"{step}\n{counted.model_dump_json()}".encode()).hexdigest()


def reasons(
    now: Ingredients,
    last: LastRun | None,
    files: Mapping[str, str],
    *,
    same_key: bool,
    foreign: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return why a step has to run, a sentence each.

    Args:
        now: What its key is made of now.
        last: How it last ran; None if it never did.
        files: The digests now of the files that it read then, by path.
        same_key: Whether it last ran with the key of now.
        foreign: Paths that it wrote then and somebody else wrote since.

    Example:
        >>> from lifecycle_core.schema.trace import Ingredients, LastRun
        >>> last = LastRun(key="k", ingredients=Ingredients(parameters={"seed": ("7", "a")}))
        >>> reasons(Ingredients(parameters={"seed": ("8", "b")}), last, {}, same_key=False)
        ('parameter seed: 7 -> 8',)
    """
    if last is None:
        return (NEVER,)
    found = [] if same_key else list(_changes(last.ingredients, now))
    found += [
        "the project lies in another folder" if path == FOLDER else f"file {path} changed"
        for path, digest in last.files.items()
        if path in files and files[path] != digest
    ]
    found += [f"file {path} is not as this pipeline left it" for path in foreign]
    return tuple(found) or (MISSING,)


def _changes(then: Ingredients, now: Ingredients) -> Iterator[str]:
    for name in dict.fromkeys((*now.code, *then.code)):
        if change := _code_change(then.code.get(name), now.code.get(name)):
            yield f"code of {name} {change}"
    yield from _input_changes(then, now)
    yield from _parameter_changes(then, now)
    for generator in dict.fromkeys((*now.generators, *then.generators)):
        if then.generators.get(generator) != now.generators.get(generator):
            yield f"state of the generator {generator} changed"
    for name in dict.fromkeys((*now.checks, *then.checks)):
        if then.checks.get(name) != now.checks.get(name):
            yield f"contract of {name} changed"
    if then.lock != now.lock:
        yield "lock changed"
    if then.policy != now.policy:
        yield f"surroundings changed: {then.policy} -> {now.policy}"


def _input_changes(then: Ingredients, now: Ingredients) -> Iterator[str]:
    for name, identity in now.inputs.items():
        origin = f"(from {now.sources.get(name, '?')})"
        if name not in then.inputs:
            yield f"input {name} is new {origin}"
        elif then.inputs[name] != identity:
            yield f"input {name} changed {origin}"
    for name in then.inputs:
        if name not in now.inputs:
            yield f"input {name} is no longer taken"


def _parameter_changes(then: Ingredients, now: Ingredients) -> Iterator[str]:
    for name, (text, digest) in now.parameters.items():
        if name not in then.parameters:
            yield f"parameter {name} is new: {text}"
        elif then.parameters[name][1] != digest:
            yield f"parameter {name}: {then.parameters[name][0]} -> {text}"
    for name in then.parameters:
        if name not in now.parameters:
            yield f"parameter {name} is no longer taken"


def _code_change(then: tuple[Statement, ...] | None, now: tuple[Statement, ...] | None) -> str:
    """Return what happened to a piece of code, with the first line now that is not as then."""
    if now is None:
        return "is no longer used"
    if then is None:
        return "is new"
    for before, after in zip(then, now, strict=False):
        if before.digest != after.digest:
            return f"changed: line {after.line}"
    if len(now) > len(then):
        return f"changed: line {now[len(then)].line}"
    if len(now) < len(then):
        return (
            f"changed: lines after {now[-1].line} are gone" if now else "changed: nothing is left"
        )
    return ""
