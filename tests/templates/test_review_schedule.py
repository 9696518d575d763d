"""What starts reviews is what its readers know, and calls what we know."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from lifecycle_core.adapters.notifying import configured_channels
from lifecycle_core.adapters.sinks.base import surroundings
from lifecycle_core.cli.commands import app

SYSTEMD = shutil.which("systemd-analyze")
TEMPLATES = Path(__file__).parents[2] / "templates" / "deploy"


def text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def manifests() -> dict[str, dict[str, Any]]:
    return {found["kind"]: found for found in yaml.safe_load_all(text("kubernetes-review.yaml"))}


def job() -> dict[str, Any]:
    found: dict[str, Any] = manifests()["CronJob"]["spec"]["jobTemplate"]["spec"]
    return found


def crontab() -> tuple[list[str], str]:
    """Return the five fields and the command of the crontab's one line."""
    (line,) = [each for each in text("review.crontab").splitlines() if each[:1].isdigit()]
    *fields, command = line.split(maxsplit=5)
    return fields, command


@pytest.mark.parametrize("kind", ["CronJob", "ConfigMap", "Secret"])
def test_each_manifest_is_of_its_schema(kind: str) -> None:
    kubernetes_validate.validate(manifests()[kind], "1.34", strict=True)


def test_a_job_is_alone_bounded_and_does_not_repeat_an_answer() -> None:
    spec = manifests()["CronJob"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    pod = job()["template"]["spec"]
    (container,) = pod["containers"]
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert (pod["securityContext"]["runAsNonRoot"], pod["restartPolicy"]) == (True, "Never")
    (rule,) = job()["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [1, 2])
    assert rule["onExitCodes"]["containerName"] == container["name"]


def test_its_settings_are_ours_and_its_secrets_are_there(tmp_path: Path) -> None:
    settings = tomllib.loads(manifests()["ConfigMap"]["data"]["nbrelease.toml"])
    around = surroundings(project=tmp_path, home=tmp_path, registry="http://r")
    (channel,) = configured_channels(settings["notify"], file="nbrelease.toml", around=around)
    (container,) = job()["template"]["spec"]["containers"]
    variables = {each["name"]: each for each in container["env"]}
    wanted = variables[settings["notify"][channel.name]["secret_env"]]["valueFrom"]
    assert wanted["secretKeyRef"]["key"] in manifests()["Secret"]["stringData"]


@pytest.mark.skipif(SYSTEMD is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    # The program and the user are those of the machine that it is for.
    here = text("nbrelease-review.service").replace(
        "/srv/nbrelease/.venv/bin/nbrelease", "/bin/true"
    )
    (tmp_path / "nbrelease-review.service").write_text(here.replace("=nbrelease\n", "=root\n"))
    (tmp_path / "nbrelease-review.timer").write_text(text("nbrelease-review.timer"))
    units = [tmp_path / f"nbrelease-review.{kind}" for kind in ("service", "timer")]
    verified = subprocess.run(
        [str(SYSTEMD), "verify", "--recursive-errors=no", *units],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in verified.stderr.splitlines() if "nbrelease-review" in line]
    assert (verified.returncode, said) == (0, []), verified.stderr


def test_the_units_belong_together_and_an_answer_is_no_failure() -> None:
    service = text("nbrelease-review.service")
    assert "\nType=oneshot\n" in service
    assert "\nSuccessExitStatus=1\n" in service
    assert "\nPersistent=true\n" in text("nbrelease-review.timer")


def test_cron_can_read_its_line() -> None:
    fields, command = crontab()
    assert all(re.fullmatch(r"\*|\d{1,2}", field) for field in fields)
    assert "%" not in command  # cron ends a command there
    parsed = subprocess.run(["sh", "-n", "-c", command], capture_output=True, check=False)  # noqa: S607 - any shell
    assert (parsed.returncode, parsed.stderr) == (0, b"")


@pytest.mark.parametrize(("code", "said"), [(0, ""), (1, ""), (3, "what came\n")])
def test_cron_is_silent_unless_something_could_not_be_done(
    tmp_path: Path, code: int, said: str
) -> None:
    program = tmp_path / ".venv" / "bin" / "nbrelease"
    program.parent.mkdir(parents=True)
    (tmp_path / ".nbrelease").mkdir()
    program.write_text(f"#!/bin/sh\necho what came\nexit {code}\n")
    program.chmod(0o755)
    command = crontab()[1].replace("/srv/nbrelease", shlex.quote(str(tmp_path)))
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607 - as above
    assert (ran.stdout, ran.stderr) == (said, "")


@pytest.mark.parametrize("name", ["systemd", "kubernetes", "cron"])
def test_it_calls_what_the_command_line_knows(name: str) -> None:
    calls = {
        "systemd": re.findall(r"^ExecStart=(.*)$", text("nbrelease-review.service"), re.MULTILINE),
        "kubernetes": [" ".join(job()["template"]["spec"]["containers"][0]["args"])],
        "cron": re.findall(r"\S*nbrelease review[^>]*", crontab()[1]),
    }
    (call,) = calls[name]
    program, *words = shlex.split(call)
    assert program.rpartition("/")[2] == "nbrelease"
    assert words == ["review", "--due"]
    assert "--due" in CliRunner().invoke(app, ["review", "--help"]).output
