"""A released model of a few hundred made-up customers, to score and rehearse with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from lifecycle_core.adapters.bundles import BundleFolders, write_bundle
from lifecycle_core.adapters.evidence import ENCODING, ONNX, EvidenceFolder
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.remote_tables import Systems, address_of
from lifecycle_core.adapters.score_runs import ScoreRuns
from lifecycle_core.adapters.sinks import Surroundings
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import check, infer
from lifecycle_core.delivering import Means, Order, accelerate, deliver, score
from lifecycle_core.delivering.log_order import LogOrder
from lifecycle_core.schema.finalization import (
    CandidateResult,
    DecisionRule,
    Finalization,
    Interval,
)
from lifecycle_core.schema.release import Release
from lifecycle_core.schema.release_file import ModelSection, ReleaseFile, WorkflowSection
from lifecycle_core.schema.serving import Fallback, ServingSection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lifecycle_core.adapters.batch_engines import BatchEngine
    from lifecycle_core.schema.contract import Contract, Logged
    from lifecycle_core.schema.release import ScoreSummary

ROWS = 200
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def customers(rows: int = ROWS) -> pd.DataFrame:
    index = np.arange(rows)
    return pd.DataFrame(
        {
            "tenure": index % 72,
            "charges": (index * 7 % 100) + 0.5,
            "plan": np.where(index % 3 == 0, "basic", "plus"),
        }
    )


def finalization(task: str, rule: DecisionRule) -> Finalization:
    acts = task == "classification"
    only = CandidateResult(
        name="linear", estimator="sklearn", metrics={}, rule=rule, expected_cost=1,
        cost_interval=Interval(low=1, high=1), cost_per_run=1, fit_seconds=0,
        predict_ms_per_row=0,
    )  # fmt: skip
    return Finalization.model_validate(
        {
            "release": "churn", "task": task, "target": "y",
            "positive_class": "Yes" if acts else None, "classes": ("No", "Yes") if acts else (),
            "features": ("tenure", "charges", "plan"), "rows": ROWS, "rows_per_run": 1000,
            "currency": "USD", "folds": 5, "seed": 0, "candidates": (only,),
            "chosen": "linear", "rule": rule, "reason": ("It is the only one.",),
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Made:
    folder: Path
    model: object
    record: Finalization
    contract: Contract
    asked: str = "churn"

    @property
    def release(self) -> Release:
        digest = BundleFolders().verify(self.bundle).digest
        return Release(name=self.asked, version=3, bundle_digest=digest, created="2026-11-23")

    @property
    def bundle(self) -> Path:
        return next((self.folder / "bundles").iterdir())

    @property
    def evidence(self) -> Path:
        return self.folder / "evidence"

    def score(self, source: Path, target: str = "out.parquet", *keep: str) -> ScoreSummary:
        return score(
            self.release, self.bundle, source, self.folder / target, keep=keep,
            bundles=BundleFolders(), models=SkopsModels(), tables=DuckTables(batch_rows=2048),
            judge=check,
        )  # fmt: skip

    def deliver(
        self,
        source: object,
        target: object = "out.parquet",
        *,
        engine: BatchEngine | None = None,
        run: str | None = "r1",
        environ: dict[str, str] | None = None,
        batch_rows: int = 2048,
        keep: tuple[str, ...] = (),
        letters: str = "dead.parquet",
        log: LogOrder | None = None,
        time: str | None = None,
        now: datetime = NOW,
        activity: Callable[..., ScoreSummary] = deliver,
    ) -> ScoreSummary:
        """Score from any place to any place; a target that is a bare name lies in the folder."""
        wanted = str(target)
        place = wanted if ":" in wanted else str(self.folder / wanted)
        known = isinstance(source, str) or hasattr(source, "parent")
        around = Surroundings(
            project=self.folder, home=self.folder, registry="", environ=environ or {}
        )
        return activity(
            Order(
                source=address_of(source) if known else source,  # type: ignore[arg-type]  # a path or a text
                target=address_of(place, out=True),
                rejects=self.folder / "rejects.parquet",
                dead_letters=self.folder / letters,
                keep=keep,
                run=run,
                log=log,
                time=time,
            ),
            self.release,
            self.bundle,
            Means(
                bundles=BundleFolders(),
                models=SkopsModels(),
                tables=DuckTables(batch_rows=batch_rows),
                remote=Systems(around),
                judge=check,
                runs=ScoreRuns(self.folder / "runs"),
                engine=engine,
            ),
            now=now,
        )

    def table(self, frame: pd.DataFrame, name: str = "in.csv") -> Path:
        path = self.folder / name
        if path.suffix == ".csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, index=False)
        return path


def make(
    folder: Path,
    task: str = "classification",
    *,
    categorical: bool = False,
    workflow: WorkflowSection | None = None,
    fast: bool = False,
    threshold: float = 0.4,
    fallback: tuple[Fallback, ...] = (),
    policy: Mapping[str, Logged] | None = None,
    fresh_hours: float | None = None,
    grows: bool = False,
    free: bool = False,
    longest: int | None = None,
) -> Made:
    """Fit, finalize and bundle a model; `categorical` fits it on a pandas categorical.

    `workflow` and `fallback` stand in a release file; `fast` adds the fast path; `policy` says what
    the log keeps of a feature; with `fresh_hours`, the column `as_of` must not be older. A
    regression that `grows` gives infinity for a very long tenure, and its contract has no ranges;
    nor has one that is `free`, whose tenure is any number. No tenure may be longer than the
    `longest`, where there is one.
    """
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["plan"]),
        (StandardScaler(), ["tenure", "charges"]),
    )
    frame = customers()
    if categorical:
        frame["plan"] = frame["plan"].astype("category")
    if task == "classification":
        truth = np.where(frame["tenure"] < 20, "Yes", "No")
        logistic = make_pipeline(columns, LogisticRegression())
        model = (HistGradientBoostingClassifier() if categorical else logistic).fit(frame, truth)
        rule = DecisionRule(kind="threshold", value=threshold)
    else:
        regression = PoissonRegressor() if grows else LinearRegression()
        model = make_pipeline(columns, regression).fit(frame, frame["tenure"] * 2.0)
        rule = DecisionRule(kind="shift", value=5.5)
    store = EvidenceFolder(folder / "evidence", SkopsModels())
    record = store.keep(finalization(task, rule), model, frame)
    contract = infer(DuckTables().profile(folder / "evidence" / "training.parquet"), name="churn")
    unbounded: dict[str, object] = {"minimum": None, "maximum": None} if grows or free else {}
    features = tuple(
        each.model_copy(update={"log": (policy or {}).get(each.name, each.log), **unbounded})
        for each in contract.features
    )
    if free:
        features = (features[0].model_copy(update={"type": "number"}), *features[1:])
    if longest is not None:
        shorter = {"maximum": longest}
        features = (features[0].model_copy(update=shorter), *features[1:])
    dated = {"freshness_column": "as_of", "freshness_hours": fresh_hours} if fresh_hours else {}
    contract = contract.model_copy(update={"features": features, **dated})
    files: dict[str, bytes | Path] = {
        "model/model.skops": folder / "evidence" / "model.skops",
        "contract/contract.json": contract.to_json().encode(),
        "evidence/finalization.json": record.to_json().encode(),
    }
    if workflow is not None:
        serving = ServingSection(fallback=fallback)
        model_section = ModelSection(name="churn")
        declared = ReleaseFile(model=model_section, workflow=workflow, serving=serving)
        files["release.json"] = declared.to_json().encode()
    if fast:
        evidence = folder / "evidence"
        proof = accelerate(
            evidence / "training.parquet", evidence / "model.skops", contract=contract,
            finalization=record, models=SkopsModels(), tables=DuckTables(), into=evidence,
        )  # fmt: skip
        files["evidence/fast_path.json"] = proof.to_json().encode()
        files["model/encoding.json"] = evidence / ENCODING
        files["model/model.onnx"] = evidence / ONNX
    write_bundle("churn", files, folder / "bundles")
    return Made(folder, model, record, contract)


def logged(address: Path, time: str | None = None) -> LogOrder:
    """Return that rows go into a log; a hash is told by the value it is of."""
    return LogOrder(address=str(address), hashed=hash_of, time=time)


def hash_of(name: str, value: str) -> str:
    """Return what stands for a value that may not be kept."""
    return f"hash of {name} {value}"


def deliver_on(made: Made, source: str, target: str, marks: Path, *, log: bool = False) -> None:
    """Deliver in a process that may be killed, and say when it begins and that it ended."""
    marks.with_suffix(".begun").touch()
    made.deliver(source, target, log=logged(made.folder / "log") if log else None)
    marks.with_suffix(".ended").touch()
