"""YAML for people: scripts as blocks of lines, everything else as PyYAML quotes it."""

from __future__ import annotations

from typing import Any

_FIRST = "# Made by `nbrelease pipeline export`. Do not edit it: export again.\n"


def to_yaml(document: dict[str, Any]) -> str:
    r"""Return a document as YAML, its keys in their order.

    Example:
        >>> print(to_yaml({"name": "a: b", "source": "one\ntwo\n"}), end="")
        # Made by `nbrelease pipeline export`. Do not edit it: export again.
        name: 'a: b'
        source: |
          one
          two
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as blocks, where YAML can hold them so."""

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return _FIRST + yaml.dump(
        document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100
    )
