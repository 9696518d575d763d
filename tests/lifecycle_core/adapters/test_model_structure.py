from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import lifecycle_core
from lifecycle_core.adapters.model_structure import require_sound
from lifecycle_core.adapters.models import load_model, save_model
from lifecycle_core.errors import UntrustedModel

if TYPE_CHECKING:
    from collections.abc import Callable

_RANDOM = np.random.default_rng(7)
NUMBERS = _RANDOM.normal(size=(90, 3))
TWO = (NUMBERS[:, 0] + NUMBERS[:, 1] > 0).astype(int)
THREE = np.digitize(NUMBERS[:, 0], [-0.5, 0.5])
TABLE = pd.DataFrame(
    {"a": NUMBERS[:, 0], "b": pd.Categorical(list("xyz") * 30), "c": NUMBERS[:, 1]}
)
FOREST = partial(RandomForestClassifier, 3, max_depth=4, random_state=0)

HONEST: dict[str, tuple[Any, Any, Any]] = {
    "tree": (DecisionTreeClassifier(max_depth=3), NUMBERS, TWO),
    "pruned tree": (DecisionTreeRegressor(ccp_alpha=0.01), NUMBERS, THREE),
    "best-first tree": (DecisionTreeClassifier(max_leaf_nodes=6), NUMBERS, THREE),
    "stump": (DecisionTreeClassifier(max_leaf_nodes=2), NUMBERS, TWO),
    "two outputs": (DecisionTreeRegressor(max_depth=3), NUMBERS, NUMBERS[:, :2]),
    "forest": (FOREST(), NUMBERS, THREE),
    "extra trees": (ExtraTreesRegressor(3), NUMBERS, NUMBERS[:, 0]),
    "boosting": (GradientBoostingClassifier(n_estimators=3), NUMBERS, TWO),
    "boosting of three classes": (GradientBoostingClassifier(n_estimators=3), NUMBERS, THREE),
    "boosting from zero": (GradientBoostingRegressor(n_estimators=3, init="zero"), NUMBERS, TWO),
    "boosting from a model": (
        GradientBoostingClassifier(n_estimators=3, init=LogisticRegression()),
        NUMBERS,
        TWO,
    ),
    "histograms": (HistGradientBoostingClassifier(max_iter=3), NUMBERS, THREE),
    "histograms of categories": (HistGradientBoostingRegressor(max_iter=3), TABLE, NUMBERS[:, 2]),
    "only categories": (HistGradientBoostingClassifier(max_iter=3), TABLE[["b"]], TWO),
    "pipeline": (make_pipeline(StandardScaler(), FOREST()), NUMBERS, TWO),
    "stacking": (
        StackingClassifier([("f", FOREST()), ("h", HistGradientBoostingClassifier(max_iter=2))]),
        NUMBERS,
        TWO,
    ),
    "voting": (VotingClassifier([("f", FOREST()), ("s", SVC())]), NUMBERS, TWO),
    "calibrated": (CalibratedClassifierCV(FOREST(), cv=2), NUMBERS, TWO),
    "isotonic": (CalibratedClassifierCV(FOREST(), cv=2, method="isotonic"), NUMBERS, TWO),
    "bagging": (BaggingClassifier(n_estimators=3), NUMBERS, TWO),
    "adaboost": (AdaBoostClassifier(n_estimators=3), NUMBERS, TWO),
    "support vectors": (SVC(), NUMBERS, THREE),
    "support of numbers": (SVR(), NUMBERS, NUMBERS[:, 0]),
    "neighbours": (KNeighborsClassifier(algorithm="brute"), NUMBERS, THREE),
    "network": (MLPClassifier((4,), solver="lbfgs", max_iter=2000, tol=0.1), NUMBERS, TWO),
    "function": (
        make_pipeline(FunctionTransformer(np.abs), LogisticRegression()),
        NUMBERS,
        TWO,
    ),
}


def fitted(name: str) -> Any:  # noqa: ANN401 - an estimator
    model, rows, truth = HONEST[name]
    return clone(model).fit(rows, truth)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_model_loads_and_predicts_as_before(name: str, tmp_path: Path) -> None:
    model, rows = fitted(name), HONEST[name][1]
    save_model(model, tmp_path / "m.skops")
    loaded = load_model(tmp_path / "m.skops")
    np.testing.assert_array_equal(loaded.predict(rows), model.predict(rows))


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, content: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            archive.writestr(name, value)


