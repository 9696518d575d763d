"""Estimators that are fitted again, chained, warm-started, cloned and shared."""

from __future__ import annotations

from tests.pipelines.case import Case, Facts, Mutation

CASES = [
    Case(
        name="second_fit",
        construct="second fit",
        why="A fitted scaler is fitted again on other rows; what it gave before stays.",
        cells="""
# %%
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
# %%
scaler = StandardScaler().fit(X)
X_all = scaler.transform(X)
# %%
model = LogisticRegression(max_iter=500)
model.fit(X_all, y)
first = model.score(X_all, y)
# %%
scaler.fit(X[:50])
X_part = scaler.transform(X)
# %%
model.fit(X_part, y)
second = model.score(X_part, y)
wrong = model.score(X_all, y)
""",
        exports=("scaler", "X_all", "X_part", "model", "first", "second", "wrong"),
    ),
    Case(
        name="chained_models",
        construct="chained models",
        why="The second model learns from the predictions of the first.",
        cells="""
# %%
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.tree import DecisionTreeRegressor

rng = np.random.RandomState(0)
X = rng.uniform(size=(120, 3))
y = X[:, 0] * 4 + (X[:, 1] > 0.5)
# %% [markdown]
## Linear part
# %%
linear = Ridge(alpha=0.1).fit(X, y)
rest = y - linear.predict(X)
# %% [markdown]
## Rest
# %%
tree = DecisionTreeRegressor(max_depth=3, random_state=0).fit(X, rest)
# %% [markdown]
## Both
# %%
def predict(rows):
    return linear.predict(rows) + tree.predict(rows)

fitted = predict(X)
rmse = float(np.sqrt(np.mean((y - fitted) ** 2)))
""",
        exports=("X", "y", "linear", "rest", "tree", "fitted", "rmse"),
        facts=Facts(
            takes={"DecisionTreeRegressor(max": ("X", "rest"), "rmse =": ("linear", "tree")}
        ),
        mutation=Mutation("max_depth=3", "max_depth=5", "hyper-parameter"),
    ),
    Case(
        name="warm_start",
        construct="warm_start",
        why="A forest grows over two cells; the count of trees is set between.",
        cells="""
# %%
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier

X, y = load_wine(return_X_y=True)
# %%
forest = RandomForestClassifier(n_estimators=5, warm_start=True, random_state=1)
forest.fit(X, y)
# %%
few = len(forest.estimators_)
forest.set_params(n_estimators=12)
# %%
forest.fit(X, y)
many = len(forest.estimators_)
# %%
importances = forest.feature_importances_
""",
        exports=("forest", "few", "many", "importances"),
    ),
    Case(
        name="partial_fit_over_cells",
        construct="warm_start",
        why="partial_fit in a loop, then again in a later cell.",
        cells="""
# %%
import numpy as np
from sklearn.linear_model import SGDClassifier

rng = np.random.default_rng(2)
X = rng.normal(size=(300, 4))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
# %%
clf = SGDClassifier(random_state=0)
for start in range(0, 200, 50):
    clf.partial_fit(X[start:start + 50], y[start:start + 50], classes=[0, 1])
# %%
early = clf.coef_.copy()
held = clf.score(X[200:], y[200:])
# %%
clf.partial_fit(X[200:], y[200:])
moved = float(np.abs(clf.coef_ - early).max())
""",
        exports=("clf", "early", "held", "moved", "start"),
    ),
    Case(
        name="fit_as_last_expression",
        construct="last expression",
        why="The fit stands alone at the end of its cell, only to show the estimator.",
        cells="""
# %%
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso

X, y = load_diabetes(return_X_y=True, as_frame=True)
model = Lasso(alpha=0.1)
# %%
model.fit(X, y)
# %%
X.pop("sex")
# %%
kept = [name for name, w in zip(model.feature_names_in_, model.coef_) if w]
kept.sort()
kept
# %%
kept.pop()
""",
        exports=("X", "y", "model", "kept"),
    ),
    Case(
        name="clone_and_shared_pipeline",
        construct="aliasing",
        why="One scaler object sits in two pipelines; a clone is another one.",
        cells="""
# %%
import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

X = np.array([[1.0, 10.0], [2.0, 30.0], [4.0, 20.0], [8.0, 80.0]])
y = np.array([1.0, 2.0, 3.0, 4.0])
# %%
scaler = MinMaxScaler()
one = make_pipeline(scaler, LinearRegression())
two = make_pipeline(scaler, Ridge(alpha=0.01))
fresh = clone(one)
# %%
one.fit(X, y)
# %%
two.fit(X[1:], y[1:])
# %%
low = scaler.data_min_
prediction = one.predict(X)
unfitted = hasattr(fresh[0], "data_min_")
""",
        exports=("scaler", "one", "two", "fresh", "low", "prediction", "unfitted"),
    ),
    Case(
        name="models_in_a_dict",
        construct="estimators",
        why="Candidates are fitted in a loop through the dict that holds them.",
        cells="""
# %%
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
# %%
bayes = GaussianNB()
models = {"dummy": DummyClassifier(), "bayes": bayes, "tiny": LogisticRegression(C=0.001, max_iter=5000)}
# %%
results = []
for name, model in models.items():
    model.fit(X_train, y_train)
    results.append({"name": name, "acc": model.score(X_test, y_test)})
# %%
board = pd.DataFrame(results).sort_values("acc", ascending=False)
best = models[board.iloc[0]["name"]]
prior = bayes.class_prior_
""",
        exports=("bayes", "models", "results", "name", "model", "board", "best", "prior"),
        mutation=Mutation(
            "LogisticRegression(C=0.001", "LogisticRegression(C=1.0", "hyper-parameter"
        ),
    ),
    Case(
        name="random_state_shared",
        construct="estimators",
        why="One RandomState object is handed to a split and to a forest, and each draws from it.",
        cells="""
# %%
import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

rs = np.random.RandomState(11)
X, y = load_iris(return_X_y=True)
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=rs)
# %%
forest = RandomForestClassifier(n_estimators=8, random_state=rs)
forest.fit(X_train, y_train)
# %%
accuracy = forest.score(X_test, y_test)
next_number = rs.randint(1000)
""",
        exports=("rs", "X_train", "forest", "accuracy", "next_number"),
    ),
]
