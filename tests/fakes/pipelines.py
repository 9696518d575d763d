"""Compiled packages as the compiler writes them, made by hand; each in a folder of its own."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from lifecycle_core.schema.pipeline import (
    Parameter,
    Pipeline,
    Proof,
    Step,
    StepInput,
    StepOutput,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.pipeline import Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeStep:
    """A step: `body` are the statements of its function, with a return at the end."""

    name: str
    body: str
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    imports: str = ""
    after: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    generators: tuple[Generator, ...] = ()


def module(step: MadeStep) -> tuple[str, str]:
    """Return a step's module, and its map of lines: statement n of the body is line n of a cell."""
    signature = ", ".join(
        [*step.inputs, *(["*", *(f"{p}=None" for p in step.parameters)] if step.parameters else [])]
    )
    named = {n: f"{n.lstrip('_')}_" if n.startswith("_") else n for n in step.outputs}
    fields = "".join(f"    {name}: Any\n" for name in named.values())
    title = f"{step.name.title().replace('_', '')}Outputs"
    head = f'"""Step {step.name}."""\n\nfrom __future__ import annotations\n\n'
    head += (
        "from typing import Any, NamedTuple\n\n" + textwrap.dedent(step.imports).strip() + "\n\n\n"
    )
    if step.outputs:
        head += f"class {title}(NamedTuple):\n{fields}\n\n"
    head += f"def {step.name}({signature}):\n"
    body = textwrap.dedent(step.body).strip().splitlines()
    first = head.count("\n") + 1
    lines = " ".join(f"{first + n}:{{cell}}.{n + 1}" for n in range(len(body)))
    tail = ""
    if step.outputs:
        tail = f"    return {title}({', '.join(f'{named[n]}={n}' for n in named)})\n"
    return head + "".join(f"    {line}\n" for line in body) + tail, lines


def write_package(
    root: Path,
    name: str,
    steps: Sequence[MadeStep],
    *,
    parameters: dict[str, Any] | None = None,
    shared: str = "",
    set_up: str = "",
    lock: str = "sha256:lock",
) -> Path:
    """Write a package below `root/pipelines`, its notebook in `root`; return its folder."""
    folder = root / "pipelines" / name
    folder.mkdir(parents=True, exist_ok=True)
    defaults = parameters or {}
    records = []
    for number, step in enumerate(steps):
        source, lines = module(step)
        for parameter in step.parameters:
            source = source.replace(f"{parameter}=None", f"{parameter}={defaults[parameter]!r}")
        (folder / f"{step.name}.py").write_text(source)
        records.append(
            Step(
                name=step.name,
                cells=(number + 1,),
                parameters=step.parameters,
                inputs=tuple(StepInput(name=k, step=v) for k, v in step.inputs.items()),
                outputs=tuple(StepOutput(name=output) for output in step.outputs),
                after=step.after,
                reads=step.reads,
                writes=step.writes,
                generators=step.generators,
                lines=lines.format(cell=number + 1),
            )
        )
    imports = [f"from pipelines.{name}.{step.name} import {step.name}" for step in steps]
    if set_up:
        (folder / "set_up.py").write_text(set_up)
        imports.insert(0, f"import pipelines.{name}.set_up")
    if shared:
        (folder / "shared.py").write_text(textwrap.dedent(shared))
    (folder / "__init__.py").write_text("\n".join(imports) + "\n")
    record = Pipeline(
        name=name,
        notebook=f"../../{name}.ipynb",
        source_digest="sha256:source",
        parameters=tuple(
            Parameter(name=k, type=type(v).__name__, default=v) for k, v in defaults.items()
        ),
        steps=tuple(records),
        exported={output: step.name for step in steps for output in step.outputs},
        proof=Proof(verdict="identical", compared=1, lock=lock, python="3.11"),
    )
    (folder / "pipeline.yaml").write_text(
        yaml.safe_dump(record.model_dump(mode="json"), sort_keys=False)
    )
    return folder


def churn(root: Path) -> Path:
    """Write five steps with pandas and scikit-learn, a file that is read, and `shared.py`."""
    rows = ["tenure,charges,churn"] + [
        f"{n % 37},{20 + n * 7 % 80},{int(n % 5 == 0)}" for n in range(200)
    ]
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "data" / "churn.csv").write_text("\n".join(rows) + "\n")
    return write_package(root, "churn", CHURN, parameters={"seed": 7, "C": 1.0}, shared=SHARED)