def forge(path: Path, field: str, change: Callable[[Any], None]) -> None:
    """Change the arrays of a file that have a field of that name."""
    content = members(path)
    for name, value in content.items():
        if name.endswith(".npy"):
            array = np.load(io.BytesIO(value))
            if field in (array.dtype.names or ()):
                change(array)
                written = io.BytesIO()
                np.save(written, array)
                content[name] = written.getvalue()
    write(path, content)


def setting(field: str, value: int, *, node: int = 0) -> Callable[[Any], None]:
    def change(nodes: Any) -> None:  # noqa: ANN401 - a structured array
        nodes[field][node] = value

    return change


TREES = ["tree", "forest", "extra trees", "boosting", "calibrated"]


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("left_child", 1 << 40, r"left child 1099511627776 is out of bounds, there are \d+"),
        ("right_child", -2, "right child -2 is out of bounds"),
        ("right_child", -1, "right child -1 is out of bounds"),
        ("left_child", 0, "left child stands before its parent"),
        ("feature", 3, "feature 3 is out of bounds, there are 3"),
        ("feature", -2, "feature -2 is out of bounds"),
        ("left_child", -1, "right_child of a leaf is not -1"),
    ],
)
def test_a_forged_tree_is_refused(
    name: str, field: str, value: int, message: str, tmp_path: Path
) -> None:
    save_model(fitted(name), tmp_path / "m.skops")
    forge(tmp_path / "m.skops", field, setting(field, value))
    with pytest.raises(UntrustedModel, match=rf"m\.skops: model.*tree_ {message}") as refused:
        load_model(tmp_path / "m.skops")
    assert "nothing was predicted" in refused.value.hint


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("left", 1 << 31, "left child 2147483648 is out of bounds"),
        ("right", 0, "right child stands before its parent"),
        ("feature_idx", -1, "feature_idx -1 is out of bounds"),
        ("feature_idx", 3, "feature_idx 3 is out of bounds, there are 3"),
        ("is_leaf", 0, "left child stands before its parent"),
        ("is_categorical", 1, "splits on categories of a feature that has none"),
    ],
)
def test_a_forged_predictor_is_refused(
    field: str, value: int, message: str, tmp_path: Path
) -> None:
    save_model(fitted("histograms"), tmp_path / "m.skops")
    last = -1 if field == "is_leaf" else 0
    forge(tmp_path / "m.skops", field, setting(field, value, node=last))
    with pytest.raises(UntrustedModel, match=rf"_predictors\[0\]\[0\] {message}"):
        load_model(tmp_path / "m.skops")


def test_a_forged_split_of_categories_is_refused(tmp_path: Path) -> None:
    rows = TABLE[["b"]]
    model = HistGradientBoostingClassifier(max_iter=2).fit(rows, (rows["b"] == "x").astype(int))
    save_model(model, tmp_path / "m.skops")
    forge(tmp_path / "m.skops", "bitset_idx", setting("bitset_idx", 1 << 30))
    with pytest.raises(UntrustedModel, match="bitset_idx 1073741824 is out of bounds, there are 1"):
        load_model(tmp_path / "m.skops")


def damaged(name: str, change: Callable[[Any], object]) -> Callable[[], Any]:
    def make() -> Any:  # noqa: ANN401 - an estimator
        model = fitted(name)
        change(model)
        return model

    return make


def set_parts(**parts: Any) -> Callable[[Any], None]:  # noqa: ANN401 - parts of estimators
    return lambda model: model.__dict__.update(parts)


def narrow_preprocessor(model: Any) -> None:  # noqa: ANN401 - an estimator
    name, transformer, mask = model._preprocessor.transformers_[1]
    model._preprocessor.transformers_[1] = (name, transformer, np.zeros_like(mask))


def narrow_vectors(model: Any) -> None:  # noqa: ANN401 - an estimator
    model.support_vectors_ = np.ascontiguousarray(model.support_vectors_[:, :1])


