"""The three examples as they are checked in: their data, and a run from top to bottom."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from lifecycle_core.adapters.files import digest_file
from lifecycle_core.adapters.rendering.html import record_environment
from lifecycle_core.contracting import from_odcs

EXAMPLES = Path(__file__).parents[2] / "example_notebooks"
NOTEBOOKS = ("telco_churn", "bike_rentals", "flight_delays")
BY_PEOPLE = ("meaning", "unit", "refresh", "owner")
MACHINE_PATH = re.compile(r"/(?:home|root|tmp|work|Users|private|var|opt)/|[A-Z]:\\\\")


def notebook(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXAMPLES / f"{name}.ipynb").read_text())
    return content


def code_cells(name: str) -> list[dict[str, Any]]:
    return [cell for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize(
    ("name", "rows", "columns", "digest"),
    [
        (
            "telco_churn",
            7_043,
            20,
            "sha256:863e369c3a03cea2bd20d696e572eb5fb064e04657744504deb7b6249b92f66e",
        ),
        (
            "telco_churn_next",
            3_000,
            20,
            "sha256:ff7d0aaaccdc37ac53f3aec1a50a6964a6e4ebaf78f982c497e42047631804c6",
        ),
        (
            "bike_rentals",
            8_645,
            15,
            "sha256:ac6950ae6f11efcc69c29d6bb13e8881c001e27d36434660d59444a1414f712c",
        ),
    ],
)
def test_data_is_what_its_source_says(name: str, rows: int, columns: int, digest: str) -> None:
    path = EXAMPLES / "data" / f"{name}.csv"
    assert pd.read_csv(path).shape == (rows, columns)
    assert digest_file(path) == digest
    assert f"## {name}.csv" in (EXAMPLES / "data" / "SOURCES.md").read_text()


def test_the_flights_are_what_their_source_says() -> None:
    folder = EXAMPLES / "data" / "flights"
    rows = {path.stem: pd.read_parquet(path).shape for path in sorted(folder.glob("*.parquet"))}
    months = [shape for name, shape in rows.items() if name.startswith("2013-")]
    assert len(months) == 12
    assert sum(count for count, _ in months) == 336_776
    assert {columns for _, columns in months} == {9}
    assert (rows["weather"], rows["planes"]) == ((26_115, 8), (3_322, 3))
    assert "## flights/" in (EXAMPLES / "data" / "SOURCES.md").read_text()


def test_no_flight_is_scored_by_what_is_known_after_it_has_left() -> None:
    contract = from_odcs((EXAMPLES / "flight_delays.contract.yaml").read_text(), "contract")
    assert not {"dep_delay", "arr_delay", "late"} & {each.name for each in contract.features}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_valid_and_names_its_kernel(name: str) -> None:
    content = notebook(name)
    nbformat.validate(content)
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    assert "papermill" not in content["metadata"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_stored_executed_in_order_without_error(name: str) -> None:
    cells = code_cells(name)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert not set(cell["metadata"]) & {"papermill", "execution", "ExecuteTime"}
        for output in cell["outputs"]:
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_shows_no_path_of_a_machine(name: str) -> None:
    text = (EXAMPLES / f"{name}.ipynb").read_text()
    assert not MACHINE_PATH.findall(re.sub(r'"image/png": "[^"]*"', "", text))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_ends_with_a_release_and_its_finalization(name: str) -> None:
    sources = ["".join(cell["source"]) for cell in code_cells(name)]
    assert [source.split()[0] for source in sources[-3:]] == [
        "%load_ext",
        "%%release",
        "%finalize",
    ]
    shown = json.dumps(code_cells(name)[-1]["outputs"])
    assert "is chosen: its expected cost is USD" in shown


def test_the_chosen_churn_model_keeps_within_the_calls_of_a_week() -> None:
    shown = json.dumps(code_cells("telco_churn")[-1]["outputs"])
    assert "The limit of 300 actions per run decides this" in shown


def test_the_contract_of_the_churn_model_has_its_columns() -> None:
    contract = from_odcs((EXAMPLES / "telco_churn.contract.yaml").read_text(), "contract")
    header = (EXAMPLES / "data" / "telco_churn.csv").read_text().partition("\n")[0].split(",")
    assert [feature.name for feature in contract.features] == header[1:]


@pytest.mark.parametrize("name", ["telco_churn", "flight_delays"])
def test_an_agreed_contract_is_complete(name: str) -> None:
    path = EXAMPLES / f"{name}.contract.yaml"
    contract = from_odcs(path.read_text(), path.name)
    assert contract.status == "active"
    for feature in contract.features:
        assert all(getattr(feature, field) for field in BY_PEOPLE), feature.name


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_stored_records_look_as_they_do_now(name: str) -> None:
    style = record_environment().get_template("records/_style.html.j2").render().strip()
    stored = [
        "".join(output["data"]["text/html"])
        for cell in code_cells(name)[-2:]
        for output in cell["outputs"]
        if "text/html" in output.get("data", {})
    ]
    assert stored
    assert all(style in html for html in stored), "make examples"
