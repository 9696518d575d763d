"""Write small notebooks for tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PYTHON: dict[str, Any] = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}
SMALL_MODEL = """\
%load_ext nbext
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
frame = load_iris(as_frame=True)
X = frame.data[frame.target < 2].sample(60, random_state=0)
y = frame.target[X.index]"""
SMALL_RELEASE = """\
%%release flowers
model: {positive_class: 1}
costs: {false_positive: 1, false_negative: 5}"""


def write_notebook(path: Path, *sources: str, metadata: dict[str, Any] | None = None) -> Path:
    """Write a notebook with these code cells, never executed, and return its path."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell-{index}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for index, source in enumerate(sources)
    ]
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": PYTHON if metadata is None else metadata,
        "cells": cells,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_small_release(path: Path, *more: str) -> Path:
    """Write a notebook that finalizes a model on 60 rows of iris, then runs `more`."""
    finalize = "candidates = {'line': LogisticRegression()}\n%finalize candidates X y --folds 3"
    return write_notebook(path, SMALL_MODEL, SMALL_RELEASE, *more, finalize)
