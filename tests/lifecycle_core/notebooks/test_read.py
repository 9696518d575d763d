from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lifecycle_core.errors import NotebookInvalid
from lifecycle_core.notebooks.read import parse_notebook
from tests.fakes.notebooks import KERNELSPEC, code, content, markdown

PATH = Path("model.ipynb")


def refusal(text: bytes | dict[str, Any]) -> NotebookInvalid:
    raw = text if isinstance(text, bytes) else json.dumps(text).encode()
    with pytest.raises(NotebookInvalid) as caught:
        parse_notebook(raw, PATH)
    assert caught.value.exit_code == 2
    assert caught.value.path == "model.ipynb"
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"\x89PNG\r\n", "not a notebook: byte 0 is not UTF-8"),
        (b'{"cells": [\n  1,,\n]}', "not valid JSON at line 2, column 5"),
        (b"", "not valid JSON at line 1, column 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[1, 2]", "not a notebook: it has no `nbformat`"),
        (b'{"a": 1}', "not a notebook: it has no `nbformat`"),
        ({"nbformat": 3, "worksheets": []}, "is in nbformat 3"),
        ({"nbformat": 4, "metadata": {}}, "`cells` is missing"),
        ({"nbformat": 4, "cells": []}, "`metadata` is missing"),
        (content({"source": "x"}), "cell 0 has no `cell_type`"),
        (content({"cell_type": "code", "source": 7}), "the `source` of cell 0"),
        (content({**code("x"), "outputs": 3}), "the `outputs` of cell 0"),
        (content({**code("x"), "metadata": {"tags": "a"}}), "the `metadata` of cell 0"),
        (content(), "has no code: 0 cells"),
        (content(markdown("# Hello"), code("  \n")), "has no code: 2 cells"),
        (
            {**content(code("1")), "metadata": {"kernelspec": {"name": "ir", "language": "R"}}},
            "written for a kernel of R, and one of Python is wanted",
        ),
        (
            {
                **content(code("1")),
                "metadata": {"kernelspec": {"name": "x"}, "language_info": {"name": "julia"}},
            },
            "written for a kernel of julia",
        ),
    ],
)
def test_what_cannot_be_run_is_refused(text: bytes | dict[str, Any], says: str) -> None:
    assert says in str(refusal(text))


def test_an_unknown_kernel_name_of_python_is_fine() -> None:
    spec = {"name": "my-laptop", "display_name": "My laptop", "language": "python"}
    parse_notebook(json.dumps(content(code("1"), kernelspec=spec)).encode(), PATH)


@pytest.mark.parametrize(
    "metadata", [{}, {"kernelspec": {}}, {"language_info": {"name": "python"}}]
)
def test_a_notebook_whose_metadata_were_stripped_is_one_of_python(metadata: dict[str, Any]) -> None:
    parse_notebook(json.dumps({**content(code("1")), "metadata": metadata}).encode(), PATH)


@pytest.mark.parametrize("minor", range(6))
def test_lines_and_text_are_the_same_source(minor: int) -> None:
    lines = {**code(""), "source": ["a = 1\n", "a"]}
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]}
    lines["outputs"] = [output]
    first = parse_notebook(json.dumps(content(lines, minor=minor)).encode(), PATH)
    second = parse_notebook(json.dumps(content(code("a = 1\na"), minor=minor)).encode(), PATH)
    assert first.digest == second.digest
    assert first.content["cells"][0]["outputs"][0]["text"] == "1\n2\n"


def test_the_digest_ignores_what_tools_write_and_sees_what_people_write() -> None:
    plain = content(code("a = 1", count=1))
    noisy = content(
        {**code("a = 1", count=7), "metadata": {"papermill": {"status": "x"}, "execution": {}}},
        papermill={"duration": 3},
        language_info={"name": "python", "version": "3.12"},
        kernelspec={**KERNELSPEC, "name": "other"},
    )

    def digest(notebook: dict[str, Any]) -> str:
        return parse_notebook(json.dumps(notebook).encode(), PATH).digest

    assert digest(plain) == digest(noisy)
    assert digest(plain) != digest(content(code("a = 2")))
    assert digest(plain) != digest(content(code("a = 1", tags=("parameters",))))
    assert digest(plain) != digest(content(code("a = 1"), markdown("why")))
