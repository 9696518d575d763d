from __future__ import annotations

import json
import pickle
import zipfile
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from lifecycle_core.adapters.models import (
    REVIEWED,
    SkopsModels,
    TrustPolicy,
    load_model,
    model_facts,
    save_model,
)
from lifecycle_core.errors import BundleInvalid, UntrustedModel

if TYPE_CHECKING:
    from collections.abc import Callable

TRUTH = np.tile([0, 1, 1, 0], 25)


def frame() -> pd.DataFrame:
    rows = pd.DataFrame({"tenure": np.arange(100.0), "plan": ["basic", "plus"] * 50})
    rows["region"] = rows["plan"].astype("category")
    return rows


def pipeline(last: Any) -> Any:  # noqa: ANN401 - an estimator
    columns = make_column_transformer((OneHotEncoder(), ["plan"]), (StandardScaler(), ["tenure"]))
    return make_pipeline(columns, last)


MODELS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: pipeline(LogisticRegression()).fit(frame(), TRUTH),
    "forest": lambda: pipeline(RandomForestClassifier(3, random_state=0)).fit(frame(), TRUTH),
    "boosting": lambda: pipeline(HistGradientBoostingClassifier(max_iter=3)).fit(frame(), TRUTH),
    "categorical boosting": lambda: HistGradientBoostingClassifier(max_iter=3).fit(
        frame()[["tenure", "region"]], TRUTH
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_saved_model_predicts_as_before(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    save_model(model, tmp_path / "m.skops")
    loaded = load_model(tmp_path / "m.skops")
    rows = frame()[list(model.feature_names_in_)]
    np.testing.assert_array_equal(loaded.predict_proba(rows), model.predict_proba(rows))


def test_facts_are_read_without_loading(tmp_path: Path) -> None:
    import sklearn

    save_model(MODELS["logistic"](), tmp_path / "m.skops")
    facts = model_facts(tmp_path / "m.skops")
    assert facts.untrusted == ()
    assert "sklearn.pipeline.Pipeline" in facts.types
    assert facts.versions["sklearn"] == sklearn.__version__
    assert facts.bytes == (tmp_path / "m.skops").stat().st_size


def test_every_reviewed_type_exists() -> None:
    for name in REVIEWED:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute), name


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def as_pickle(bomb: Bomb, path: Path) -> None:
    path.write_bytes(pickle.dumps(bomb))


def as_joblib(bomb: Bomb, path: Path) -> None:
    joblib.dump(bomb, path, compress=3)


@pytest.mark.parametrize("write", [as_pickle, as_joblib])
def test_a_pickle_is_refused_and_does_not_run(
    write: Callable[[Bomb, Path], None], tmp_path: Path
) -> None:
    mark, path = tmp_path / "it-ran", tmp_path / "model.skops"
    write(Bomb(mark), path)
    for act in (model_facts, load_model):
        with pytest.raises(
            UntrustedModel, match=r"pickle.* must be in the skops format"
        ) as refused:
            act(path)
        assert "Nothing was loaded" in refused.value.hint
    assert not mark.exists()
    # The same bytes do run when they are loaded as what they are: the test's bomb is live.
    joblib.load(path)
    assert mark.exists()


def test_a_zip_that_holds_a_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.pkl", pickle.dumps({}))
    with pytest.raises(UntrustedModel, match=r"a zip file without schema\.json"):
        model_facts(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n"])
def test_any_other_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.skops").write_bytes(content)
    with pytest.raises(UntrustedModel, match="must be in the skops format"):
        model_facts(tmp_path / "m.skops")


def test_an_untrusted_type_is_named_and_not_constructed(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    runs_code = make_pipeline(FunctionTransformer(partial(__import__("os").system)))
    with pytest.raises(UntrustedModel, match=r"posix\.system") as refused:
        save_model(runs_code, path)
    assert refused.value.types == ("posix.system",)
    assert not path.exists()
    path.write_bytes(skops.io.dumps(runs_code))  # as somebody else would have saved it
    assert model_facts(path).untrusted == ("posix.system",)
    with pytest.raises(UntrustedModel, match=r"types that are not trusted: posix\.system"):
        load_model(path)


def test_what_a_file_says_of_itself_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    save_model(MODELS["forest"](), path)
    strict = SkopsModels(TrustPolicy(types=frozenset()))
    assert "sklearn.tree._tree.Tree" in strict.facts(path).untrusted
    with pytest.raises(UntrustedModel):
        strict.load(path)


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["schema.json"] = change(members["schema.json"].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_a_model_of_another_minor_version_is_refused(tmp_path: Path) -> None:
    import sklearn

    path = tmp_path / "m.skops"
    save_model(MODELS["logistic"](), path)
    rewrite(path, lambda text: text.replace(sklearn.__version__, "1.2.3"))
    with pytest.raises(BundleInvalid, match=r"saved with scikit-learn 1\.2\.3, this is") as refused:
        load_model(path)
    assert "environment/lock.txt" in refused.value.hint


def test_a_damaged_list_of_types_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    save_model(MODELS["logistic"](), path)
    rewrite(path, lambda text: text[: len(text) // 2])
    with pytest.raises(BundleInvalid, match="damaged skops file"):
        model_facts(path)


def test_a_forged_list_of_types_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    save_model(MODELS["logistic"](), path)
    rewrite(path, lambda text: text.replace('"DictNode"', '"NoSuchNode"'))
    with pytest.raises(UntrustedModel, match="list of types that skops cannot read"):
        model_facts(path)


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", "[" * 200_000)
    with pytest.raises(BundleInvalid, match="damaged skops file"):
        model_facts(path)


def test_a_file_that_unpacks_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", json.dumps({"a": "0" * 1_000_000}))
    small = SkopsModels(TrustPolicy(max_bytes=100_000))
    with pytest.raises(UntrustedModel, match=r"unpacks to 1,000,009 bytes.* allows 100,000 bytes"):
        small.facts(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match="There is no model at"):
        model_facts(tmp_path / "none.skops")


def test_a_lambda_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(UntrustedModel):
        save_model(make_pipeline(FunctionTransformer(lambda rows: rows)), tmp_path / "m.skops")
    assert list(tmp_path.iterdir()) == []
