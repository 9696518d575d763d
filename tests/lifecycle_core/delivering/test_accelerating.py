from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lifecycle_core.adapters.scorers import open_scorer
from lifecycle_core.errors import BundleInvalid, TableInvalid
from lifecycle_core.schema.encoding import Encoding
from lifecycle_core.schema.fast_path import FastPath
from tests.fakes.fitted import bundled, fit

if TYPE_CHECKING:
    from pathlib import Path

CONVERT = {
    "logistic": "linear",
    "logistic, imputed": "linear",
    "rare levels": "linear",
    "boosting": "trees",
    "forest": "trees",
    "histograms": "trees",
    "categoricals": "trees",
    "counts": "linear",
    "amounts": "trees",
    "calibrated": "sampling",
}


@pytest.mark.parametrize("kind", CONVERT)
def test_what_converts_scores_every_row_as_the_model_does_and_explains_it(
    tmp_path: Path, kind: str
) -> None:
    fitted = fit(tmp_path, kind)
    proof = fitted.accelerate()
    assert (proof.kind, proof.arrays, proof.why) == ("onnx", True, "")
    assert proof.sample_rows == len(fitted.frame)
    assert proof.edge_rows > 100
    assert proof.largest_difference < 1e-12  # double precision: a millionth would be float32
    assert set(proof.versions) == {"onnx", "onnxruntime", "skl2onnx", "scikit-learn"}
    text = (tmp_path / "encoding.json").read_bytes()
    assert Encoding.from_json(text).to_json().encode() == text

    facts = fitted.prepare_reasons()
    assert facts.method == CONVERT[kind]
    assert facts.largest_gap < 1e-9
    assert (tmp_path / "trees.npz").is_file() == (facts.method == "trees")

    scorer = open_scorer(bundled(fitted, proof))
    assert scorer.kind == "onnx"
    np.testing.assert_allclose(scorer.scores(fitted.columns), fitted.wanted, rtol=1e-9)
    row = {name: values[7] for name, values in fitted.columns.items()}
    assert scorer.score(row) == pytest.approx(fitted.wanted[7], rel=1e-9)


def test_the_first_class_may_be_the_positive_one(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "boosting", positive="No")
    proof = fitted.accelerate()
    facts = fitted.prepare_reasons()
    assert (proof.kind, facts.method, facts.sign) == ("onnx", "trees", -1)
    np.testing.assert_allclose(
        open_scorer(bundled(fitted, proof)).scores(fitted.columns), fitted.wanted, rtol=1e-9
    )


def test_a_conversion_that_is_wrong_is_not_used(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "discriminant")  # skl2onnx takes one column of it for two
    proof = fitted.accelerate()
    assert (proof.kind, proof.arrays) == ("scikit-learn", True)
    assert proof.why.startswith("onnx disagrees: the score differs by 0.")
    assert not (tmp_path / "model.onnx").exists()
    scorer = open_scorer(bundled(fitted, proof))
    assert scorer.kind == "scikit-learn"
    np.testing.assert_allclose(scorer.scores(fitted.columns), fitted.wanted, rtol=1e-9)


def test_a_transformer_that_is_not_known_leaves_it_to_scikit_learn(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "power")
    proof = fitted.accelerate()
    assert (proof.kind, proof.arrays) == ("scikit-learn", False)
    assert proof.why == "not converted: PowerTransformer has no form as arrays of numbers here"
    assert fitted.prepare_reasons().method == "sampling"
    scorer = open_scorer(bundled(fitted, proof))
    np.testing.assert_allclose(scorer.scores(fitted.columns), fitted.wanted, rtol=1e-12)
    with pytest.raises(TableInvalid, match="There is no column 'tenure'"):
        scorer.score({"charges": 1.0})


def test_trees_of_a_kind_that_is_not_read_leave_it_to_scikit_learn(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "exponential")
    proof = fitted.accelerate()
    assert (proof.kind, proof.arrays) == ("scikit-learn", True)
    assert "the exponential loss has a link of its own" in proof.why
    assert fitted.prepare_reasons().method == "sampling"


def test_the_record_says_why_it_is_not_onnx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = fit(tmp_path, "logistic")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    proof = fitted.accelerate()
    assert (proof.kind, proof.arrays) == ("scikit-learn", True)
    assert proof.why == "ONNX Runtime does not load what was converted"


def test_without_the_extra_a_release_is_still_packaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "skl2onnx", None)
    fitted = fit(tmp_path, "logistic")
    proof = fitted.accelerate()
    assert (proof.kind, proof.arrays) == ("scikit-learn", True)
    assert proof.why == "not converted: the extra serve is not installed"
    scorer = open_scorer(bundled(fitted, proof))
    assert scorer.kind == "scikit-learn"
    np.testing.assert_allclose(scorer.scores(fitted.columns), fitted.wanted, rtol=1e-12)


def test_a_bundle_of_before_is_scored_by_its_model(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "logistic")
    scorer = open_scorer(bundled(fitted, None))
    assert (scorer.kind, scorer.features) == ("scikit-learn", tuple(fitted.frame))
    np.testing.assert_allclose(scorer.scores(fitted.columns), fitted.wanted, rtol=1e-12)
    with pytest.raises(TableInvalid, match="'tenure' must be of type integer"):
        scorer.scores({**fitted.columns, "tenure": ["long"] * len(fitted.frame)})


def test_the_fast_way_refuses_what_the_model_refuses(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "logistic")
    proof = fitted.accelerate()
    assert proof.refused_rows > 5
    scorer = open_scorer(bundled(fitted, proof))
    row = {name: values[0] for name, values in fitted.columns.items()}
    for feature, value in (("tenure", None), ("plan", "gold"), ("plan", None)):
        with pytest.raises(TableInvalid, match="The model refuses these rows"):
            scorer.score({**row, feature: value})


def test_a_file_beside_the_manifest_is_not_believed(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "logistic")
    bundle = bundled(fitted, None)
    proof = FastPath(kind="onnx", arrays=True)
    (bundle / "evidence" / "fast_path.json").write_text(proof.to_json(), encoding="utf-8")
    with pytest.raises(BundleInvalid):
        open_scorer(bundle)
