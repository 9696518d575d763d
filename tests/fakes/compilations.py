"""Records of pipelines, as real ones look."""

from __future__ import annotations

from lifecycle_core.schema.pipeline import (
    Compilation,
    Difference,
    Fusion,
    Parameter,
    Pipeline,
    Proof,
    Refusal,
    Step,
    StepInput,
    StepOutput,
)

DIGEST = "sha256:" + "ab" * 16


def pipeline() -> Pipeline:
    """Return a pipeline of three steps, of which the last two share state."""
    return Pipeline(
        name="churn",
        notebook="../../notebooks/churn.ipynb",
        source_digest=DIGEST,
        parameters=(Parameter(name="seed", type="int", default=7),),
        steps=(
            Step(
                name="load_data",
                title="The data",
                cells=(1, 2, 3, 5),
                outputs=(StepOutput(name="customers", type="pandas.DataFrame", digest=DIGEST),),
                reads=("data/churn.csv",),
                lines="14:1.1",
            ),
            Step(
                name="train",
                title="Train",
                cells=(7, 8),
                parameters=("seed",),
                inputs=(StepInput(name="customers", step="load_data"),),
                outputs=(
                    StepOutput(name="model", type="sklearn.dummy.DummyClassifier", digest=DIGEST),
                    StepOutput(name="shared", type="sklearn.dummy.DummyClassifier", digest=DIGEST),
                ),
                generators=("numpy",),
                fused=(
                    Fusion(
                        cells=(7, 8),
                        names=("model", "shared"),
                        reason="cell 8 changes `shared`, which it does not name: it is the same "
                        "object as `model`",
                    ),
                ),
            ),
            Step(
                name="report",
                title="Report <of> all",
                cells=(10,),
                inputs=(StepInput(name="model", step="train"),),
                outputs=(StepOutput(name="auc", type="float", digest=DIGEST),),
                after=("train",),
            ),
        ),
        exported={"customers": "load_data", "model": "train", "shared": "train", "auc": "report"},
        proof=Proof(verdict="identical", compared=4, lock=DIGEST, python="3.11.7"),
    )


def compiled() -> Compilation:
    """Return the record of a notebook that was compiled."""
    return Compilation(
        notebook="notebooks/churn.ipynb",
        name="churn",
        compiled=True,
        path="pipelines/churn",
        pipeline=pipeline(),
        written=("__init__.py", "load_data.py", "train.py", "report.py", "pipeline.yaml"),
        next="nbrelease pipeline run churn",
    )


def compiled_within() -> Compilation:
    """Return the record of a notebook whose package is proven within a stated tolerance."""
    proof = Proof(
        verdict="tolerance",
        rtol=1e-9,
        within={
            "train.model": Difference(max_rel_error=3.2e-10, where="coef_[0][2]"),
            "report.auc": Difference(max_rel_error=1.1e-16),
        },
        compared=4,
        lock=DIGEST,
        python="3.11.7",
    )
    return compiled().model_copy(
        update={"pipeline": pipeline().model_copy(update={"proof": proof})}
    )


def refused() -> Compilation:
    """Return the record of a notebook that was refused for two reasons, one of them by hand."""
    return Compilation(
        notebook="notebooks/churn.ipynb",
        name="churn",
        compiled=False,
        pipeline=pipeline().model_copy(update={"proof": None}),
        refusals=(
            Refusal(
                cells=(3,),
                line=2,
                names=("rows",),
                reason="`exec` makes or reads variables that cannot be seen in the text",
                hint="Write the assignments out.",
            ),
            Refusal(
                reason="train.py was changed by hand inside its generated region",
                hint="Move the change out of the region.",
                diff="--- train.py\n+++ train.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n",
            ),
        ),
        next="Mend what is named, save, and compile again.",
    )
