"""Labels of a table of outcomes: which class each of them names, however the table writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from lifecycle_core.adapters.prediction_log.outcome_tables import Told, read_outcomes
from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from pathlib import Path


def labels(folder: Path, words: str, classes: str, positive: str) -> list[float]:
    """Return what is kept of labels, one a word, `.` where one is missing."""
    rows = [f"p{at},{'' if word == '.' else word}" for at, word in enumerate(words.split())]
    (folder / "told.csv").write_text("\n".join(["prediction,label", *rows]))
    told = Told(
        release="churn", positive=positive, classes=tuple(classes.split()), who="crm",
        now=datetime(2026, 9, 1, tzinfo=UTC),
    )  # fmt: skip
    read_outcomes(folder / "told.csv", told, folder / "kept.parquet")
    kept: list[float] = pq.read_table(folder / "kept.parquet")["label"].to_pylist()
    return kept


@pytest.mark.parametrize(
    ("words", "classes", "positive", "kept"),
    [
        # pandas writes a column of 1 and 2 so, once one is missing.
        ("1.0 2.0 . 1.0", "1 2", "2", [0.0, 1.0, 0.0]),
        ("0.0 1.0 . 0.0", "0 1", "0", [1.0, 0.0, 1.0]),
        ("1 2", "1.0 2.0", "2.0", [0.0, 1.0]),
        ("true false", "False True", "False", [0.0, 1.0]),
        # What says only yes or no, where no class is called so.
        ("true false", "1 2", "2", [1.0, 0.0]),
        ("True 0 1 1.0 No Yes", "No Yes", "Yes", [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]),
        ("1 0 true", "False True", "True", [1.0, 0.0, 1.0]),
        ("true 1.0 0", "0 1", "1", [1.0, 1.0, 0.0]),
        # Two texts that are one number are two classes.
        ("1 01", "01 1", "01", [0.0, 1.0]),
    ],
)
def test_a_class_is_known_however_it_is_written(
    tmp_path: Path, words: str, classes: str, positive: str, kept: list[float]
) -> None:
    assert labels(tmp_path, words, classes, positive) == kept


@pytest.mark.parametrize(
    ("words", "classes", "positive"),
    [
        ("0", "1 2", "2"),
        ("3", "1 2", "2"),
        ("0.7", "No Yes", "Yes"),
        ("yes", "No Yes", "No"),
        ("true", "0 1", "0"),
        ("1", "False True", "False"),
        ("1.0", "01 1", "01"),
    ],
)
def test_what_may_be_either_class_or_none_is_refused(
    tmp_path: Path, words: str, classes: str, positive: str
) -> None:
    one, other = classes.split()
    with pytest.raises(TableInvalid, match=rf"Row 0 .* label '{words}'") as refused:
        labels(tmp_path, words, classes, positive)
    assert f"a class of the model ({one}, {other})" in (refused.value.hint or "")
