from __future__ import annotations

from dataclasses import replace
from functools import cache
from shutil import copytree
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from lifecycle_core.adapters.bundles import write_bundle
from lifecycle_core.adapters.evidence import kept_forms
from lifecycle_core.adapters.explaining import Explainer, open_explainer
from lifecycle_core.adapters.scorers import Scorer, open_scorer
from lifecycle_core.delivering import check_reasons
from lifecycle_core.delivering.explaining import factors_of
from lifecycle_core.errors import BundleInvalid, ReleaseFileInvalid
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.prediction import Prediction
from lifecycle_core.schema.release_file import (
    ModelSection,
    ReasonsSection,
    ReasonText,
    ReleaseFile,
)
from tests.fakes.fitted import Fitted, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

DIGEST = "sha256:" + "0" * 64
SIGNED = ReasonsSection(
    signed_by="Maria Keller",
    top=2,
    texts={"charges": ReasonText(raises="Pays {value} a month ({name})", lowers="Pays little")},
)


class Opened(NamedTuple):
    fitted: Fitted
    scorer: Scorer
    explainer: Explainer


def opened(fitted: Fitted, section: ReasonsSection) -> Opened:
    proof = fitted.accelerate()
    fitted.prepare_reasons(section)
    release = ReleaseFile(model=ModelSection(name="churn"), reasons=section)
    forms = {f"model/{name}": content for name, content in kept_forms(fitted.folder).items()}
    files: dict[str, bytes | Path] = {
        "release.json": release.to_json().encode(),
        "model/model.skops": fitted.folder / "model.skops",
        "contract/contract.json": fitted.contract.to_json().encode(),
        "evidence/finalization.json": fitted.record.to_json().encode(),
        "evidence/fast_path.json": proof.to_json().encode(),
        **forms,
    }
    bundle = fitted.folder / write_bundle("churn", files, fitted.folder).path
    scorer = open_scorer(bundle)
    explainer = open_explainer(bundle, scorer)
    assert explainer is not None
    return Opened(fitted, scorer, explainer)


