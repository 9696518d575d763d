"""Read YAML that people write into its record, with errors that name the line.

PyYAML gives every node its line; pydantic gives every error its path; this module joins the two.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lifecycle_core.errors import ReleaseFileInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
_LARGEST = 200_000


class Written(NamedTuple):
    """YAML that was read, and where each part of it stands.

    Attributes:
        document: Its data.
        lines: By the keys above it, the line of each part.
    """

    document: dict[str, Any]
    lines: dict[Path, int]


def read_record(text: str, model: type[Model], *, where: str, first_line: int = 1) -> Model:
    """Return the record that a YAML text holds.

    Args:
        text: YAML with the fields of the record.
        model: What it must be.
        where: What the text is called in messages.
        first_line: Number of the text's first line where it stands.

    Raises:
        ReleaseFileInvalid: The text is not YAML, has an unknown key or a wrong value; the message
            names the line, what was got and what is wanted, the hint the nearest known key.
    """
    return to_record(read_yaml(text, model, where=where, first_line=first_line), model, where=where)


def to_record(written: Written, model: type[Model], *, where: str) -> Model:
    """Return the record that YAML holds which was read.

    Raises:
        ReleaseFileInvalid: As `read_record`.
    """
    try:
        return model.model_validate(written.document)
    except ValidationError as error:
        errors = error.errors()
        first, *others = sorted(errors, key=lambda each: line_of(each["loc"], written.lines))
        raise _explain(first, len(others), where, written.lines, model) from None


def read_yaml(text: str, model: type[BaseModel], *, where: str, first_line: int = 1) -> Written:
    """Return what a YAML text holds, before it is a record.

    Raises:
        ReleaseFileInvalid: It is too large, is no YAML, or no mapping.
    """
    if len(text) > _LARGEST:
        raise ReleaseFileInvalid(
            f"{where} has {len(text):,} characters; such a file has at most {_LARGEST:,}.",
            where=where,
        )
    return _read_yaml("\n" * (first_line - 1) + text, where, model)


def _read_yaml(text: str, where: str, model: type[BaseModel]) -> Written:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ReleaseFileInvalid(
                f"{where} uses a YAML alias (`*name`).",
                where=where,
                hint="Write the value out: the file is read by people.",
            )
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ReleaseFileInvalid(
            f"{where}, line {line}: this is not YAML: {error.problem}.",
            where=f"{where}, line {line}",
            hint="Check the indentation and that a value with a colon in it stands in quotes.",
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # such as 2026-02-30
        raise ReleaseFileInvalid(f"{where}: this is not YAML: {error}.", where=where) from None
    if root is None or document is None:
        return Written({}, {})
    if not isinstance(document, dict):
        raise ReleaseFileInvalid(
            f"{where}, line 1: got a {type(document).__name__}, want sections such as "
            f"`{_names(model)[0]}:`.",
            where=where,
            hint=f"The sections are {', '.join(_names(model))}.",
        )
    return Written(document, dict(_node_lines(root, (), where)))


def _node_lines(node: yaml.Node, path: Path, where: str) -> Iterator[tuple[Path, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ReleaseFileInvalid(
                    f"{where}, line {line}: the key `{key.value}` stands here twice.",
                    where=f"{where}, line {line}",
                    hint="Keep one of them.",
                )
            seen.add(key.value)
            yield (*path, key.value), key.start_mark.line + 1
            yield from _node_lines(value, (*path, key.value), where)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*path, index), value.start_mark.line + 1
            yield from _node_lines(value, (*path, index), where)


def _explain(
    error: ErrorDetails, others: int, where: str, lines: dict[Path, int], model: type[BaseModel]
) -> ReleaseFileInvalid:
    path = error["loc"]
    spot = f"{where}, line {line_of(path, lines)}"
    dotted = ".".join(str(part) for part in path)
    more = f" {others} more of this kind follow." if others else ""
    if error["type"] == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
        return ReleaseFileInvalid(f"{spot}: unknown key `{dotted}`.{more}", where=spot, hint=hint)
    if error["type"] == "missing":
        return ReleaseFileInvalid(
            f"{spot}: `{dotted}` is missing.{more}", where=spot, hint=f"Add `{path[-1]}: ...`."
        )
    got = error["input"]
    return ReleaseFileInvalid(
        f"{spot}: `{dotted}` is {got!r}: {error['msg'].lower()}.{more}", where=spot
    )


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """Return the line of the path, or of the nearest thing above it that has one."""
    for length in range(len(path), 0, -1):
        if found := lines.get(tuple(path[:length])):
            return found
    return 1


def _names(model: type[BaseModel]) -> list[str]:
    return [name for name in model.model_fields if name != "schema_"]


def _known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that are known at a place in the file."""
    for part in path:
        if isinstance(part, int):  # an entry of a list has the keys that its list stands for
            continue
        field = model.model_fields.get(str(part))
        found = next(iter(_models_in(field.annotation)), None) if field else None
        if found is None:
            return []
        model = found
    return _names(model)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - annotations have no common type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)
