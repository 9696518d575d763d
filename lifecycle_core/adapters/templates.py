"""The Jinja2 templates that ship with the package: cards, records and starter files.

In an installed wheel they lie inside the package; in a checkout they lie beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import jinja2

_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE / "templates", _PACKAGE.parent / "templates")


def template_environment(
    filters: Mapping[str, Callable[..., object]] | None = None,
) -> jinja2.Environment:
    """Return a Jinja2 environment of our templates.

    A missing value is an error; in an HTML template every value is escaped.

    Args:
        filters: Filters by the name that templates know them by.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDERS),
        autoescape=jinja2.select_autoescape(("html", "html.j2"), default_for_string=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters or {})
    return environment


def template_names() -> list[str]:
    """Return the names of all templates, sorted.

    Example:
        >>> "records/release.html.j2" in template_names()
        True
    """
    return sorted(
        path.relative_to(folder).as_posix()
        for folder in _FOLDERS
        if folder.is_dir()
        for path in folder.rglob("*.j2")
    )


def template_path(name: str) -> Path:
    """Return where a file of the templates lies, for those that are no Jinja2 templates alone.

    Args:
        name: Such as `reports/review.ipynb`.

    Raises:
        FileNotFoundError: There is none; a defect of ours.

    Example:
        >>> template_path("reports/review.ipynb").name
        'review.ipynb'
    """
    for folder in _FOLDERS:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(name)
