from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.environment.distributions import observe
from lifecycle_core.adapters.environment.sources import digest_local, local_modules
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.errors import EnvironmentUnavailable
from tests.fakes.locks import lock_of, value

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.environment.cache import Cache


class SitePackages:
    """A folder of installed distributions, which tests fill by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self,
        name: str,
        files: dict[str, str],
        *,
        requires: tuple[str, ...] = (),
        source: Path | None = None,
        editable: bool = False,
    ) -> None:
        about = f"{name.replace('-', '_')}-1.0.dist-info"
        required = "".join(f"Requires-Dist: {text}\n" for text in requires)
        written = {
            **files,
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{required}",
        }
        if source:
            stated = {"url": source.as_uri(), "dir_info": {"editable": editable}}
            written[f"{about}/direct_url.json"] = json.dumps(stated)
        written[f"{about}/RECORD"] = "".join(f"{file},,\n" for file in written)
        for file, text in written.items():
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / file).write_text(text)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SitePackages:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return SitePackages(folder)


def names(*modules: str) -> list[str]:
    found = observe(frozenset(modules))
    return [name for name, _ in found.indexed]


def test_an_extra_counts_if_somebody_asks_for_it_and_it_is_installed(site: SitePackages) -> None:
    site.install("web-app", {"web_app.py": ""}, requires=("web-server[fast,absent]",))
    site.install(
        "web-server",
        {"web_server.py": ""},
        requires=(
            "web-loop; extra == 'fast'",
            "web-missing; extra == 'absent'",
            "web-debug; extra == 'debug'",
            "web-old; python_version < '3'",
        ),
    )
    for name in ("web-loop", "web-debug", "web-old"):
        site.install(name, {f"{name.replace('-', '_')}.py": ""})
    assert names("web_app") == ["web-app", "web-loop", "web-server"]
    assert names("web_server") == ["web-server"]


def test_requirements_in_a_circle_end(site: SitePackages) -> None:
    site.install("ring-a", {"ring_a.py": ""}, requires=("ring-b[x]",))
    site.install("ring-b", {"ring_b.py": ""}, requires=("ring-a; extra == 'x'", "not valid !"))
    assert names("ring_a") == ["ring-a", "ring-b"]


def test_of_a_shared_namespace_only_what_was_loaded_counts(site: SitePackages) -> None:
    site.install("cloud-store", {"cloudy/store/__init__.py": ""})
    site.install("cloud-query", {"cloudy/query.py": ""})
    assert names("cloudy.store.client") == ["cloud-store"]
    assert names("cloudy.query") == ["cloud-query"]
    assert names("cloudy") == ["cloud-query", "cloud-store"], "either may have been meant"


def test_the_first_on_the_path_is_the_one_that_counts(
    site: SitePackages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("twice", {"twice.py": ""})
    shadowed = tmp_path / "shadowed" / "twice-0.1.dist-info"
    shadowed.mkdir(parents=True)
    (shadowed / "METADATA").write_text("Metadata-Version: 2.1\nName: twice\nVersion: 0.1\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(shadowed.parent)])
    assert observe(frozenset({"twice"})).indexed == (("twice", "1.0"),)


def test_modules_of_the_standard_library_belong_to_nobody(site: SitePackages) -> None:
    site.install("shadow", {"json/__init__.py": ""})
    assert names("json", "json.decoder") == []


@pytest.mark.parametrize("layout", [".", "src"])
def test_what_is_installed_in_place_is_found_and_its_source_is_digested(
    site: SitePackages, tmp_path: Path, layout: str
) -> None:
    project = tmp_path / "my project"
    module = project / layout / "mine" / "__init__.py"
    module.parent.mkdir(parents=True)
    module.write_text("VALUE = 1\n")
    (project / "README.md").write_text("one")
    site.install(
        "mine",
        {"_mine.pth": f"{module.parents[1]}\n"},
        source=project,
        editable=True,
        requires=("web-loop",),
    )
    site.install("web-loop", {"web_loop.py": ""})
    found = observe(frozenset({"mine"}))
    assert found.indexed == (("web-loop", "1.0"),)
    (local,) = found.local
    assert (local.name, local.modules, local.folder) == ("mine", ("mine",), project)
    before = digest_local(local)
    (project / "README.md").write_text("two")
    assert digest_local(local) == before, "no code that was loaded"
    module.write_text("VALUE = 2\n")
    assert digest_local(local) != before


@pytest.mark.parametrize("editable", [True, False])
def test_what_was_installed_from_a_folder_is_there_in_a_locked_environment(
    site: SitePackages, cache: Cache, tmp_path: Path, *, editable: bool
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "mine.py").write_text("VALUE = 3\n")
    files = {"mine.pth": f"{project}\n"} if editable else {"mine.py": "VALUE = 3\n"}
    site.install("mine", files, source=project, editable=editable)
    (local,) = observe(frozenset({"mine"})).local
    text = f"# mine==1.0  installed from a folder  {digest_local(local)}\n"
    built = build(lock_of(text), cache=cache)
    assert value(built.python, "mine") == "3"


def test_what_names_no_files_cannot_be_carried(
    site: SitePackages, cache: Cache, tmp_path: Path
) -> None:
    site.install("mine", {"mine.py": ""}, source=tmp_path, editable=True)
    (site.folder / "mine-1.0.dist-info" / "RECORD").unlink()
    text = "# mine==1.0  installed from a folder  sha256:" + 64 * "0" + "\n"
    with pytest.raises(EnvironmentUnavailable, match="nothing says which files"):
        build(lock_of(text), cache=cache)


def test_what_was_copied_must_be_what_was_locked(
    site: SitePackages, cache: Cache, tmp_path: Path
) -> None:
    site.install("mine", {"mine.py": ""}, source=tmp_path)
    text = "# mine==1.0  installed from a folder  sha256:" + 64 * "0" + "\n"
    with pytest.raises(EnvironmentUnavailable, match="was changed since the lock") as refused:
        build(lock_of(text), cache=cache)
    assert refused.value.reason == "changed"


def test_what_conda_built_elsewhere_is_asked_of_the_index(
    site: SitePackages, tmp_path: Path
) -> None:
    site.install("built", {"built.py": ""}, source=tmp_path / "no such folder")
    found = observe(frozenset({"built"}))
    assert found.indexed == (("built", "1.0"),)


def test_modules_beside_the_notebook_are_digested(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("mine.py", "other.py", "data.csv")]
    files.append(tmp_path / "pack" / "inner.py")
    files[-1].parent.mkdir()
    for file in files:
        file.write_text("1")
    found = local_modules(frozenset({"mine", "pack.inner", "numpy"}), files)
    assert found == tuple((file, digest_file(file)) for file in sorted([files[0], files[3]]))
