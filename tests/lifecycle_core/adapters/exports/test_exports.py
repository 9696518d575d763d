"""Every file is what its engine reads, and no text of the user's becomes code in it."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
import yaml

from lifecycle_core.adapters.exports.container import names_of, script_of
from lifecycle_core.adapters.exports.table import exporter_of
from lifecycle_core.adapters.exports.tasks import Tasks, tasks_of
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.pipeline import Parameter, Pipeline, Step
from tests.fakes import compiled
from tests.golden_files import agrees_with_golden

SCHEMAS = Path(__file__).parents[3] / "schemas"
HOSTILE = (
    "x\"\"\"'''\n\\\n# %% step\nimport os; boom()\n{{workflow.name}}{% raw %}{{$}}: - &a *a !!x"
)


def made(target: str, tasks: Tasks | None = None) -> dict[str, str]:
    tasks = tasks or tasks_of(compiled.record())
    return exporter_of(target).files(tasks, project="../..", image="churn:1")


def document(target: str, tasks: Tasks | None = None) -> dict[str, Any]:
    (text,) = made(target, tasks).values()
    content = yaml.safe_load(text)
    assert isinstance(content, dict)
    return content


def hostile() -> Tasks:
    step = Step(
        name="only",
        title=HOSTILE,
        parameters=("note", "pair"),
        reads=(HOSTILE,),
        writes=(HOSTILE,),
        generators=("numpy", "random", "torch"),
    )
    return tasks_of(
        Pipeline(
            name="p",
            notebook=f"../../{HOSTILE}/a.ipynb",
            source_digest="",
            parameters=(
                Parameter(name="note", type="str", default=HOSTILE),
                Parameter(name="pair", type="Any", default={HOSTILE: [HOSTILE]}),
            ),
            steps=(step, step.model_copy(update={"name": "again"})),
        )
    )


def calls(code: str) -> set[str]:
    """Return the names that a program calls."""
    nodes = (node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def test_python_is_as_people_have_looked_at_it() -> None:
    tasks = tasks_of(compiled.record())
    papermill = made("papermill")
    cells = json.loads(papermill["4_train.ipynb"])["cells"]
    shown = "\n\n".join(f"# %% {cell['id']}\n{cell['source']}" for cell in cells)
    assert agrees_with_golden(made("airflow")["churn_dag.py"], "exports/airflow")
    assert agrees_with_golden(script_of(tasks, tasks.tasks[-1]), "exports/container")
    assert agrees_with_golden(papermill["run.py"], "exports/run")
    assert agrees_with_golden(shown + "\n", "exports/notebook")


def test_the_dag_has_a_task_for_each_step() -> None:
    code = ast.parse(made("airflow")["churn_dag.py"])
    (dag,) = (node for node in code.body if getattr(node, "name", "") == "pipeline_churn")
    assert isinstance(dag, ast.FunctionDef)
    functions = [node.name for node in dag.body if isinstance(node, ast.FunctionDef)]
    assert functions == [f"step_{step.name}" for step in compiled.record().steps]


def test_a_task_without_a_common_value_still_waits() -> None:
    steps = (Step(name="a", writes=("f",)), Step(name="b", reads=("f",)))
    record = Pipeline(name="p", notebook="../../a.ipynb", source_digest="", steps=steps)
    assert "[after_a] >> after_b" in made("airflow", tasks_of(record))["p_dag.py"]


@pytest.mark.parametrize(
    ("target", "schema"), [("argo", "argo_workflow"), ("kubeflow", "kubeflow_pipeline")]
)
@pytest.mark.parametrize("tasks", [None, hostile()], ids=["sample", "hostile"])
def test_yaml_keeps_to_the_engine_s_schema(target: str, schema: str, tasks: Tasks | None) -> None:
    rules = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(rules).validate(document(target, tasks))


def test_argo_hands_over_what_each_container_asks_for() -> None:
    spec = document("argo")["spec"]
    known = {one["name"] for one in spec["arguments"]["parameters"]}
    templates = {one["name"]: one for one in spec["templates"]}
    seen: set[str] = set()
    for task in templates["pipeline"]["dag"]["tasks"]:
        wanted = templates[task["template"]]["inputs"]
        for kind in ("parameters", "artifacts"):
            given = [one["name"] for one in task["arguments"][kind]]
            assert given == [one["name"] for one in wanted[kind]]
        assert {one["name"] for one in task["arguments"]["parameters"]} <= known
        assert set(task.get("dependencies", ())) <= seen
        seen.add(task["name"])


@pytest.mark.parametrize("target", ["argo", "kubeflow"])
def test_no_text_is_taken_for_a_reference(target: str) -> None:
    (text,) = made(target, hostile()).values()
    found = {part.partition("}}")[0] for part in text.split("{{")[1:]}
    kinds = {one.strip("$.").partition(".")[0] for one in found}
    assert kinds <= {"workflow", "inputs", "tasks", "outputs"}
    assert "workflow.name" not in found
    assert "$" not in found


def test_no_text_becomes_code() -> None:
    tasks = hostile()
    programs = [made("airflow", tasks)["p_dag.py"], script_of(tasks, tasks.tasks[1])]
    for name, content in made("papermill", tasks).items():
        if name.endswith(".py"):
            programs.append(content)
        else:
            cells = nbformat.reads(content, as_version=4).cells
            assert len(cells) == 6
            programs += [cell.source for cell in cells if cell.cell_type == "code"]
    for program in programs:
        assert "boom" not in calls(program)
    assert (
        HOSTILE in ast.literal_eval(programs[2].split("TEXTS")[0].split("PARAMETERS = ")[1])["note"]
    )


def test_notebooks_are_valid_and_name_their_parameters() -> None:
    for name, content in made("papermill").items():
        if name.endswith(".ipynb"):
            notebook = nbformat.reads(content, as_version=4)
            nbformat.validate(notebook)
            assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
            assert [
                cell.id for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])
            ]


def test_places_give_way_to_parameters_of_the_same_name() -> None:
    parameters = tuple(Parameter(name=name, type="int", default=1) for name in ("project", "os"))
    record = Pipeline(
        name="p",
        notebook="../../a.ipynb",
        source_digest="",
        parameters=parameters,
        steps=(Step(name="only", parameters=("project", "os")),),
    )
    notebook = nbformat.reads(made("papermill", tasks_of(record))["1_only.ipynb"], as_version=4)
    assert notebook.cells[1].source.splitlines() == [
        'project_ = "../.."', 'run_folder = "runs/latest"', "project = 1", "os = 1",
    ]  # fmt: skip
    assert notebook.cells[2].source.startswith('arguments = {"project": project, "os": os}')


def test_names_that_engines_do_not_take_are_made_plain_and_stay_apart() -> None:
    steps = tuple(Step(name=name) for name in ("lade_ä", "Lade_a", "_", "ж"))
    parameters = tuple(Parameter(name=name, type="int") for name in ("é", "e", "_x"))
    record = Pipeline(
        name="Größe", notebook="../../a.ipynb", source_digest="", steps=steps, parameters=parameters
    )
    names = names_of(tasks_of(record))
    assert names.pipeline == "groe"
    assert list(names.tasks.values()) == ["lade-a", "lade-a-2", "step", "step-2"]
    assert list(names.parameters.values()) == ["e", "e_2", "x"]


def test_an_engine_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidCall, match="want one of airflow, kubeflow, argo, papermill"):
        exporter_of("luigi")
