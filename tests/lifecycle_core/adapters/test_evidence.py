"""Evidence of a finalization, in memory and in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lifecycle_core.adapters.evidence import EvidenceFolder, EvidenceInMemory
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.errors import InvalidCall, TargetUnwritable
from lifecycle_core.finalizing import finalize
from lifecycle_core.schema.finalization import Finalization
from tests.fakes.finalizing import ModelsAsText, bikes_release, churn_release, churn_rows

if TYPE_CHECKING:
    from pathlib import Path


def test_memory_keeps_the_last_finalization() -> None:
    store = EvidenceInMemory()
    frame, y = churn_rows(60)
    finalize({"a": DummyClassifier()}, frame, y, release=churn_release(), evidence=store)
    record = finalize({"b": DummyClassifier()}, frame, y, release=churn_release(), evidence=store)
    assert store.record == record
    assert record.chosen == "b"
    assert record.model_digest == ""


def test_a_folder_holds_what_packaging_needs(tmp_path: Path) -> None:
    frame, y = churn_rows(1_500)
    folder = tmp_path / "evidence"
    models = SkopsModels()
    record = finalize(
        {"logistic": make_pipeline(StandardScaler(), LogisticRegression())},
        frame,
        y,
        release=churn_release(),
        evidence=EvidenceFolder(folder, models),
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "finalization.json",
        "held_out.parquet",
        "model.skops",
        "rehearsal.parquet",
        "training.parquet",
    ]
    assert Finalization.from_json((folder / "finalization.json").read_text()) == record
    assert record.model_digest == digest_file(folder / "model.skops")
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "training.parquet"), frame)
    rehearsal = pd.read_parquet(folder / "rehearsal.parquet")
    assert len(rehearsal) == 1_000
    held_out = pd.read_parquet(folder / "held_out.parquet")
    assert (len(held_out), held_out["label"].sum()) == (1_500, (y == "yes").sum())
    np.testing.assert_array_equal(held_out["score"] >= record.rule.value, held_out["decision"])
    model = models.load(folder / "model.skops")
    scores = model.predict_proba(rehearsal[list(record.features)])[:, 1]
    np.testing.assert_array_equal(scores, rehearsal["__score__"])
    np.testing.assert_array_equal(scores >= record.rule.value, rehearsal["__decision__"])


def test_a_forecast_is_rehearsed_with_its_shift(tmp_path: Path) -> None:
    frame = pd.DataFrame({"hour": np.arange(50.0)})
    y = pd.Series(frame["hour"] * 2 + np.resize([0.0, 3.0, -1.0], 50), name="bikes")
    record = finalize(
        {"line": LinearRegression()},
        frame,
        y,
        release=bikes_release(),
        evidence=EvidenceFolder(tmp_path, ModelsAsText()),
    )
    rehearsal = pd.read_parquet(tmp_path / "rehearsal.parquet")
    assert len(rehearsal) == 50
    np.testing.assert_allclose(
        rehearsal["__decision__"] - rehearsal["__score__"], record.rule.value
    )


def test_a_second_finalization_replaces_the_first(tmp_path: Path) -> None:
    frame, y = churn_rows(60)
    store = EvidenceFolder(tmp_path, ModelsAsText())
    for name in ("a", "b"):
        finalize({name: DummyClassifier()}, frame, y, release=churn_release(), evidence=store)
    assert Finalization.from_json((tmp_path / "finalization.json").read_text()).chosen == "b"


@pytest.mark.parametrize(
    ("name", "values", "fact"),
    [
        ("mixed", [1, "a"] * 30, "X cannot be stored as a table: "),
        ("__score__", [1.0] * 60, "X has a column '__score__'"),
    ],
)
def test_a_frame_that_is_no_table_is_refused(
    tmp_path: Path, name: str, values: list[object], fact: str
) -> None:
    frame, y = churn_rows(60)
    with pytest.raises(InvalidCall) as caught:
        finalize(
            {"a": DummyClassifier()},
            frame.assign(**{name: pd.Series(values)}),
            y,
            release=churn_release(),
            evidence=EvidenceFolder(tmp_path, ModelsAsText()),
        )
    assert str(caught.value).startswith(fact)
    assert not (tmp_path / "finalization.json").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    frame, y = churn_rows(60)
    with pytest.raises(TargetUnwritable):
        finalize(
            {"logistic": LogisticRegression()},
            frame,
            y,
            release=churn_release(),
            evidence=EvidenceFolder(tmp_path / "file" / "evidence", SkopsModels()),
        )
