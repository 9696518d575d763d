"""Read the YAML of a release file or a `%%release` cell, with errors that name the line.

PyYAML gives every node its line; pydantic gives every error its path; this module joins the two.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from lifecycle_core.errors import ReleaseFileInvalid
from lifecycle_core.schema.release_file import ReleaseFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]
_LARGEST = 200_000


def parse_release(
    text: str, *, where: str, name: str | None = None, first_line: int = 1
) -> ReleaseFile:
    r"""Return the release file that a YAML text holds.

    Args:
        text: YAML with the sections of `ReleaseFile`.
        where: What the text is called in messages, such as `release.yaml` or `cell 12`.
        name: The release's name from `%%release NAME`; the text need not repeat it.
        first_line: Number of the text's first line where it stands; 2 in a cell.

    Raises:
        ReleaseFileInvalid: The text is not YAML, has an unknown key or a wrong value; the message
            names the line, what was got and what is wanted, the hint the nearest known key.

    Example:
        >>> parse_release("costs: {false_positive: 20}", where="cell 3", name="churn").model.name
        'churn'
        >>> parse_release("costs:\n  false_positiv: 20", where="cell 3", name="churn")
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.ReleaseFileInvalid: cell 3, line 2: unknown key `costs.false_positiv`.
    """
    if len(text) > _LARGEST:
        raise ReleaseFileInvalid(
            f"{where} has {len(text):,} characters; a release file has at most {_LARGEST:,}.",
            where=where,
        )
    document, lines = _read_yaml("\n" * (first_line - 1) + text, where)
    _set_name(document, name, where, lines)
    try:
        return ReleaseFile.model_validate(document)
    except ValidationError as error:
        first, *others = sorted(error.errors(), key=lambda each: _line(each["loc"], lines))
        raise _explain(first, len(others), where, lines) from None


def _read_yaml(text: str, where: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ReleaseFileInvalid(
                f"{where} uses a YAML alias (`*name`).",
                where=where,
                hint="Write the value out: a release file is read by people.",
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
    except yaml.YAMLError as error:
        raise ReleaseFileInvalid(f"{where}: this is not YAML: {error}.", where=where) from None
    if root is None or document is None:
        return {}, {}
    if not isinstance(document, dict):
        raise ReleaseFileInvalid(
            f"{where}, line 1: got a {type(document).__name__}, want sections such as `costs:`.",
            where=where,
            hint=f"The sections are {', '.join(_sections())}.",
        )
    return document, dict(_node_lines(root, (), where))


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


def _set_name(
    document: dict[str, Any], name: str | None, where: str, lines: dict[Path, int]
) -> None:
    model = document.setdefault("model", {})
    if name is None or not isinstance(model, dict):
        return
    written = model.setdefault("name", name)
    if written != name:
        line = lines.get(("model", "name"), 1)
        raise ReleaseFileInvalid(
            f"{where}, line {line}: the name is `{written}` here and `{name}` in `%%release`.",
            where=f"{where}, line {line}",
            hint="Leave `name` out of the text, or make the two the same.",
        )


def _explain(
    error: ErrorDetails, others: int, where: str, lines: dict[Path, int]
) -> ReleaseFileInvalid:
    path = error["loc"]
    spot = f"{where}, line {_line(path, lines)}"
    dotted = ".".join(str(part) for part in path)
    more = f" {others} more of this kind follow." if others else ""
    if error["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
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


def _line(path: Path, lines: dict[Path, int]) -> int:
    """Return the line of the path, or of the nearest thing above it that has one."""
    for length in range(len(path), 0, -1):
        if found := lines.get(tuple(path[:length])):
            return found
    return 1


def _sections() -> list[str]:
    return [name for name in ReleaseFile.model_fields if name != "schema_"]


def _known_keys(path: Path) -> list[str]:
    """Return the keys that are known at a place in the file."""
    model: type[BaseModel] = ReleaseFile
    for part in path:
        if isinstance(part, int):  # an entry of a list has the keys that its list stands for
            continue
        field = model.model_fields.get(str(part))
        found = next(iter(_models_in(field.annotation)), None) if field else None
        if found is None:
            return []
        model = found
    return [name for name in model.model_fields if name != "schema_"]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - annotations have no common type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)
