"""Small fitted models of many kinds, saved with the rows they were fitted on, to be converted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    StandardScaler,
)
from threadpoolctl import threadpool_limits

from lifecycle_core.adapters.bundles import write_bundle
from lifecycle_core.adapters.evidence import kept_forms
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.contracting import infer
from lifecycle_core.delivering import accelerate, prepare_reasons
from lifecycle_core.schema.finalization import DecisionRule
from lifecycle_core.schema.release_file import ReasonsSection
from tests.fakes.scoring import finalization

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.explaining import ExplainerFacts
    from lifecycle_core.schema.fast_path import FastPath
    from lifecycle_core.schema.finalization import Finalization

ROWS = 300
WORDS, NUMBERS = ["plan", "city"], ["tenure", "charges"]


def clients(*, lacking: bool = False, categorical: bool = False) -> pd.DataFrame:
    """Return made-up rows; `lacking` leaves values out, `categorical` has pandas' own."""
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "tenure": generator.integers(0, 72, ROWS),
            "charges": generator.gamma(2, 30, ROWS).round(2),
            "plan": generator.choice(["basic", "plus", "pro"], ROWS),
            "city": generator.choice(list("abcdefgh"), ROWS),
            "vip": generator.random(ROWS) < 0.3,
        }
    )
    if lacking:
        frame.loc[generator.random(ROWS) < 0.1, "charges"] = np.nan
        frame.loc[generator.random(ROWS) < 0.1, "plan"] = None
    return frame.astype(dict.fromkeys(WORDS, "category")) if categorical else frame


def one_hot(**flags: Any) -> Any:  # noqa: ANN401 - a transformer
    return make_column_transformer(
        (OneHotEncoder(**flags), WORDS), (StandardScaler(), NUMBERS), remainder="passthrough"
    )


def ordinal(unknown: float) -> Any:  # noqa: ANN401 - a transformer
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=unknown)
    return make_column_transformer((encoder, WORDS), remainder="passthrough")


def imputed() -> Any:  # noqa: ANN401 - a transformer
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), WORDS),
        (make_pipeline(SimpleImputer(), MinMaxScaler(clip=True)), NUMBERS),
        remainder="passthrough",
    )


