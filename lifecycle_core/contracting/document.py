"""YAML that people write: its data, and the line on which each part of it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from lifecycle_core.errors import ReleaseFileInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence


class Document:
    """YAML data that remembers the line of each of its parts."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            _keep_text(self._root)
            self.data = _construct(self._root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise ReleaseFileInvalid(
                f"{where} is not valid YAML: {error.problem}.",
                where=f"{where}:{mark.line + 1}" if mark else where,
                hint="Check the indentation and the quotes.",
            ) from error
        except (yaml.YAMLError, RecursionError, ValueError) as error:  # such as 2026-02-30
            raise ReleaseFileInvalid(
                f"{where} is not valid YAML: {error}.", where=where, hint="Save it as UTF-8 text."
            ) from error
        if not isinstance(self.data, dict):
            raise ReleaseFileInvalid(
                f"{where} holds no mapping, it must be an Open Data Contract Standard file.",
                where=where,
                hint="Start from contract/contract.odcs.yaml of a bundle.",
            )

    def invalid(
        self, fact: str, place: Sequence[int | str], *, hint: str = ""
    ) -> ReleaseFileInvalid:
        """Return the error with the line of the deepest part of `place` that exists."""
        where = f"{self.where}:{self._line(place)}"
        return ReleaseFileInvalid(f"{where}: {fact}.", where=where, hint=hint)

    def _line(self, place: Sequence[int | str]) -> int:
        node, line = self._root, 0
        for step in place:
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
                line = node.start_mark.line
            else:
                break
        return int(line) + 1


def _construct(root: yaml.Node | None) -> Any:  # noqa: ANN401 - whatever YAML holds
    loader = yaml.SafeLoader("")
    try:
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _keep_text(root: yaml.Node | None) -> None:
    """Read `enum` values as they are written: YAML would turn No into False."""
    waiting, seen = [(root, False)], set[tuple[int, bool]]()
    while waiting:
        node, in_enum = waiting.pop()
        if (id(node), in_enum) in seen:  # an alias, perhaps of itself
            continue
        seen.add((id(node), in_enum))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if in_enum and key.value == "value" and isinstance(value, yaml.ScalarNode):
                    value.tag = "tag:yaml.org,2002:str"
                waiting.append((value, key.value == "enum"))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend((item, in_enum) for item in node.value)
