"""The environment variables of the kernel of a clean run: an allow-list, and what must be fixed."""

from __future__ import annotations

import importlib.util
import os
import site
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.workspace import Workspace

_ALLOWED = frozenset(
    {"PATH", "LANG", "LANGUAGE", "TZ", "PYTHONDONTWRITEBYTECODE",
     "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX",
     "CUDA_HOME", "CUDA_VISIBLE_DEVICES",
     "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_CBWR", "NPY_DISABLE_CPU_FEATURES",
     "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
     "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"}
)  # fmt: skip
_ALLOWED_PREFIXES = ("LC_", "NBRELEASE_")
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "TBB_NUM_THREADS",
)


def processors() -> int:
    """Return how many processors this process may use: what numerical libraries are told."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def kernel_environment(
    workspace: Workspace,
    temporary: Path,
    extra: Mapping[str, str],
    *,
    hash_seed: int,
    threads: int,
) -> dict[str, str]:
    """Return the variables that the kernel sees; nothing else of ours leaks in.

    Args:
        workspace: Gives HOME and the evidence folder.
        temporary: The kernel's TMPDIR.
        extra: Variables that win over all others.
        hash_seed: From 0 to 4294967295.
        threads: What numerical libraries are told, above 0.
    """
    home = workspace.home
    allowed = {
        key: value
        for key, value in os.environ.items()
        if key in _ALLOWED or key.startswith(_ALLOWED_PREFIXES)
    }
    if needs_user_site():
        allowed["PYTHONUSERBASE"] = site.getuserbase()
    return {
        **allowed,
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / ".local" / "share" / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / ".local" / "share" / "jupyter" / "runtime"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "MPLCONFIGDIR": str(_font_cache() or home / ".cache" / "matplotlib"),
        "TMPDIR": str(temporary),
        **numeric_variables(hash_seed=hash_seed, threads=threads),
        "NBRELEASE_EVIDENCE": str(workspace.evidence),
        "NBRELEASE_RUN": "1",
        "PIP_DRY_RUN": "1",  # `%pip install` would change the environment of everybody else
        **extra,
    }


def numeric_variables(*, hash_seed: int, threads: int) -> dict[str, str]:
    """Return the variables on which the last digit of a result may depend.

    Args:
        hash_seed: From 0 to 4294967295.
        threads: What numerical libraries are told, above 0.

    Example:
        >>> numeric_variables(hash_seed=0, threads=2)["OMP_NUM_THREADS"]
        '2'
    """
    return {"PYTHONHASHSEED": str(hash_seed), **dict.fromkeys(_THREADS, str(threads))}


def needs_user_site() -> bool:
    """Tell whether ipykernel itself lies in the user's site folder, so that it must stay visible.

    Otherwise the kernel does not see that folder: another engineer would not have it.
    """
    found = importlib.util.find_spec("ipykernel")
    origin = found.origin if found else None
    return bool(
        site.ENABLE_USER_SITE
        and origin
        and Path(origin).is_relative_to(Path(site.getusersitepackages()))
    )


def _font_cache() -> Path | None:
    """Return a folder in which matplotlib's list of fonts outlives the run; None if not safe.

    Building that list takes seconds in each fresh HOME. It depends on the machine's fonts only,
    so it is no hidden state; whatever else lies there, such as a matplotlibrc, is removed.
    """
    if not hasattr(os, "getuid"):
        return None
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    folder = (
        Path(tempfile.gettempdir()) / f"nbrelease-cache-{os.getuid()}" / f"matplotlib-{version}"
    )
    try:
        for path in (folder.parent, folder):
            path.mkdir(mode=0o700, exist_ok=True)
            info = path.lstat()
            if (
                not stat.S_ISDIR(info.st_mode)
                or info.st_uid != os.getuid()
                or stat.S_IMODE(info.st_mode) & 0o077
            ):
                return None
        for file in folder.iterdir():
            if not (file.name.startswith("fontlist-") or file.is_dir()):
                file.unlink()
    except OSError:
        return None
    return folder
