"""The cost curve as a chart."""

from __future__ import annotations

import json

import altair as alt
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

from lifecycle_core.adapters.evidence import EvidenceInMemory
from lifecycle_core.finalizing import cost_curve, finalize
from tests.fakes.finalizing import Column, bikes_release, churn_release, churn_rows


def test_a_threshold_curve_is_a_valid_chart() -> None:
    frame, y = churn_rows(200)
    release = churn_release(limits={"actions_per_run": 20})
    record = finalize({"risk": Column()}, frame, y, release=release, evidence=EvidenceInMemory())
    spec = cost_curve(record)
    alt.Chart.from_dict(spec)
    assert spec["$schema"] == alt.SCHEMA_URL.replace(alt.SCHEMA_VERSION, "v6")
    assert spec["background"] == "transparent"
    values = spec["data"]["values"]
    assert len(values) == len(record.curve)
    assert {row["within"] for row in values} == {True, False}
    chosen = [row for row in values if row["value"] == record.rule.value]
    assert len(chosen) == 1
    assert json.loads(json.dumps(spec)) == spec


def test_a_shift_curve_is_a_valid_chart() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"hour": rng.uniform(0, 10, 100)})
    y = pd.Series(frame["hour"] + rng.normal(size=100), name="bikes")
    record = finalize(
        {"line": LinearRegression()}, frame, y, release=bikes_release(), evidence=EvidenceInMemory()
    )
    spec = cost_curve(record)
    alt.Chart.from_dict(spec)
    assert "actions" not in spec["data"]["values"][0]
