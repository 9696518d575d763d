"""A project with a small release of the flights in its registry: real data, few of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from docs.year_of_flights.flights import FEATURES, Flights, Month
from docs.year_of_flights.year import NAME
from lifecycle_core import verbs
from lifecycle_core.adapters.bundles import write_bundle
from lifecycle_core.adapters.evidence import EvidenceFolder
from lifecycle_core.adapters.identity import identify
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.reference_profile import profile_table
from lifecycle_core.contracting import from_odcs
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.promoting import nominate
from lifecycle_core.schema.finalization import DecisionRule, Interval
from lifecycle_core.schema.retraining_decision import RetrainingDecision, Worth
from lifecycle_core.settings import ledger_of, load_settings, registry_of
from tests.fakes.retrained import retrained
from tests.fakes.scoring import finalization

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.retrained import Retrained

EXAMPLES = Path(__file__).parents[2] / "example_notebooks"
_RULE = "when rows > 0 then retrain engineering within 5 days"
_ANYTHING_GOES = {"required": {"challenger": (), "champion": ()}}


def cells() -> dict[str, str]:
    """Return the code cells of the notebook, by their first line."""
    content = json.loads((EXAMPLES / "flight_delays.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    return {source.partition("\n")[0]: source for source in sources}


def join(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Do what the notebook's cell does, which its compiled step is proven to do, too."""
    (source,) = (text for text in cells().values() if text.startswith("leaves ="))
    names: dict[str, Any] = {"pd": pd, "flights": flights, "weather": weather, "planes": planes}
    exec(source, names)  # noqa: S102 - a cell of our own notebook
    table: pd.DataFrame = names["table"]
    return table


def stated() -> ReleaseFile:
    """Return the notebook's release file, with a rule that always fires and no gates."""
    _, _, text = cells()["%%release flights"].partition("\n")
    whole = parse_release(text, where="the notebook", name=NAME)
    changed = {"review": {**whole.review.model_dump(), "rules": (_RULE,)}, "policy": _ANYTHING_GOES}
    return type(whole).model_validate({**whole.model_dump(by_alias=True), **changed})


def register(folder: Path, month: Month, *, threshold: float) -> int:
    """Fit a small model on a month, register it as the candidate, and return its version."""
    known = ~np.isnan(month.late)
    features = month.table.loc[known, list(FEATURES)]
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["carrier", "hour"])),
        LogisticRegression(),
    ).fit(features, month.late[known] > 0)
    rule = DecisionRule(kind="threshold", value=threshold)
    told = finalization("classification", rule).model_copy(
        update={"release": NAME, "target": "late", "positive_class": "True",
                "classes": ("False", "True"), "features": FEATURES}
    )  # fmt: skip
    evidence = folder / f"evidence-{threshold}"
    record = EvidenceFolder(evidence, SkopsModels()).keep(told, model, features)
    contract = from_odcs((EXAMPLES / "flight_delays.contract.yaml").read_text(), "contract")
    profile = profile_table(evidence / "training.parquet", contract.features)
    files: dict[str, bytes | Path] = {
        "model/model.skops": evidence / "model.skops",
        "contract/contract.json": contract.to_json().encode(),
        "evidence/finalization.json": record.to_json().encode(),
        "evidence/reference.json": profile.to_json().encode(),
        "release.json": stated().to_json().encode(),
    }
    bundle = write_bundle(NAME, files, folder / "bundles")
    settings = load_settings()
    release = registry_of(settings).register(bundle, verdict="identical")
    nominate(release, ledger=ledger_of(settings), actor=identify("tests"), reason="a sample")
    return release.version


def project(folder: Path, flights: Flights) -> int:
    """Register a first release of a folder's project, make it the champion, return its version."""
    registry_of(load_settings()).create()
    version = register(folder, flights.month("2013-03"), threshold=0.25)
    for alias in ("challenger", "champion"):
        verbs.promote(NAME, to=alias, version=version, reason="the first")
    return version


def worth_it(as_of: datetime) -> RetrainingDecision:
    """Return what `decide_retraining` would, of a release that surely pays to be retrained."""
    return RetrainingDecision(
        release=NAME, version=1, as_of=as_of.isoformat(), grain="month", currency="USD",
        policy="on_proof", answer="retrain", reason=("It was asked for.",),
        terms=stated().retraining, one_off=15_000.0, age=1, next="",
        worth=Worth(
            value=90_000.0, interval=Interval(low=60_000.0, high=120_000.0), probability=0.99,
            periods=3, rows=200.0, ceiling=105_000.0,
        ),
    )  # fmt: skip


def retrained_as(version: int) -> Retrained:
    """Return what retraining would, of a version."""
    made = retrained()
    release = made.packaged.release.model_copy(update={"name": NAME, "version": version})
    packaged = made.packaged.model_copy(update={"release": release})
    return made.model_copy(update={"packaged": packaged})