def model_of(kind: str) -> Any:  # noqa: ANN401 - an estimator
    """Return an unfitted model by name."""
    boosting = GradientBoostingClassifier(n_estimators=15, random_state=0)
    histograms = {"max_iter": 12, "random_state": 0}
    return {
        "logistic": lambda: make_pipeline(one_hot(), LogisticRegression()),
        "logistic, imputed": lambda: make_pipeline(imputed(), LogisticRegression()),
        "rare levels": lambda: make_pipeline(
            one_hot(handle_unknown="infrequent_if_exist", min_frequency=40, drop="first"),
            LogisticRegression(),
        ),
        "boosting": lambda: make_pipeline(one_hot(handle_unknown="ignore"), boosting),
        "exponential": lambda: make_pipeline(
            one_hot(handle_unknown="ignore"),
            GradientBoostingClassifier(loss="exponential", n_estimators=5, random_state=0),
        ),
        "calibrated": lambda: make_pipeline(one_hot(), CalibratedClassifierCV(boosting, cv=2)),
        "forest": lambda: make_pipeline(ordinal(-1), RandomForestClassifier(10, random_state=0)),
        "histograms": lambda: make_pipeline(
            ordinal(np.nan),
            HistGradientBoostingClassifier(categorical_features=[0, 1], **histograms),
        ),
        "categoricals": lambda: HistGradientBoostingClassifier(**histograms),
        "network": lambda: make_pipeline(
            one_hot(), MLPClassifier((4,), max_iter=400, tol=1e-2, random_state=0)
        ),
        "discriminant": lambda: make_pipeline(
            one_hot(sparse_output=False, drop="first"), LinearDiscriminantAnalysis()
        ),
        "power": lambda: make_pipeline(
            make_column_transformer((PowerTransformer(), NUMBERS)), LogisticRegression()
        ),
        "counts": lambda: make_pipeline(one_hot(), PoissonRegressor()),
        "amounts": lambda: make_pipeline(
            ordinal(-1), RandomForestRegressor(10, random_state=0)
        ),
    }[kind]()  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """A model that was fitted and saved as finalization leaves it."""

    folder: Path
    model: Any
    frame: pd.DataFrame
    record: Finalization
    contract: Contract

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """Return its rows as a request would bring them."""
        plain = self.frame.astype(object).where(self.frame.notna(), None)
        return {str(name): plain[name].tolist() for name in plain}

    @property
    def wanted(self) -> np.ndarray[Any, Any]:
        """Return what the model itself says about its rows."""
        with threadpool_limits(1):
            if self.record.task == "regression":
                return np.asarray(self.model.predict(self.frame))
            column = self.record.classes.index(str(self.record.positive_class))
            return np.asarray(self.model.predict_proba(self.frame)[:, column])

    def accelerate(self) -> FastPath:
        return accelerate(
            self.folder / "rows.parquet", self.folder / "model.skops", contract=self.contract,
            finalization=self.record, models=SkopsModels(), tables=DuckTables(), into=self.folder,
        )  # fmt: skip

    def prepare_reasons(self, section: ReasonsSection = ReasonsSection()) -> ExplainerFacts:  # noqa: B008 - frozen
        found = prepare_reasons(
            self.folder / "rows.parquet", self.folder / "model.skops", contract=self.contract,
            finalization=self.record, section=section, models=SkopsModels(), tables=DuckTables(),
            into=self.folder,
        )  # fmt: skip
        assert found is not None
        return found


def fit(folder: Path, kind: str, *, positive: str = "Yes") -> Fitted:
    """Fit and save a model by name."""
    frame = clients(
        lacking=kind in {"logistic, imputed", "histograms", "categoricals", "forest"},
        categorical=kind == "categoricals",
    )
    risk = frame["charges"].fillna(50) / 60 + (frame["plan"] == "pro") - frame["tenure"] / 50
    if kind == "categoricals":  # so much that some nodes ask for nothing but a missing plan
        risk += 3 * frame["plan"].isna()
    regression = kind in {"counts", "amounts"}
    truth = risk.to_numpy() + np.random.default_rng(1).normal(size=len(frame)) / 2
    target: Any = np.exp(truth) if regression else np.where(truth > 1, "Yes", "No")
    with threadpool_limits(1):  # threads cost more than so few rows
        model = model_of(kind).fit(frame, target)
    rule = DecisionRule(kind="shift", value=2.5)
    if not regression:
        rule = DecisionRule(kind="threshold", value=0.37)
    record = finalization("regression" if regression else "classification", rule).model_copy(
        update={"features": tuple(frame), "positive_class": None if regression else positive}
    )
    frame.to_parquet(folder / "rows.parquet", index=False)
    SkopsModels().save(model, folder / "model.skops")
    contract = infer(DuckTables().profile(folder / "rows.parquet"), name="clients")
    return Fitted(folder, model, frame, record, contract)


def bundled(fitted: Fitted, proof: FastPath | None) -> Path:
    """Return a bundle of the model, with its fast path if there is proof of one."""
    forms = {f"model/{name}": content for name, content in kept_forms(fitted.folder).items()}
    files: dict[str, bytes | Path] = {
        "model/model.skops": fitted.folder / "model.skops",
        "contract/contract.json": fitted.contract.to_json().encode(),
        "evidence/finalization.json": fitted.record.to_json().encode(),
        **({"evidence/fast_path.json": proof.to_json().encode(), **forms} if proof else {}),
    }
    bundle = write_bundle("churn", files, fitted.folder / "bundles")
    return fitted.folder / "bundles" / bundle.path
