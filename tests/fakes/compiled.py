"""A compiled package by hand: five steps that share a file and the global generators."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import yaml

from lifecycle_core.schema.pipeline import Parameter, Pipeline, Step, StepInput, StepOutput

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "it's \"so\" \\ {{now}}\n'''\nsecond: line # no comment"
PARAMETERS: dict[str, Any] = {
    "seed": 7,
    "share": 0.25,
    "shuffled": True,
    "note": NOTE,
    "regions": ["north", 'so"uth'],
    "options": {"alpha": 0.001, "deep": {"penalty": "l2"}},
    "limit": None,
}
TYPES = {"regions": "list[str]", "options": "dict[str, Any]", "limit": "Any"}
EXPORTED = {
    "customers": "load_data",
    "X_train": "split",
    "y_train": "split",
    "X_test": "split",
    "y_test": "split",
    "model": "train",
    "noise": "train",
    "accuracy": "evaluate",
    "report": "evaluate",
}
MODULES = {
    "set_up": """
        import numpy as np

        np.set_printoptions(precision=4)
    """,
    "load_data": """
        import random
        from typing import NamedTuple

        import numpy as np
        import pandas as pd
        from rules import is_old


        class LoadDataOutputs(NamedTuple):
            customers: pd.DataFrame


        def load_data(*, seed: int = 7) -> LoadDataOutputs:
            np.random.seed(seed)
            random.seed(seed)
            customers = pd.read_csv("data/customers.csv")
            customers["old"] = customers["age"].map(is_old)
            return LoadDataOutputs(customers=customers)
    """,
    "label": """
        import random
        from pathlib import Path


        def label(*, note: str, regions: list, limit: object = None) -> None:
            Path("made").mkdir(exist_ok=True)
            text = f"{note}|{regions!r}|{limit!r}|{random.random()!r}"
            Path("made/label.txt").write_text(text, encoding="utf-8")
    """,
    "split": """
        from typing import NamedTuple

        import numpy as np
        import pandas as pd


        class SplitOutputs(NamedTuple):
            X_train: pd.DataFrame
            y_train: pd.Series
            X_test: pd.DataFrame
            y_test: pd.Series


        def split(
            customers: pd.DataFrame, *, share: float = 0.25, shuffled: bool = True
        ) -> SplitOutputs:
            rows = len(customers)
            order = np.random.permutation(rows) if shuffled else np.arange(rows)
            cut = int(rows * share)
            X = customers[["age", "spend", "old"]]
            y = customers["churned"]
            return SplitOutputs(
                X_train=X.iloc[order[cut:]],
                y_train=y.iloc[order[cut:]],
                X_test=X.iloc[order[:cut]],
                y_test=y.iloc[order[:cut]],
            )
    """,
    "train": """
        from typing import NamedTuple

        import numpy as np
        import pandas as pd
        from sklearn.linear_model import SGDClassifier


        class TrainOutputs(NamedTuple):
            model: SGDClassifier
            noise: np.ndarray


        def train(X_train: pd.DataFrame, y_train: pd.Series, *, options: dict) -> TrainOutputs:
            noise = np.random.normal(size=3)
            model = SGDClassifier(alpha=options["alpha"], penalty=options["deep"]["penalty"])
            model.fit(X_train, y_train)
            return TrainOutputs(model=model, noise=noise)
    """,
    "evaluate": """
        import random
        from pathlib import Path
        from typing import NamedTuple

        import numpy as np
        import pandas as pd
        from sklearn.linear_model import SGDClassifier


        class EvaluateOutputs(NamedTuple):
            accuracy: float
            report: dict


        def evaluate(
            model: SGDClassifier, X_test: pd.DataFrame, y_test: pd.Series
        ) -> EvaluateOutputs:
            accuracy = float(model.score(X_test, y_test))
            report = {
                "label": Path("made/label.txt").read_text(encoding="utf-8"),
                "draws": [np.random.random(), random.random()],
            }
            return EvaluateOutputs(accuracy=accuracy, report=report)
    """,
}
_CALLS = """
    from typing import Any

    from pipelines.{name} import set_up
    from pipelines.{name}.evaluate import evaluate
    from pipelines.{name}.label import label
    from pipelines.{name}.load_data import load_data
    from pipelines.{name}.split import split
    from pipelines.{name}.train import train


    def run({signature}) -> dict[str, Any]:
        loaded = load_data(seed=seed)
        label(note=note, regions=regions, limit=limit)
        parted = split(loaded.customers, share=share, shuffled=shuffled)
        trained = train(parted.X_train, parted.y_train, options=options)
        judged = evaluate(trained.model, parted.X_test, parted.y_test)
        return {{**loaded._asdict(), **parted._asdict(), **trained._asdict(), **judged._asdict()}}
"""


def record(name: str = "churn") -> Pipeline:
    """Return the record of the package; its notebook lies in `notebooks`, beside `pipelines`."""
    steps = (
        _step("load_data", "", "customers", reads=("data/customers.csv",), parameters=("seed",)),
        _step(
            "label",
            title="Say \"what\"\n'''it''' is {{now}}",
            writes=("made/label.txt",),
            parameters=("note", "regions", "limit"),
        ),
        _step(
            "split",
            "customers",
            "X_train y_train X_test y_test",
            parameters=("share", "shuffled"),
        ),
        _step("train", "X_train y_train", "model noise", parameters=("options",)),
        _step(
            "evaluate",
            "model X_test y_test",
            "accuracy report",
            after=("label",),
            reads=("made/label.txt",),
        ),
    )
    generators: dict[str, tuple[Any, ...]] = {
        "load_data": ("numpy", "random"),
        "label": ("random",),
        "split": ("numpy",),
        "train": ("numpy",),
        "evaluate": ("numpy", "random"),
    }
    return Pipeline(
        name=name,
        notebook="../../notebooks/churn.ipynb",
        source_digest="sha256:" + "0" * 64,
        parameters=tuple(
            Parameter(name=one, type=TYPES.get(one, type(value).__name__), default=value)
            for one, value in PARAMETERS.items()
        ),
        steps=tuple(
            step.model_copy(update={"generators": generators[step.name]}) for step in steps
        ),
        exported=EXPORTED,
    )


def write(project: Path, name: str = "churn") -> Path:
    """Write the package, its data and a module beside the notebook; return the package's folder."""
    package, notebooks = project / "pipelines" / name, project / "notebooks"
    package.mkdir(parents=True)
    (notebooks / "data").mkdir(parents=True, exist_ok=True)
    (notebooks / "rules.py").write_text("def is_old(age):\n    return age > 60\n")
    rows = [f"{20 + i * 7 % 60},{i * 13 % 97},{int(i * 5 % 11 > 5)}" for i in range(80)]
    (notebooks / "data" / "customers.csv").write_text("\n".join(["age,spend,churned", *rows]))
    for module, code in MODULES.items():
        (package / f"{module}.py").write_text(dedent(code).lstrip())
    signature = ", ".join(["*", *(f"{one}={value!r}" for one, value in PARAMETERS.items())])
    calls = dedent(_CALLS).lstrip().format(name=name, signature=signature)
    (package / "__init__.py").write_text(calls)
    content = record(name).model_dump(mode="json")
    (package / "pipeline.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return package


def _step(name: str, takes: str = "", gives: str = "", **more: Any) -> Step:  # noqa: ANN401 - fields
    inputs = tuple(StepInput(name=one, step=EXPORTED[one]) for one in takes.split())
    outputs = tuple(StepOutput(name=one) for one in gives.split())
    return Step(name=name, inputs=inputs, outputs=outputs, **more)
