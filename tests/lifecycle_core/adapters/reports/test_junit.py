"""JUnit XML, read back as a CI server reads it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.reports import junit_xml
from lifecycle_core.schema.reproduction import CellResult
from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions
from tests.fakes import reproductions
from tests.golden_files import agrees_with_golden

# What the common servers know: of each element its attributes and its children in their order.
FORM: dict[str, tuple[set[str], list[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped", "time"}, ["testsuite"]),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time"},
        ["properties", "testcase", "system-out"],
    ),
    "properties": (set(), ["property"]),
    "property": ({"name", "value"}, []),
    "testcase": (
        {"classname", "name", "file", "time"},
        ["skipped", "error", "failure", "system-out"],
    ),
    "skipped": ({"message"}, []),
    "error": ({"message", "type"}, []),
    "failure": ({"message", "type"}, []),
    "system-out": (set(), []),
}
CASES = {
    "several": reproductions.several(),
    "hostile": reproductions.hostile(),
    "unshown": reproductions.one(reproductions.unshown()),
    "none": Reproductions(notebooks=()),
}


def read(record: Reproductions) -> ET.Element:
    return ET.fromstring(junit_xml(record).encode())  # noqa: S314 - our own


@pytest.mark.parametrize("name", CASES)
def test_it_has_the_form_that_servers_read(name: str) -> None:
    for element in read(CASES[name]).iter():
        attributes, children = FORM[element.tag]
        assert set(element.attrib) == attributes
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)
        if "time" in attributes:
            assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"])
        for counted in ("tests", "failures", "errors", "skipped"):
            if counted in attributes:
                singular = {"tests": "testcase", "failures": "failure", "errors": "error"}
                found = list(element.iter(singular.get(counted, counted)))
                assert int(element.attrib[counted]) == len(found)


def test_what_no_output_shows_fails_nothing_and_is_said() -> None:
    suite = read(CASES["unshown"]).find("testsuite")
    assert suite is not None
    assert suite.attrib["failures"] == suite.attrib["errors"] == "0"
    assert "file out/model.json" in (suite.findtext("system-out") or "")
    assert read(CASES["several"]).find("testsuite/system-out") is None


def test_every_code_cell_is_a_case_of_its_notebook() -> None:
    suite = read(CASES["several"]).findall("testsuite")[1]
    assert suite.attrib["name"] == "nb/churn.ipynb"
    assert [case.attrib["name"] for case in suite.findall("testcase")][:2] == [
        "cell 1: import pandas as pd",
        'cell 2: data = pd.read_csv("churn.csv")',
    ]
    assert {case.attrib["classname"] for case in suite.findall("testcase")} == {"nb/churn.ipynb"}
    assert [case.attrib["time"] for case in suite.findall("testcase")][:2] == ["1.500", "0.250"]
    facts = {fact.attrib["name"]: fact.attrib["value"] for fact in suite.iter("property")}
    assert facts["verdict"] == "different"
    assert facts["lock"].startswith("sha256:1a2b")
    assert facts["input:data/churn.csv"].startswith("sha256:9f8e")


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("identical", None), ("cosmetic", None), ("tolerance", None), ("skipped", "skipped"),
        ("different", "failure"), ("failed", "failure"), ("not_run", "error"),
    ],
)  # fmt: skip
def test_the_status_of_a_cell_is_the_result_of_its_case(status: str, result: str | None) -> None:
    made = reproductions.good()
    cell = CellResult(index=0, label="x", status=status, detail="why")  # type: ignore[arg-type] # of the ladder
    root = read(reproductions.one(made.model_copy(update={"cells": (cell,)})))
    (case,) = root.iter("testcase")
    found = [child for child in case if child.tag in {"failure", "error", "skipped"}]
    assert [child.tag for child in found] == ([result] if result else [])
    assert [child.attrib["message"] for child in found] == (["why"] if result else [])


def test_a_failure_tells_the_cause_how_it_is_known_and_the_fix() -> None:
    suite = read(CASES["several"]).findall("testsuite")[1]
    failure = next(suite.iter("failure"))
    assert failure.text is not None
    for said in (
        'Cause: Random numbers without a seed (unseeded_random), cell 4, line 3: "forest"',
        "Known: shown by intervention: with random numbers held still, clean runs agree",
        "Fix: Pass `random_state=0`",
        "-2     forest  0.83  1225\n+2     forest  0.86  1187",
    ):
        assert said in failure.text


def test_a_notebook_without_a_guilty_cell_fails_as_a_whole() -> None:
    suites = {suite.attrib["name"]: suite for suite in read(CASES["several"])}
    blank, broken = suites["nb/blank.ipynb"], suites["nb/broken.ipynb"]
    assert blank.attrib["failures"] == "1"
    assert "saved without outputs" in str(next(blank.iter("failure")).text)
    assert broken.attrib["errors"] == broken.attrib["tests"] == "1"
    assert "Open the file in Jupyter" in str(next(broken.iter("error")).text)


def test_a_notebook_that_reproduces_fails_nothing() -> None:
    root = read(reproductions.one(reproductions.good()))
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("2", "0", "0")


@given(st.text())
def test_any_text_gives_xml(text: str) -> None:
    check = NotebookCheck(path=text, exit_code=2, error=text, hint=text)
    (case,) = read(Reproductions(notebooks=(check,))).iter("testcase")
    assert case.attrib["classname"] == one_line(text)


def test_it_reads_as_it_did() -> None:
    assert agrees_with_golden(junit_xml(CASES["several"]), "reports/junit.xml")