def rows_of(fitted: Fitted, count: int = 30) -> list[dict[str, Any]]:
    return [{name: values[at] for name, values in fitted.columns.items()} for at in range(count)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    """Return what fits and opens a model by name, once."""

    @cache
    def make(kind: str) -> Opened:
        return opened(fit(tmp_path_factory.mktemp(kind), kind), ReasonsSection())

    return make


@pytest.mark.parametrize("kind", ["logistic", "forest", "network"])
def test_effects_sum_to_the_score_and_are_told_strongest_first(
    made: Callable[[str], Opened], kind: str
) -> None:
    fitted, scorer, explainer = made(kind)
    explainer = replace(explainer, section=SIGNED)
    for row in rows_of(fitted):
        told = explainer.explain(row)
        assert told.score == pytest.approx(scorer.score(row))
        assert told.baseline + told.effects.sum() == pytest.approx(told.score)
        reasons = explainer.reasons(row)
        assert len(reasons) == 2
        assert abs(reasons[0].effect) >= abs(reasons[1].effect) > 0
        assert reasons[0].effect == pytest.approx(max(told.effects, key=abs))
        assert explainer.reasons(row) == reasons
    assert explainer.name.startswith(f"{explainer.facts.method}/1 baseline 0.")


def test_a_linear_model_s_effects_are_its_weights_times_the_distance(
    made: Callable[[str], Opened],
) -> None:
    fitted, _, explainer = made("logistic")
    estimator = fitted.model[-1]
    encoded = np.asarray(fitted.model[0].transform(fitted.frame))
    moved = (encoded - encoded.mean(axis=0)) * estimator.coef_[0]
    by_feature = {"plan": slice(0, 3), "city": slice(3, 11), "tenure": slice(11, 12)}
    names = [factor.name for factor in explainer.facts.factors]
    for at, row in enumerate(rows_of(fitted, 5)):
        effects = explainer.shared(row)
        for name, part in by_feature.items():
            assert effects[names.index(name)] == pytest.approx(moved[at, part].sum(), abs=1e-9)


def test_the_owner_s_words_stand_where_there_are_some(made: Callable[[str], Opened]) -> None:
    fitted, _, explainer = made("logistic")
    explainer = replace(explainer, section=SIGNED.model_copy(update={"top": 5}))
    dear = {**rows_of(fitted, 1)[0], "charges": 250.5, "tenure": 70}
    told = {reason.feature: reason for reason in explainer.reasons(dear)}
    assert told["charges"].text == "Pays 250.5 a month (charges)"
    assert told["charges"].value == 250.5
    assert told["tenure"].text == "tenure = 70 lowers the score"
    cheap = {**dear, "charges": 0.0}
    assert "Pays little" in [reason.text for reason in explainer.reasons(cheap)]


def test_a_group_is_one_factor_and_a_missing_value_is_called_so(tmp_path: Path) -> None:
    fitted = fit(tmp_path, "histograms")
    section = ReasonsSection(groups={"what is paid": ("charges", "plan")})
    _, _, explainer = opened(fitted, section)
    row = {**rows_of(fitted, 1)[0], "charges": None, "plan": "pro"}
    told = {reason.feature: reason for reason in explainer.reasons(row)}
    assert told["what is paid"].value == "charges = missing, plan = pro"
    assert told["what is paid"].text.startswith("charges = missing, plan = ")


def test_logged_reasons_are_found_again(made: Callable[[str], Opened]) -> None:
    fitted, scorer, explainer = made("forest")

    def logged(at: int, row: Mapping[str, Any], **changed: Any) -> Prediction:  # noqa: ANN401 - fields
        fields = {
            "id": f"019f3f0e-7c00-7000-8000-{at:012}", "time": "2026-11-28T07:30:00.000000Z",
            "release": "churn", "version": 1, "bundle_digest": DIGEST, "arm": "champion",
            "features": dict(row), "score": scorer.score(row), "latency_ms": 1.0,
            "reasons": explainer.reasons(row), "explainer": explainer.name,
        }  # fmt: skip
        return Prediction.model_validate({**fields, **changed})

    rows = rows_of(fitted, 6)
    forged = tuple(
        reason.model_copy(update={"effect": -reason.effect})
        for reason in explainer.reasons(rows[1])
    )
    predictions = [
        logged(0, rows[0]),
        logged(1, rows[1], reasons=forged),
        logged(2, rows[2], features={**rows[2], "plan": "sha256:0123"}),
        logged(3, rows[3], features={"tenure": 1}),
        logged(4, rows[4], bundle_digest="sha256:" + "1" * 64),
        logged(5, rows[5], reasons=()),
    ]
    # What is read from the log is JSON.
    back = [Prediction.from_json(prediction.to_json()) for prediction in predictions]
    found = check_reasons("churn", back, lambda _, digest: explainer if digest == DIGEST else None)
    assert (found.release, found.versions) == ("churn", (1,))
    assert (found.rows, found.skipped, found.different) == (5, 3, 1)
    assert found.examples == (predictions[1].id,)


BAD = {
    "a text of no feature": (
        ReasonsSection(signed_by="M", texts={"tenuer": ReasonText()}),
        "reasons.texts: 'tenuer' is no feature",
    ),
    "texts that nobody signed": (
        ReasonsSection(texts={"tenure": ReasonText()}),
        "reasons.signed_by: it is missing",
    ),
    "a group of no feature": (
        ReasonsSection(groups={"g": ("tenure", "x")}),
        "reasons.groups: 'x' is no feature",
    ),
    "a feature in two groups": (
        ReasonsSection(groups={"g": ("tenure",), "h": ("tenure",)}),
        "reasons.groups: a feature is in two groups",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_section_is_refused(name: str) -> None:
    section, message = BAD[name]
    feature = Feature(name="tenure", type="integer", required=True)
    with pytest.raises(ReleaseFileInvalid, match=message):
        factors_of({"tenure": [1, 2]}, Contract(name="c", features=(feature,)), section)


def test_a_changed_file_of_trees_is_refused(made: Callable[[str], Opened], tmp_path: Path) -> None:
    fitted, scorer, _ = made("forest")
    bundle = next(path for path in fitted.folder.iterdir() if path.is_dir())
    changed = copytree(bundle, tmp_path / "changed")
    (changed / "model" / "trees.npz").write_bytes(b"no trees")
    with pytest.raises(BundleInvalid):
        open_explainer(changed, scorer)
