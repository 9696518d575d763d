"""Python code made from our templates: every text in it is a literal, and ruff lays it out."""

from __future__ import annotations

from typing import Any

from lifecycle_core.adapters.formatting import laid_out
from lifecycle_core.adapters.templates import template_environment


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """Return the Python code that a template below `templates/exports/` gives, laid out."""
    environment = template_environment({"literal": literal})
    code = environment.get_template(f"exports/{template}").render(values)
    return laid_out(code)


def literal(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    r"""Return a value of JSON as a Python literal on one line.

    No two opening braces stand side by side in it, as Argo and Kubeflow replace what lies between
    such pairs.

    Example:
        >>> print(literal({"text": 'it\'s "so"\n', "at": "{{now}}"}))
        {'text': 'it\'s "so"\n', 'at': '{\x7bnow}}'}
    """
    return repr(value).replace("{{", "{\\x7b")
