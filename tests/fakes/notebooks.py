"""Notebooks made in a line, as Jupyter would have written them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lifecycle_core.notebooks.read import Notebook, parse_notebook

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "laptop-env"}


def code(
    source: str,
    *,
    tags: tuple[str, ...] = (),
    outputs: tuple[dict[str, Any], ...] = (),
    count: int | None = None,
) -> dict[str, Any]:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def markdown(source: str) -> dict[str, Any]:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    """Return what `print` leaves."""
    return {"output_type": "stream", "name": name, "text": text}


def content(*cells: dict[str, Any], minor: int = 4, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a notebook's JSON."""
    return {
        "nbformat": 4,
        "nbformat_minor": minor,
        "metadata": {"kernelspec": KERNELSPEC, **metadata},
        "cells": list(cells),
    }


def notebook(*cells: dict[str, Any], path: Path = Path("model.ipynb")) -> Notebook:
    """Return a parsed notebook."""
    return parse_notebook(json.dumps(content(*cells)).encode(), path)


def write(path: Path, *cells: dict[str, Any]) -> Path:
    """Write a notebook's file, its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content(*cells)))
    return path
