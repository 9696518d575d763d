"""A compiled package that finalizes, and months of data to retrain it on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml

from lifecycle_core.schema.pipeline import Finalize, Pipeline
from tests.fakes.pipelines import MadeStep, write_package
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from pathlib import Path

RELEASE = """\
model:
  purpose: Choose whom to call
  positive_class: "yes"
workflow:
  rows_per_run: 1000
value:
  operating_metric: {name: actions_per_run, at_most: 900}
costs:
  currency: EUR
  false_positive: 20
  false_negative: 400
review: {window: month, label_maturity_days: 20, reference_windows: 2}
retraining:
  policy: on_proof
  costs: {compute: 50, labels: 150, validation: 300, approval: 100}
  backtest_windows: 2
  parameters: {data: "data/{window}.csv"}
  promotion: to_challenger
policy:
  required: {challenger: [], champion: []}
"""
STEPS = (
    MadeStep(
        name="load",
        imports="import pandas as pd",
        parameters=("data", "until"),
        body="""
            customers = pd.read_csv(data)
            customers = customers[customers["day"] <= until].reset_index(drop=True)
        """,
        outputs=("customers",),
    ),
    MadeStep(
        name="split",
        imports="from sklearn.model_selection import train_test_split",
        inputs={"customers": "load"},
        body="""
            X = customers[["tenure", "charges"]]
            y = customers["left"]
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
        """,
        outputs=("X_train", "X_test", "y_train", "y_test"),
    ),
    MadeStep(
        name="offer",
        imports="""
            from sklearn.dummy import DummyClassifier
            from sklearn.linear_model import LogisticRegression
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler
        """,
        parameters=("C",),
        body="""
            linear = make_pipeline(StandardScaler(), LogisticRegression(C=C))
            candidates = {"average": DummyClassifier(), "linear": linear}
        """,
        outputs=("candidates",),
    ),
    MadeStep(
        name="measure",
        inputs={"candidates": "offer", "X_train": "split", "y_train": "split"},
        body="""
            accuracy = float(candidates["linear"].fit(X_train, y_train).score(X_train, y_train))
        """,
        outputs=("accuracy",),
    ),
)
FINALIZE = Finalize(
    candidates="candidates",
    X="X_train",
    y="y_train",
    holdout=("X_test", "y_test"),
    folds=3,
    release=RELEASE,
    release_name="churn",
)


def month(path: Path, *, seed: int, rows: int = 400, turned: bool = False) -> Path:
    """Write a month of customers; `turned` lets those leave who stayed in other months."""
    draw = np.random.default_rng(seed)
    tenure, charges = draw.integers(0, 60, rows), draw.integers(20, 100, rows)
    risk = 1 / (1 + np.exp((tenure - 20) / 6 * (-1 if turned else 1)))
    days = pd.date_range("2025-01-01", periods=rows, freq="6h").strftime("%Y-%m-%d")
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(
        {
            "day": days,
            "tenure": tenure,
            "charges": charges,
            "left": np.where(draw.random(rows) < risk, "yes", "no"),
        }
    ).to_csv(path, index=False)
    return path


def notebook(path: Path) -> Path:
    """Write a notebook that releases `churn` from its parameter `data`; return its path."""
    write_notebook(
        path,
        'data = "data/january.csv"',
        """\
%load_ext nbext
import pandas as pd
from sklearn.linear_model import LogisticRegression
customers = pd.read_csv(data)
X, y = customers[["tenure", "charges"]], customers["left"]
candidates = {"linear": LogisticRegression()}
len(customers)""",
        f"%%release churn\n{RELEASE}",
        "%finalize candidates X y --folds 3",
    )
    content = json.loads(path.read_text())
    content["cells"][0]["metadata"]["tags"] = ["parameters"]
    path.write_text(json.dumps(content))
    return path


def project(root: Path, *, finalize: Finalize | None = FINALIZE) -> Path:
    """Write the package `churn` and its first month below `root`; return the package's folder."""
    month(root / "data" / "january.csv", seed=1)
    defaults = {"data": "data/january.csv", "until": "2025-12-31", "C": 1.0}
    folder = write_package(root, "churn", STEPS, parameters=defaults)
    record = folder / "pipeline.yaml"
    made = Pipeline.model_validate(yaml.safe_load(record.read_text()))
    known = made.steps[0].model_copy(update={"reads": ("data/january.csv",)})
    made = made.model_copy(update={"finalize": finalize, "steps": (known, *made.steps[1:])})
    record.write_text(yaml.safe_dump(made.model_dump(mode="json"), sort_keys=False))
    return folder
