"""The clean notebooks that faults are put into, in percent format, and what lies beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Base:
    """A clean notebook.

    Attributes:
        data: Data sets by path in the project.
        files: Text files by path in the project; a value that ends in `.txt` names one here.
        notebook: Where the notebook lies in the project.
        noise: What differs at every run and that no reader would call a difference.
        git: Whether the project is a Git working tree.
    """

    data: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    notebook: str = "analysis.ipynb"
    noise: tuple[str, ...] = ()
    git: bool = False


CONFIG = """{"name": "progression", "table": "diabetes.csv", "seed": 5,
 "columns": ["age", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]}
"""
BASES = {
    "churn": Base({"data/telco.csv": "telco.csv"}, notebook="churn_model.ipynb"),
    "bikes": Base({"bikes.csv": "bikes.csv"}, notebook="Exploration.ipynb"),
    "iris_numpy": Base({"iris.csv": "iris.csv"}, notebook="Untitled3.ipynb"),
    "wine": Base({"wine.db": "wine.db"}, notebook="wine-final-v2.ipynb"),
    "cancer": Base(
        {"inputs/cancer.parquet": "cancer.parquet"},
        {"prep.py": "prep.py.txt"},
        notebook="03_evaluate.ipynb",
    ),
    "diabetes": Base(
        {"diabetes.csv": "diabetes.csv"},
        {"config.json": CONFIG},
        notebook="progression.ipynb",
        noise=(r"CPU times.*", r"Wall time.*", r"CPU times[^\n]*\n?", r"Wall time[^\n]*"),
    ),
    "digits": Base({"digits.npz": "digits.npz"}, notebook="Digits PCA.ipynb"),
    "ledger": Base({"telco.csv": "telco.csv"}, notebook="ledger.ipynb"),
    "segments": Base(
        {"data/telco.csv": "telco.csv"}, notebook="notebooks/segments.ipynb", git=True
    ),
    "forecast": Base({"data/bikes.csv": "bikes.csv"}, notebook="forecast.ipynb"),
}


def source_of(base: str) -> str:
    """Return the text of a base's notebook in percent format."""
    return (FOLDER / f"{base}.txt").read_text(encoding="utf-8")


def text_of(value: str) -> str:
    """Return a text file's content, given as text or as the name of a file here."""
    if value.endswith(".txt"):
        return (FOLDER / value).read_text(encoding="utf-8")
    return value
