from __future__ import annotations

import pytest

from lifecycle_core.notebooks.declared import declared_pins, unsatisfied

FILES = {
    "requirements-dev.txt": (
        "# tools\n-r base.txt\n--index-url https://host/simple\nNumPy==2.0 \\\n  --hash=sha256:00\n"
        "scipy>=1; python_version < '3'\nsix  # old\nmine @ file:///src\n"
    ),
    "pylock.toml": '[[packages]]\nname = "idna"\nversion = "3.1"\n',
    "uv.lock": (
        '[[package]]\nname = "idna"\nversion = "3.2"\n'
        '[[package]]\nname = "app"\nversion = "0"\nsource = { editable = "." }\n'
    ),
    "poetry.lock": '[[package]]\nname = "Six"\nversion = "1.16.0"\n',
    "Pipfile.lock": '{"default": {"six": {"version": "==1.15"}, "local": {"path": "."}}}',
    "sub/environment.yml": (
        "dependencies:\n- python=3.11\n- numpy=2.1\n- conda-forge::idna=3.4=py_0\n- six >=1\n"
        "- pip:\n  - polars==1.0\n"
    ),
    "pyproject.toml": (
        '[project]\ndependencies = ["pandas>=2,<3"]\n'
        '[tool.poetry.dependencies]\npython = "^3.11"\nattrs = "^0.2.3"\nrich = "*"\n'
    ),
    "notes.txt": "six==0\n",
}


def test_every_kind_of_file_is_read() -> None:
    found: dict[str, dict[str, str]] = {}
    for pin in declared_pins(FILES):
        found.setdefault(pin.file, {})[pin.name] = pin.specifier
    assert found == {
        "requirements-dev.txt": {"numpy": "==2.0", "six": "", "mine": ""},
        "pylock.toml": {"idna": "==3.1"},
        "uv.lock": {"idna": "==3.2"},
        "poetry.lock": {"six": "==1.16.0"},
        "Pipfile.lock": {"six": "==1.15"},
        "sub/environment.yml": {
            "numpy": "==2.1.*",
            "idna": "==3.4",
            "six": ">=1",
            "polars": "==1.0",
        },
        "pyproject.toml": {"pandas": "<3,>=2", "attrs": ">=0.2.3,<0.3", "rich": ""},
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "six==\n!!\n"),
        ("uv.lock", "= ="),
        ("uv.lock", "package = [1]"),
        ("Pipfile.lock", "[]"),
        ("environment.yml", "a: [b"),
        ("environment.yml", "- a"),
        ("environment.yml", ""),
        ("pyproject.toml", "project = 1"),
        ("pyproject.toml", '[tool.poetry.dependencies]\nsix = ["1"]'),
    ],
)
def test_what_is_broken_declares_nothing(name: str, text: str) -> None:
    assert declared_pins({name: text}) == ()


def test_only_what_is_installed_in_another_version_is_unsatisfied() -> None:
    pins = declared_pins(
        {"requirements.txt": "numpy<2\npandas>=2\nabsent==1\nmine==1.0\nodd===x y\n"}
    )
    versions = {"numpy": "2.3.0", "pandas": "3.0.0rc1", "mine": "1.0 (sha256:0123)", "odd": "?"}
    assert [(pin.name, pin.specifier) for pin in unsatisfied(pins, versions)] == [("numpy", "<2")]
