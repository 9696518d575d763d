"""Digests of fitted scikit-learn estimators, figures, pictures and boosters."""

from __future__ import annotations

import copy
import pickle
import sys
import types
import warnings
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from lifecycle_core.recorder.digests import digest

if TYPE_CHECKING:
    from collections.abc import Callable

rng = np.random.default_rng(0)
X = rng.normal(size=(80, 5))
y = (X[:, 0] + rng.normal(size=80) > 0).astype(int)

SEEDED: list[Callable[[int], Any]] = [
    lambda s: DecisionTreeClassifier(max_features=1, random_state=s),
    lambda s: RandomForestClassifier(5, random_state=s),
    lambda s: ExtraTreesClassifier(5, random_state=s),
    lambda s: GradientBoostingClassifier(n_estimators=5, subsample=0.5, random_state=s),
    lambda s: HistGradientBoostingClassifier(
        max_iter=5, max_features=0.4, min_samples_leaf=5, random_state=s
    ),
    lambda s: AdaBoostClassifier(n_estimators=5, random_state=s),
    lambda s: BaggingClassifier(n_estimators=3, random_state=s),
    lambda s: IsolationForest(n_estimators=5, random_state=s),
    lambda s: KMeans(3, n_init=1, random_state=s),
    lambda s: MiniBatchKMeans(3, n_init=1, random_state=s),
    lambda s: SGDClassifier(random_state=s),
    lambda s: MLPClassifier((4,), max_iter=5, random_state=s),
    lambda s: LogisticRegression(solver="saga", random_state=s),
    lambda s: TruncatedSVD(2, random_state=s),
    lambda s: PCA(2, svd_solver="randomized", random_state=s),
    lambda s: GaussianMixture(2, init_params="random", max_iter=5, random_state=s),
    lambda s: make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=s)),
    lambda s: GridSearchCV(
        DecisionTreeClassifier(max_features=1, random_state=s), {"max_depth": [1, 2]}, cv=2
    ),
    lambda s: RandomizedSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2, 3]},
        n_iter=2,
        cv=KFold(2, shuffle=True, random_state=s),
        random_state=s,
    ),
    lambda s: CalibratedClassifierCV(RandomForestClassifier(3, random_state=s), cv=2),
    lambda s: VotingClassifier([("a", DecisionTreeClassifier(max_features=1, random_state=s))]),
]
UNSEEDED: list[Callable[[], Any]] = [
    lambda: KNeighborsClassifier(3),
    lambda: KNeighborsClassifier(3, algorithm="kd_tree"),
    lambda: KNeighborsClassifier(3, algorithm="ball_tree"),
    SVC,
    StandardScaler,
    OneHotEncoder,
    lambda: ColumnTransformer([("a", StandardScaler(), [0]), ("b", "passthrough", [1])]),
]


def fitted(model: Any) -> Any:  # noqa: ANN401  # any estimator
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few iterations
        return model.fit(X, y)


@pytest.mark.parametrize("make", SEEDED)
def test_the_seed_decides(text: Callable[[Any], str], make: Callable[[int], Any]) -> None:
    model = fitted(make(1))
    expected = text(model)
    assert text(fitted(make(1))) == expected
    assert text(pickle.loads(pickle.dumps(model))) == expected  # noqa: S301  # our own
    assert text(copy.deepcopy(model)) == expected
    other = fitted(make(2))
    assert text(other) != expected
    # Not only the parameter: what was learnt differs, too.
    for name in [each for each in other.get_params() if each.endswith("random_state")]:
        other.set_params(**{name: model.get_params()[name]})
    assert text(clone(model)) != expected


@pytest.mark.parametrize("make", UNSEEDED)
def test_the_data_decide(text: Callable[[Any], str], make: Callable[[], Any]) -> None:
    model = fitted(make())
    expected = text(model)
    assert text(fitted(make())) == expected
    assert text(pickle.loads(pickle.dumps(model))) == expected  # noqa: S301  # our own
    assert text(make().fit(X[::-1] + 1, y)) != expected
    assert text(make()) != expected


def test_predicting_changes_no_digest(text: Callable[[Any], str]) -> None:
    for make in UNSEEDED[:4]:
        model = fitted(make())
        before = text(model)
        model.predict(X)
        assert text(model) == before


def test_timings_are_left_out_and_said_to_be() -> None:
    found = digest(fitted(GridSearchCV(SVC(), {"C": [1, 2]}, cv=2)))
    assert found.note == "apart from timings"
    assert found.type == "sklearn.model_selection.GridSearchCV"


def test_texts_learnt_count(text: Callable[[Any], str]) -> None:
    words = [["a bird", "a cat"], ["a bird", "a cat"], ["a bird", "a dog"]]
    one, two, three = (text(TfidfVectorizer().fit(each)) for each in words)
    assert one == two != three


def test_where_stop_words_lie_in_memory_does_not_count(text: Callable[[Any], str]) -> None:
    made = [TfidfVectorizer(stop_words=["the"]).fit(["the a", "the bb"]) for _ in range(2)]
    made[1]._stop_words_id += 1
    assert text(made[0]) == text(made[1])


def test_an_estimator_of_the_notebook_is_read_without_calling_it() -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    source = (
        "from sklearn.base import BaseEstimator\nclass Mine(BaseEstimator):\n"
        "    def __init__(self, a=1): self.a = a\n"
        "    def get_params(self, deep=True): raise SystemExit\n"
        "    def __getstate__(self): raise SystemExit\n"
        "a, b = Mine(1), Mine(2)"
    )
    exec(source, space)  # noqa: S102  # as a cell runs
    assert digest(space["a"]).text not in {None, digest(space["b"]).text}


def test_a_drawing_has_no_digest() -> None:
    mpl.use("agg")
    from matplotlib.figure import Figure

    figure = Figure()
    assert digest(figure).note == digest([figure.subplots()]).note == "a drawing"


def test_a_picture_is_its_pixels(text: Callable[[Any], str]) -> None:
    black = Image.new("RGB", (3, 2))
    assert text(black) == text(black.copy()) != text(Image.new("RGB", (3, 2), "red"))
    assert text(black) != text(Image.new("RGB", (2, 3)))


def test_boosters_are_read_as_they_would_be_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    def booster(module: str, method: str) -> type:
        def save(self: Any, **_: object) -> Any:  # noqa: ANN401  # bytes or text
            return self.model

        cls = type("Booster", (), {"__module__": module, method: save})
        fake = types.ModuleType(module)
        fake.Booster = cls  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module, fake)
        return cls

    for module, method, models in (
        ("xgboost", "save_raw", (bytearray(b"1"), bytearray(b"2"))),
        ("lightgbm", "model_to_string", ("1", "2")),
    ):
        cls = booster(module, method)
        made = []
        for model in models:
            made.append(cls())
            made[-1].model = model
        assert digest(made[0]).type == f"{module}.Booster"
        assert digest(made[0]).text not in {None, digest(made[1]).text}
