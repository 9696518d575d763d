"""Make a second month of the Telco example, to retrain on: `data/telco_churn_next.csv`.

    python docs/make_next_month.py

The month is made up from the first, and says so in `data/SOURCES.md`. Who left is gone, who stayed
is a month older and has paid one more bill, and newcomers look like the newcomers of before. Who
leaves next is drawn with the risks that a logistic regression finds in the first month.
"""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

DATA = Path(__file__).resolve().parents[1] / "example_notebooks" / "data"
ROWS = 3_000
NEWCOMERS = 0.12
NUMBERS = ["tenure", "monthly_charges", "total_charges"]


def next_month(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customers of the month after, in no order, with who leaves in it."""
    draw = np.random.default_rng(12)
    new = customers[customers["tenure"] <= 1]
    stayed = customers[customers["churn"].eq("No")]
    count = round(ROWS * NEWCOMERS)
    arrived = new.sample(count, random_state=1).assign(tenure=0, total_charges=np.nan)
    older = stayed.sample(ROWS - count, random_state=2)
    billed = (older["total_charges"].fillna(0.0) + older["monthly_charges"]).round(2)
    older = older.assign(tenure=older["tenure"] + 1, total_charges=billed)
    month = pd.concat([older, arrived]).sample(frac=1.0, random_state=3)
    leaves = draw.random(len(month)) < _risk(customers, month)
    return month.assign(churn=np.where(leaves, "Yes", "No"))


def _risk(known: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    features = known.drop(columns="churn").fillna({"total_charges": 0.0})
    words = features.select_dtypes("str").columns.tolist()
    model = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(drop="if_binary"), words),
            (StandardScaler(), NUMBERS),
            remainder="passthrough",
        ),
        LogisticRegression(max_iter=1_000),
    ).fit(features, known["churn"])
    risk: np.ndarray = model.predict_proba(asked[features.columns].fillna({"total_charges": 0.0}))
    return risk[:, 1]


if __name__ == "__main__":
    first = pd.read_csv(DATA / "telco_churn.csv")
    next_month(first).to_csv(DATA / "telco_churn_next.csv", index=False)
