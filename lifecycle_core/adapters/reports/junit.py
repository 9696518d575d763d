"""JUnit XML: a test suite for each notebook, a test case for each code cell."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from lifecycle_core.adapters.rendering.cause_words import short_reason
from lifecycle_core.adapters.rendering.plain import one_line, visible
from lifecycle_core.adapters.rendering.unshown_words import unshown_notice
from lifecycle_core.adapters.reports.statements import (
    broken_cells,
    cause_text,
    causes_of,
    difference_text,
)

if TYPE_CHECKING:
    from lifecycle_core.schema.reproduction import CellResult, Reproduction
    from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions

_KINDS = {"different": "failure", "failed": "failure", "not_run": "error", "skipped": "skipped"}
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_WHOLE = "the whole notebook"


def junit_xml(record: Reproductions) -> str:
    """Return JUnit XML in the form that Jenkins, GitLab, Azure and GitHub's actions read.

    A cell that is different or failed is a failure, one that did not run is an error. A notebook
    that could not be checked, or whose fault sits in no cell, has one case for the whole of it.
    Control characters, which XML cannot hold, are shown as pictures.
    """
    root = ET.Element("testsuites", name="nbrelease reproduce")
    for check in record.notebooks:
        root.append(_suite(check))
    _count(root, root)
    root.set("time", _time(sum(check.seconds for check in record.notebooks)))
    ET.indent(root)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(root, "unicode") + "\n"


def _suite(check: NotebookCheck) -> ET.Element:
    path = one_line(check.path)
    suite = ET.Element("testsuite", name=path)
    found = check.reproduction
    if found is None:
        text = f"{visible(check.error)}\n{visible(check.hint)}".rstrip()
        case = _case(suite, path, _WHOLE, 0.0)
        _add(case, "error", "not_checked", check.error, text)
    else:
        _properties(suite, found)
        for cell in found.cells:
            _cell(suite, path, cell, found)
        if not found.reproducible and not broken_cells(found):
            text = "\n\n".join(cause_text(cause, found) for cause in found.causes)
            case = _case(suite, path, _WHOLE, 0.0)
            _add(case, "failure", found.verdict, short_reason(found), text)
        if said := unshown_notice(found):
            ET.SubElement(suite, "system-out").text = visible(said)
    _count(suite, suite)
    suite.set("time", _time(check.seconds))
    return suite


def _properties(suite: ET.Element, found: Reproduction) -> None:
    facts = {
        "verdict": found.verdict,
        "reproducible": str(found.reproducible).lower(),
        "source_digest": found.source_digest,
        "lock": found.environment.lock,
        "environment": found.environment.kind,
        "python": found.environment.python,
        "platform": found.environment.platform,
        "rtol": f"{found.rtol:g}",
        "runs": str(len(found.runs)),
        "trials": str(len(found.trials)),
        **{f"input:{file.path}": file.digest for file in found.inputs},
    }
    listed = ET.SubElement(suite, "properties")
    for name, value in facts.items():
        ET.SubElement(listed, "property", name=one_line(name), value=one_line(value))


def _cell(suite: ET.Element, path: str, cell: CellResult, found: Reproduction) -> None:
    label = one_line(cell.label)
    name = f"cell {cell.index}: {label}" if label else f"cell {cell.index}"
    case = _case(suite, path, name, cell.seconds or 0.0)
    causes = "\n\n".join(cause_text(cause, found) for cause in causes_of(cell, found))
    if kind := _KINDS.get(cell.status):
        text = "\n\n".join(filter(None, (causes, difference_text(cell))))
        _add(case, kind, cell.status, cell.detail or cell.status, text)
    if causes:
        ET.SubElement(case, "system-out").text = causes


def _case(suite: ET.Element, path: str, name: str, seconds: float) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", classname=path, name=name, file=path, time=_time(seconds)
    )


def _add(case: ET.Element, kind: str, status: str, message: str, text: str) -> None:
    """Add a result to a case; a skipped one has no type and no text."""
    result = ET.SubElement(case, kind, message=one_line(message))
    if kind != "skipped":
        result.set("type", status)
        result.text = text


def _count(element: ET.Element, below: ET.Element) -> None:
    cases = list(below.iter("testcase"))
    element.set("tests", str(len(cases)))
    for kind, name in _COUNTED.items():
        element.set(name, str(sum(case.find(kind) is not None for case in cases)))


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
