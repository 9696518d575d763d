"""The pipelines for CI are what their servers read, and call what our command line knows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import nbrelease

TEMPLATES = Path(__file__).parents[2] / "templates" / "ci"


def read(name: str) -> dict[Any, Any]:
    content = yaml.safe_load((TEMPLATES / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def commands(name: str) -> list[list[str]]:
    """Return the calls of nbrelease in a pipeline, as words."""
    if name.startswith("github"):
        lines = [str(step.get("run", "")) for step in read(name)["jobs"]["reproduce"]["steps"]]
    else:
        lines = read(name)["notebooks"]["script"]
    calls = re.findall(r"^(?:.*; )?(nbrelease .*?)(?: \|\| .*)?$", "\n".join(lines), re.MULTILINE)
    return [shlex.split(call) for call in calls]


def test_github_runs_on_pushes_and_pull_requests_with_the_least_rights() -> None:
    workflow = read("github-workflow.yml")
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML reads `on` as a truth value
    assert workflow["permissions"] == {"contents": "read"}
    job = workflow["jobs"]["reproduce"]
    assert job["runs-on"] == "ubuntu-latest"
    assert job["timeout-minutes"] == 60


def test_github_s_actions_are_named_by_major_version() -> None:
    steps = read("github-workflow.yml")["jobs"]["reproduce"]["steps"]
    used = [step["uses"] for step in steps if "uses" in step]
    assert [name.partition("@")[0] for name in used] == [
        "actions/checkout", "actions/setup-python", "actions/upload-artifact",
    ]  # fmt: skip
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in used)


def test_github_keeps_the_reports_of_a_check_that_said_no() -> None:
    steps = read("github-workflow.yml")["jobs"]["reproduce"]["steps"]
    assert steps[-1]["with"]["path"] == "reports/"
    assert [step["if"] for step in steps[-2:]] == ["${{ !cancelled() }}"] * 2


def test_gitlab_shows_and_keeps_the_reports_of_a_check_that_said_no() -> None:
    kept = read("gitlab-ci.yml")["notebooks"]["artifacts"]
    assert kept["when"] == "always"
    assert kept["reports"] == {"junit": "reports/junit.xml"}
    assert kept["paths"] == ["reports/"]


@pytest.mark.parametrize("name", ["github-workflow.yml", "gitlab-ci.yml"])
def test_it_calls_what_the_command_line_knows(name: str, tmp_path: Path) -> None:
    called = commands(name)
    assert [words[1] for words in called] == ["lint", "reproduce"]
    for words in called:
        known = nbrelease(words[1], "--help", cwd=tmp_path).answer
        options = [word for word in words if word.startswith("--")]
        assert [option for option in options if f"  {option} " not in known] == []
    reproduce = called[1]
    assert {"--junit", "--html", "--json"} <= set(reproduce)
