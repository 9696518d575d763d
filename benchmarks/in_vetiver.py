"""Serve a fitted model with vetiver, in its environment; see `serving.py`.

python benchmarks/in_vetiver.py MODEL.joblib ROW.json PORT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import joblib
import pandas as pd
from vetiver import VetiverAPI, VetiverModel


def main(model: str, row: str, port: str) -> None:
    """Answer `POST /predict` until the process is ended."""
    prototype = pd.DataFrame([json.loads(Path(row).read_text(encoding="utf-8"))])
    served = VetiverModel(joblib.load(model), "churn", prototype_data=prototype)
    VetiverAPI(served, check_prototype=True).run(port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
