"""A registry with two versions of a small real release: tumours in scikit-learn's cancer data."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "tumours"
_MODEL = """\
%load_ext nbext
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
frame = load_breast_cancer(as_frame=True)
X, y = frame.data.iloc[:, :5], frame.target
candidates = {"logistic": make_pipeline(StandardScaler(), LogisticRegression())}"""
_RELEASE = """\
%%release tumours
model: {purpose: Choose the images that a second doctor looks at, positive_class: 1}
workflow:
  destination: Reading list of the clinic
  next_step: A second doctor looks at the image
  recipient: Radiology
  schedule: Each morning at 06:00
  rows_per_run: 500
  deadline_seconds: 600
  when_late: Every image is looked at twice
  when_missing: The image is looked at twice
value:
  operating_metric: {name: actions_per_run, at_most: 500}
  financial_metric: {name: cost_per_run, at_most: 100000}
costs: {currency: EUR, false_positive: 20, false_negative: 400}
review:
  schedule: First of the month
  business_cycle: monthly
  window: month
  rules: [when rows < 1 then notify data]
  latency: {limit: twice the usual, response: look at it}
  errors: {limit: twice the usual, response: look at it}
  drift: {limit: twice the usual, response: look at it}
  resources: {limit: twice the usual, response: look at it}
  adoption: {limit: twice the usual, response: look at it}
  override: {limit: twice the usual, response: look at it}
  cost: {limit: twice the usual, response: look at it}
  revenue: {limit: twice the usual, response: look at it}
policy:
  required: {challenger: [workflow, value, review]}"""
_FINALIZE = "%finalize candidates X y --folds 3 --seed {seed}"


_FIRST = """\
from lifecycle_core import verbs
verbs.package("first.ipynb")
verbs.promote("tumours", to="challenger", reason="the first")
"""


def register_one_version(folder: Path) -> None:
    """Run the main job once, and make what comes of it the challenger."""
    _write(folder, "first", seed=0)
    _run(folder, _FIRST)


def register_two_versions(folder: Path) -> None:
    """Run the main job twice, with the first version as the challenger."""
    _write(folder, "first", seed=0)
    _write(folder, "second", seed=1)
    _run(folder, f'{_FIRST}verbs.package("second.ipynb")\n')


def _write(folder: Path, name: str, *, seed: int) -> None:
    path = folder / f"{name}.ipynb"
    write_notebook(path, _MODEL, _RELEASE, _FINALIZE.format(seed=seed))


def _run(folder: Path, program: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=without_ours(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"No release to look at: {ended.stdout}\n{ended.stderr}")


def without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that configure nbrelease."""
    return {key: value for key, value in environ.items() if not key.startswith("NBRELEASE_")}