FORGED: dict[str, tuple[Callable[[], Any], str]] = {
    "bare": (lambda: DecisionTreeRegressor().fit(NUMBERS, TWO).tree_, "a bare tree"),
    "no width": (damaged("tree", set_parts(n_features_in_=None)), "number of features"),
    "width": (
        damaged("forest", lambda m: set_parts(n_features_in_=9)(m.estimators_[0])),
        "takes 9",
    ),
    "method": (damaged("tree", set_parts(_validate_X_predict=np.maximum)), "hides what its class"),
    "stage": (damaged("boosting", set_parts(n_features_in_=2)), "of 2 given"),
    "room": (
        damaged(
            "boosting of three classes",
            set_parts(init_=DummyClassifier().fit(NUMBERS, TWO)),
        ),
        "init_ gives",
    ),
    "fitting": (damaged("histograms", set_parts(_in_fit=True)), "claims to be fitting"),
    "dropped": (damaged("histograms of categories", narrow_preprocessor), "each feature once"),
    "mapper": (
        damaged(
            "histograms",
            lambda m: set_parts(is_categorical_=np.zeros(1, dtype=np.uint8))(m._bin_mapper),
        ),
        "knows 1 features",
    ),
    "bits": (
        damaged(
            "histograms",
            lambda m: set_parts(raw_left_cat_bitsets=np.zeros((1, 1), dtype=np.uint32))(
                m._predictors[0][0]
            ),
        ),
        "1 words for each split",
    ),
    "label": (damaged("neighbours", set_parts(_y=np.full(90, 1 << 30))), "is out of bounds"),
    "rows": (damaged("neighbours", set_parts(_fit_X=np.zeros((90, 1)))), "for 3 features"),
    "support": (
        damaged("support vectors", set_parts(_n_support=np.full(3, 1 << 20, dtype=np.int32))),
        "does not sum up",
    ),
    "intercept": (damaged("support vectors", set_parts(_intercept_=np.zeros(1))), "size 1, not 3"),
    "vectors": (
        damaged(
            "support of numbers", lambda m: set_parts(support_vectors_=m.support_vectors_[:, :1])(m)
        ),
        "1 columns, for 3",
    ),
    "missing": (damaged("histograms", lambda m: m.__dict__.pop("_bin_mapper")), "do not fit"),
    "output": (
        lambda: FunctionTransformer(np.abs, kw_args={"out": np.zeros(3)}),
        "write its output",
    ),
    "reader": (lambda: CountVectorizer(input="filename"), "read the files that rows name"),
}


@pytest.mark.parametrize("name", FORGED)
def test_sizes_that_do_not_agree_are_refused(name: str, tmp_path: Path) -> None:
    make, message = FORGED[name]
    (tmp_path / "m.skops").write_bytes(skops.io.dumps(make()))
    with pytest.raises(UntrustedModel, match=message):
        load_model(tmp_path / "m.skops")


def test_a_sparse_matrix_that_points_outside_is_refused() -> None:
    model = LogisticRegression().fit(NUMBERS, TWO).sparsify()
    require_sound(model, "m.skops")
    model.coef_.indices[0] = 1 << 20
    with pytest.raises(UntrustedModel, match="do not fit together"):
        require_sound(model, "m.skops")


