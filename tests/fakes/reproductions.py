"""Reproductions as rich as the engine makes them, and as hostile as a notebook can make them."""

from __future__ import annotations

import base64
import struct
import zlib

from lifecycle_core.schema.finding import Finding
from lifecycle_core.schema.reproduction import (
    Cause,
    CellResult,
    EnvironmentFacts,
    GeneratorResult,
    InputFile,
    Reproduction,
    Run,
    Trial,
    Unshown,
    VariableResult,
)
from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions
from tests.fakes.records import DIGEST_1, DIGEST_2

HOSTILE = (
    "</style></code><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    "<a href='javascript:alert(1)'>]]>&amp;\x00\x1b[31m\u202eevil\u2066"
)


def png(colour: tuple[int, int, int], width: int = 120, height: int = 60) -> str:
    """Return a PNG of one colour in base64."""
    rows = b"".join(b"\x00" + bytes(colour) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checked

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


STORED = """\
       model   auc  cost
0      boost  0.84  1204
1   logistic  0.81  1310
2     forest  0.83  1225
3      dummy  0.50  2950
4        svm  0.79  1402
5      bayes  0.77  1466
6       tree  0.71  1702
rows: 7
chosen: boost"""
FRESH = STORED.replace("0.83  1225", "0.86  1187").replace("chosen: boost", "chosen: forest")


def explained() -> Reproduction:
    """Return a notebook with two causes; text, a picture and a variable differ."""
    cells = (
        CellResult(index=1, label="import pandas as pd", status="identical", seconds=1.5),
        CellResult(
            index=2,
            label='data = pd.read_csv("churn.csv")',
            status="cosmetic",
            normalisers=("dataframe_html", "memory_addresses"),
            seconds=0.25,
            agree=True,
        ),
        CellResult(
            index=4,
            label="table = compare(models, data)",
            status="different",
            detail="line 4: got 0.86, stored 0.83",
            stored=STORED,
            fresh=FRESH,
            agree=False,
            seconds=3.5,
            variables=(
                VariableResult(
                    name="table",
                    status="different",
                    type="pandas.DataFrame",
                    digest=DIGEST_1,
                    note="column auc differs",
                ),
                VariableResult(name="models", status="identical", type="list", digest=DIGEST_2),
            ),
            generators=(
                GeneratorResult(
                    name="numpy",
                    status="different",
                    before=DIGEST_1,
                    after=DIGEST_2,
                    note="the cell moved it elsewhere",
                ),
            ),
        ),
        CellResult(
            index=6,
            label="plot(table)",
            status="different",
            detail="the picture differs in 120 of 7200 pixels",
            stored_png=png((40, 90, 160)),
            fresh_png=png((190, 70, 50)),
            seconds=0.75,
        ),
        CellResult(
            index=7, label="check()", status="skipped", detail="ran; tagged nondeterministic"
        ),
        CellResult(
            index=9,
            label="print(date.today())",
            status="different",
            detail="line 1: got 2026-11-25, stored 2026-10-01",
            stored="2026-10-01",
            fresh="2026-11-25",
            agree=True,
            seconds=0.1,
        ),
    )
    causes = (
        Cause(
            kind="unseeded_random",
            cell=4,
            line=3,
            source='"forest": RandomForestClassifier(),',
            names=("table",),
            evidence="Two clean runs differ; with every generator seeded they agree.",
            hint="Pass `random_state=0` to `RandomForestClassifier`.",
            shown_by="intervention",
            confidence=0.97,
            explains=4,
            trial=1,
        ),
        Cause(
            kind="clock",
            cell=9,
            line=1,
            source="print(date.today())",
            evidence="Cell 9 reads the date.",
            hint="Take the date as a parameter.",
            shown_by="static",
            confidence=0.7,
            explains=9,
        ),
    )
    return Reproduction(
        notebook="churn.ipynb",
        source_digest=DIGEST_1,
        verdict="different",
        reproducible=False,
        rtol=1e-6,
        cells=cells,
        causes=causes,
        inputs=(InputFile(path="data/churn.csv", digest=DIGEST_2, cells=(2,)),),
        written=(InputFile(path="out/table.csv", digest=DIGEST_1, cells=(4,)),),
        environment=EnvironmentFacts(
            python="3.11.9", lock=DIGEST_1, platform="Linux-x86_64", kind="locked"
        ),
        runs=(
            Run(seconds=7.5, hash_seed=0, threads=2, exit="ok"),
            Run(seconds=7.25, hash_seed=1, threads=2, exit="ok"),
        ),
        trials=(
            Trial(factors=("hash_seed",), cell=4, agrees=False, against="clean_run", seconds=5.5),
            Trial(factors=("seed",), cell=4, agrees=True, against="clean_run", seconds=5.25),
        ),
    )


def killed() -> Reproduction:
    """Return a notebook whose kernel was killed in its second cell."""
    message = "The kernel was killed by SIGKILL; the system does that when memory runs out."
    made = explained()
    return made.model_copy(
        update={
            "notebook": "big.ipynb",
            "verdict": "incomplete",
            "cells": (
                CellResult(index=0, label="import numpy", status="identical", seconds=0.5),
                CellResult(index=1, label="x = eat()", status="not_run", detail=message),
                CellResult(index=2, label="show(x)", status="not_run"),
            ),
            "causes": (
                Cause(
                    kind="kernel_died",
                    cell=1,
                    evidence=message,
                    hint="Give it more memory, or less data.",
                    shown_by="observation",
                    confidence=1.0,
                ),
            ),
            "runs": (
                Run(
                    seconds=2.5,
                    hash_seed=0,
                    threads=2,
                    exit="killed",
                    stopped_at=1,
                    message=message,
                ),
            ),
            "trials": (),
        }
    )


def blank() -> Reproduction:
    """Return a notebook that was saved without outputs: no cell is to blame."""
    made = explained()
    return made.model_copy(
        update={
            "notebook": "blank.ipynb",
            "verdict": "incomplete",
            "cells": (
                CellResult(index=0, label="1 + 1", status="skipped", detail="nothing is stored"),
            ),
            "causes": (
                Cause(
                    kind="unexplained",
                    evidence="The notebook was saved without outputs.",
                    hint="Run all cells and save it.",
                    shown_by="observation",
                    confidence=1.0,
                ),
            ),
            "trials": (),
        }
    )


def good() -> Reproduction:
    """Return a notebook that reproduces."""
    made = explained()
    return made.model_copy(
        update={
            "notebook": "good.ipynb",
            "verdict": "cosmetic",
            "reproducible": True,
            "cells": made.cells[:2],
            "causes": (),
            "trials": (),
        }
    )


def unshown() -> Reproduction:
    """Return a notebook that reproduces, and whose runs wrote another model each time."""
    return good().model_copy(
        update={
            "unshown": (
                Unshown(cell=2, names=("weights",)),
                Unshown(
                    cell=4,
                    names=("model",),
                    files=("out/model.json",),
                    kind="unseeded_random",
                    what="numpy.random.random",
                    at=2,
                    line=1,
                ),
            )
        }
    )


def unrecorded() -> Reproduction:
    """Return a notebook that reproduces, and whose runs did more than could be recorded."""
    made = good()
    said = (
        "Not all that the clean run did is recorded: cell 2 read files more often than is kept of "
        "one cell. Files and causes may be missing from this record."
    )
    runs = tuple(run.model_copy(update={"message": said}) for run in made.runs)
    return made.model_copy(update={"runs": runs})


def several() -> Reproductions:
    """Return five notebooks that ended in different ways."""
    made = {"churn.ipynb": explained(), "big.ipynb": killed(), "blank.ipynb": blank()}
    return Reproductions(
        notebooks=(
            NotebookCheck(path="nb/good.ipynb", exit_code=0, seconds=4.5, reproduction=good()),
            *(
                NotebookCheck(path=f"nb/{name}", exit_code=1, seconds=9.25, reproduction=record)
                for name, record in made.items()
            ),
            NotebookCheck(
                path="nb/broken.ipynb",
                exit_code=2,
                seconds=0.5,
                error="nb/broken.ipynb is not valid JSON at line 1, column 2.",
                hint="Open the file in Jupyter and save it again.",
            ),
        )
    )


def one(record: Reproduction) -> Reproductions:
    """Return the check of one notebook."""
    check = NotebookCheck(
        path=record.notebook,
        exit_code=0 if record.reproducible else 1,
        seconds=9.25,
        reproduction=record,
    )
    return Reproductions(notebooks=(check,))


def findings() -> tuple[Finding, ...]:
    """Return what reading the notebook of `explained` says: of a text cell, and of two others."""
    return (
        Finding(
            code="NB501",
            rule="secret",
            severity="error",
            cell=0,
            message="a key of a cloud account stands here",
            hint="Take it out and revoke it.",
        ),
        Finding(
            code="NB302",
            rule="unseeded-estimator",
            kind="unseeded_random",
            severity="warning",
            cell=4,
            line=3,
            column=12,
            names=("RandomForestClassifier",),
            message="`RandomForestClassifier` draws at random and has no `random_state`",
            hint="Add `random_state=0`.",
            fixable=True,
        ),
        Finding(
            code="NB401",
            rule="clock",
            kind="clock",
            severity="info",
            cell=9,
            line=1,
            message="`date.today` gives another day tomorrow",
            hint="Take the date as a parameter.",
        ),
    )


def hostile_findings() -> tuple[Finding, ...]:
    """Return findings in which every free text tries to break out of its place."""
    spoilt = {"code": HOSTILE, "rule": HOSTILE, "message": f"`{HOSTILE}", "hint": f"`{HOSTILE}`"}
    return tuple(found.model_copy(update=spoilt) for found in findings())


def hostile() -> Reproductions:
    """Return notebooks in which every free text tries to break out of its place."""
    made = explained()
    spoilt = made.model_copy(
        update={
            "notebook": HOSTILE,
            "cells": tuple(
                cell.model_copy(
                    update={
                        "label": HOSTILE,
                        "detail": HOSTILE,
                        "stored": HOSTILE + "\n" + cell.stored,
                        "fresh": cell.fresh + HOSTILE,
                        "normalisers": (HOSTILE,),
                        "stored_png": base64.b64encode(HOSTILE.encode()).decode(),
                        "fresh_png": "data:text/html,<script>alert(1)</script>",
                        "variables": tuple(
                            found.model_copy(
                                update={"name": HOSTILE, "type": HOSTILE, "note": HOSTILE}
                            )
                            for found in cell.variables
                        ),
                    }
                )
                for cell in made.cells
            ),
            "causes": tuple(
                cause.model_copy(
                    update={
                        "source": HOSTILE,
                        "names": (HOSTILE,),
                        "evidence": f"{HOSTILE} `{HOSTILE}",
                        "hint": f"`{HOSTILE}`",
                    }
                )
                for cause in made.causes
            ),
            "inputs": (InputFile(path=HOSTILE, digest=HOSTILE),),
            "written": (InputFile(path=HOSTILE, digest=HOSTILE),),
            "environment": EnvironmentFacts(python=HOSTILE, lock=HOSTILE, platform=HOSTILE),
            "runs": (
                Run(seconds=1, hash_seed=0, threads=1, exit="error", stopped_at=1, message=HOSTILE),
                Run(seconds=1, hash_seed=1, threads=1, exit="ok", message=HOSTILE),
            ),
        }
    )  # fmt: skip
    return Reproductions(
        notebooks=(
            NotebookCheck(path=HOSTILE, exit_code=1, seconds=1, reproduction=spoilt),
            NotebookCheck(path=HOSTILE, exit_code=2, seconds=1, error=HOSTILE, hint=HOSTILE),
        )
    )
