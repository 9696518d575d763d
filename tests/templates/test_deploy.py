"""What a service is deployed with is what its readers know, and calls what we know."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.command_line import nbrelease

SYSTEMD = shutil.which("systemd-analyze")
TEMPLATES = Path(__file__).parents[2] / "templates" / "deploy"
DOCKER = {"FROM", "RUN", "USER", "WORKDIR", "VOLUME", "ARG", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}


def manifests() -> dict[str, dict[str, Any]]:
    text = (TEMPLATES / "kubernetes.yaml").read_text(encoding="utf-8")
    return {found["kind"]: found for found in yaml.safe_load_all(text)}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each on one line."""
    text = (TEMPLATES / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


@pytest.mark.parametrize("kind", ["Secret", "Service", "StatefulSet", "PodDisruptionBudget"])
def test_each_manifest_is_of_its_schema(kind: str) -> None:
    kubernetes_validate.validate(manifests()[kind], "1.34", strict=True)


def test_a_pod_is_probed_bounded_and_may_write_nowhere_but_its_volume() -> None:
    pod = manifests()["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts["data"] == {e["name"]: e.get("value") for e in container["env"]}["NBRELEASE_HOME"]


def test_all_replicas_have_the_same_salt_and_their_secrets_are_files() -> None:
    pod = manifests()["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    variables = {each["name"]: each.get("value") for each in container["env"]}
    (mount,) = (each for each in container["volumeMounts"] if each["name"] == "secrets")
    (volume,) = (each["secret"] for each in pod["volumes"] if each["name"] == "secrets")
    secret = manifests()["Secret"]
    assert volume["secretName"] == secret["metadata"]["name"]
    files = {f"{mount['mountPath']}/{name}" for name in secret["stringData"]}
    (tokens,) = (word.partition("=")[2] for word in container["args"] if "token-file" in word)
    assert files == {tokens, variables["NBRELEASE_SALT_FILE"]}
    assert all(len(text) >= 32 for text in secret["stringData"].values())  # else it would not start
    assert not volume["defaultMode"] & 0o007


def test_the_probes_ask_what_the_service_answers_without_a_token() -> None:
    (container,) = manifests()["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    probes = ("startupProbe", "livenessProbe", "readinessProbe")
    asked = {container[probe]["httpGet"]["path"] for probe in probes}
    assert asked == {"/health/live", "/health/ready"}


def test_the_image_runs_as_a_user_of_its_own_and_gets_its_signal() -> None:
    found = instructions()
    assert {name for name, _ in found} <= DOCKER
    said = dict(found)
    assert said["USER"] == "10001"
    assert "exec nbrelease serve" in said["CMD"]
    assert "/health/ready" in said["HEALTHCHECK"]


@pytest.mark.skipif(SYSTEMD is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    text = (TEMPLATES / "nbrelease-serve@.service").read_text(encoding="utf-8")
    # The program and the user are those of the machine that it is for.
    here = text.replace("/srv/nbrelease/.venv/bin/nbrelease", "/bin/true").replace(
        "User=nbrelease", "User=root"
    )
    unit = tmp_path / "nbrelease-serve@churn.service"
    unit.write_text(here)
    verified = subprocess.run(
        [str(SYSTEMD), "verify", "--recursive-errors=no", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in verified.stderr.splitlines() if "nbrelease-serve@" in line]
    assert (verified.returncode, said) == (0, []), verified.stderr


def test_each_unit_of_a_machine_can_have_a_port_of_its_own() -> None:
    unit = (TEMPLATES / "nbrelease-serve@.service").read_text(encoding="utf-8")
    assert "\nEnvironmentFile=-/etc/nbrelease/%i.env\n" in unit
    assert re.search(r"^Environment=.* PORT=8080$", unit, re.MULTILINE)  # files override it
    words = calls()["systemd"]
    assert words[words.index("--port") + 1] == "${PORT}"


@pytest.fixture(scope="module")
def help_of_serve(tmp_path_factory: pytest.TempPathFactory) -> str:
    return nbrelease("serve", "--help", cwd=tmp_path_factory.mktemp("help")).answer


def calls() -> dict[str, list[str]]:
    unit = (TEMPLATES / "nbrelease-serve@.service").read_text(encoding="utf-8")
    started = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)[0]
    (container,) = manifests()["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    image = yaml.safe_load(dict(instructions())["CMD"])[-1]
    return {
        "systemd": shlex.split(started),
        "kubernetes": container["args"],
        "docker": shlex.split(image),
    }


@pytest.mark.parametrize("name", ["systemd", "kubernetes", "docker"])
def test_it_calls_what_the_command_line_knows(name: str, help_of_serve: str) -> None:
    words = calls()[name]
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    assert "--port" in options
    assert [option for option in options if f"  {option} " not in help_of_serve] == []
    if any("0.0.0.0" in word for word in words):  # noqa: S104 - what is looked for
        assert "--token-file" in options