SHARED = '''
"""What several steps use."""

LIMIT = 0.5


def scaled(column):
    """Scale a column."""
    return (column - column.mean()) / column.std()


def unused():
    return LIMIT
'''
CHURN = (
    MadeStep(
        name="load_data",
        imports="import pandas as pd",
        body="""
            customers = pd.read_csv("data/churn.csv")
            print("rows", len(customers))
        """,
        outputs=("customers",),
    ),
    MadeStep(
        name="clean",
        inputs={"customers": "load_data"},
        body="""
            customers = customers.dropna()
        """,
        outputs=("customers",),
    ),
    MadeStep(
        name="features",
        imports="from pipelines.churn.shared import scaled",
        inputs={"customers": "clean"},
        body="""
            X = customers[["tenure", "charges"]].apply(scaled)
            y = customers["churn"]
        """,
        outputs=("X", "y"),
    ),
    MadeStep(
        name="train",
        imports="from sklearn.linear_model import LogisticRegression",
        inputs={"X": "features", "y": "features"},
        parameters=("seed", "C"),
        body="""
            model = LogisticRegression(C=C, random_state=seed)
            model.fit(X, y)
        """,
        outputs=("model",),
    ),
    MadeStep(
        name="evaluate",
        inputs={"model": "train", "X": "features", "y": "features"},
        body="""
            accuracy = float(model.score(X, y))
        """,
        outputs=("accuracy",),
    ),
)


def in_place(root: Path) -> Path:
    """Write steps of which one changes its input in place and gives a new version of it."""
    return write_package(
        root,
        "in_place",
        (
            MadeStep(name="make", body="numbers = [1, 2, 3]", outputs=("numbers",)),
            MadeStep(
                name="change",
                inputs={"numbers": "make"},
                body="numbers.append(4)",
                outputs=("numbers",),
            ),
            MadeStep(
                name="early",
                inputs={"numbers": "make"},
                body="count = len(numbers)",
                outputs=("count",),
            ),
            MadeStep(
                name="late",
                inputs={"numbers": "change"},
                body="total = sum(numbers)",
                outputs=("total",),
            ),
        ),
    )


def drawing(root: Path) -> Path:
    """Write steps that pass state by the global generators of numpy and `random`."""
    numpy = "import random\nimport numpy as np"
    return write_package(
        root,
        "drawing",
        (
            MadeStep(
                name="seeded",
                imports=numpy,
                parameters=("seed",),
                body="np.random.seed(seed)\nrandom.seed(seed)\nfirst = np.random.random()",
                outputs=("first",),
                generators=("numpy", "random"),
            ),
            MadeStep(
                name="second",
                imports=numpy,
                body="draws = [np.random.random(), random.random()]",
                outputs=("draws",),
                after=("seeded",),
                generators=("numpy", "random"),
            ),
            MadeStep(
                name="third",
                imports=numpy,
                body="last = np.random.random()",
                outputs=("last",),
                after=("second",),
                generators=("numpy",),
            ),
        ),
        parameters={"seed": 7},
    )


def passing_a_file(root: Path) -> Path:
    """Write steps that pass a file, which the last one writes anew."""
    (root / "words.txt").write_text("b a\n")
    return write_package(
        root,
        "passing",
        (
            MadeStep(
                name="prepare",
                body="""
                    words = sorted(open("words.txt").read().split())
                    with open("sorted.txt", "w") as file:
                        file.write(" ".join(words))
                """,
                outputs=("words",),
                writes=("sorted.txt",),
            ),
            MadeStep(
                name="use",
                body="""
                    with open("sorted.txt") as file:
                        text = file.read()
                """,
                outputs=("text",),
                after=("prepare",),
            ),
            MadeStep(
                name="finish",
                inputs={"text": "use"},
                body="""
                    with open("sorted.txt", "w") as file:
                        file.write(text.upper())
                """,
                after=("use",),
                writes=("sorted.txt",),
            ),
        ),
    )


def failing(root: Path) -> Path:
    """Write two branches, of which one fails while the file `bad` is there."""
    return write_package(
        root,
        "failing",
        (
            MadeStep(name="start", body="one = 1", outputs=("one",)),
            MadeStep(
                name="breaks",
                imports="import os",
                inputs={"one": "start"},
                body="""
                    two = one + 1
                    print("so far", two)
                    if os.path.exists("bad"):
                        raise ValueError(open("bad").read())
                """,
                outputs=("two",),
            ),
            MadeStep(
                name="behind", inputs={"two": "breaks"}, body="three = two + 1", outputs=("three",)
            ),
            MadeStep(
                name="beside", inputs={"one": "start"}, body="four = one + 3", outputs=("four",)
            ),
        ),
    )


def trivial(root: Path, count: int, *, chained: bool = False, body: str = "") -> Path:
    """Write `count` steps that do next to nothing, side by side or one after another."""
    steps = []
    for number in range(count):
        before = {f"value_{number - 1}": f"step_{number - 1}"} if chained and number else {}
        added = f"value_{number - 1}" if before else "0"
        steps.append(
            MadeStep(
                name=f"step_{number}",
                inputs=before,
                body=textwrap.dedent(body) + f"\nvalue_{number} = {added} + {number}",
                outputs=(f"value_{number}",),
            )
        )
    return write_package(root, "trivial", steps)