def node(loader: str, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    module, _, kind = name.rpartition(".")
    return {"__loader__": loader, "__module__": module, "__class__": kind, **more}


def schema_of(model: Any) -> dict[str, Any]:  # noqa: ANN401 - an estimator
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as archive:
        found: dict[str, Any] = json.loads(archive.read("schema.json"))
    return found


CHECK = "sklearn.utils.validation.check_array"
NONE: dict[str, Any] = node("TupleNode", "builtins.tuple", content=[])
UFUNC = node("FunctionNode", "numpy.add")


@pytest.mark.parametrize(
    ("forged", "message"),
    [
        (node("ConstructorFromReduceNode", CHECK, content=NONE), "ConstructorFromReduceNode"),
        (
            node("ConstructorFromReduceNode", "functools.partial", content=NONE),
            "functools.partial as a ConstructorFromReduceNode",
        ),
        (
            node("FunctionNode", CHECK, content={"module_path": "os", "function": "system"}),
            "names another function",
        ),
    ],
)
def test_a_trusted_type_in_another_form_is_refused(
    forged: dict[str, Any], message: str, tmp_path: Path
) -> None:
    schema = schema_of(FunctionTransformer(np.abs))
    schema["content"]["content"]["func"] = forged
    write(tmp_path / "m.skops", {"schema.json": json.dumps(schema).encode()})
    with pytest.raises(UntrustedModel, match=message):
        load_model(tmp_path / "m.skops")


def as_function(name: str) -> dict[str, Any]:
    """Return the schema of FunctionTransformer(partial(<name>, "touch it-ran"))."""
    schema = schema_of(FunctionTransformer(partial(np.add, "touch it-ran")))
    func = schema["content"]["content"]["func"]["content"]["func"]
    func["__module__"], _, func["__class__"] = name.rpartition(".")
    return schema


@pytest.mark.parametrize("name", ["os.system", "posix.system", "builtins.eval", "numpy.load"])
@pytest.mark.parametrize("loader", ["FunctionNode", "TypeNode"])
def test_a_partial_of_foreign_code_is_refused(name: str, loader: str, tmp_path: Path) -> None:
    schema = as_function(name)
    schema["content"]["content"]["func"]["content"]["func"]["__loader__"] = loader
    write(tmp_path / "m.skops", {"schema.json": json.dumps(schema).encode()})
    with pytest.raises(UntrustedModel, match=rf"types that are not trusted: {name}"):
        load_model(tmp_path / "m.skops")


def test_a_partial_of_a_trusted_function_is_refused_all_the_same(tmp_path: Path) -> None:
    write(tmp_path / "m.skops", {"schema.json": json.dumps(as_function("numpy.add")).encode()})
    with pytest.raises(UntrustedModel, match=r"has a partial that calls numpy\.add"):
        load_model(tmp_path / "m.skops")


def test_two_parts_under_one_identity_are_refused(tmp_path: Path) -> None:
    schema = as_function(CHECK)
    func = schema["content"]["content"]["func"]["content"]["func"]
    schema["content"]["content"]["inverse_func"] = {**UFUNC, "__id__": func["__id__"]}
    write(tmp_path / "m.skops", {"schema.json": json.dumps(schema).encode()})
    with pytest.raises(UntrustedModel, match="identity"):
        load_model(tmp_path / "m.skops")


@pytest.mark.parametrize("kind", ["MethodNode", "OperatorFuncNode"])
def test_methods_and_operators_are_not_trusted(kind: str, tmp_path: Path) -> None:
    import operator

    called = operator.methodcaller("mean") if kind == "OperatorFuncNode" else StandardScaler().fit
    (tmp_path / "m.skops").write_bytes(skops.io.dumps(FunctionTransformer(called)))
    with pytest.raises(UntrustedModel, match="types that are not trusted"):
        load_model(tmp_path / "m.skops")


_PREDICT = """
import sys, warnings
import numpy as np
from pathlib import Path
from lifecycle_core.adapters.models import load_model
from lifecycle_core.errors import BundleInvalid, UntrustedModel
warnings.simplefilter("ignore")
rows = np.random.default_rng(1).normal(size=(50, 3))
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        model = load_model(path)
    except (UntrustedModel, BundleInvalid) as refused:
        print("refused", type(refused).__name__, flush=True)
        continue
    try:
        model.predict(rows)
        print("predicted", flush=True)
    except Exception as error:
        print("raised", type(error).__name__, flush=True)
print("survived")
"""


def test_a_flipped_byte_never_crashes_the_process(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    names = ["tree", "forest", "boosting", "histograms", "support vectors", "neighbours"]
    for name in names:
        save_model(fitted(name), tmp_path / "m.skops")
        content = members(tmp_path / "m.skops")
        arrays = sorted(member for member in content if member.endswith(".npy"))
        for case in range(25):
            member = arrays[random.integers(len(arrays))]
            damaged = bytearray(content[member])
            damaged[random.integers(len(damaged))] ^= 1 << int(random.integers(8))
            folder = tmp_path / "cases"
            folder.mkdir(exist_ok=True)
            write(folder / f"{name}-{case}.skops", {**content, member: bytes(damaged)})
    run = subprocess.run(
        [sys.executable, "-c", _PREDICT, str(tmp_path / "cases")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    outcomes = run.stdout.split("\n")
    assert run.returncode == 0, run.stderr
    assert outcomes[-2] == "survived"
    assert {line.split(" ")[0] for line in outcomes[:-2]} >= {"refused", "predicted"}


def test_a_model_is_loaded_in_one_place_alone() -> None:
    loads = re.compile(r"skops\.io\.loads?\(|joblib\.load\(|sklearn\.load_model\(|pyfunc\.load")
    package = Path(lifecycle_core.__file__).parent
    files = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if loads.search(path.read_text(encoding="utf-8"))
    }
    assert files == {"adapters/models.py"}
