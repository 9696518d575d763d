"""What installers tell is no result: a clean run has all installed and must not install."""

from __future__ import annotations

import pytest

from lifecycle_core.notebooks.compare import compare_outputs
from lifecycle_core.notebooks.normalisers.base import stream

RESOLVER = (
    "\x1b[31mERROR: pip's dependency resolver does not currently take into account all the "
    "packages that are installed. This behaviour is the source of the following dependency "
    "conflicts.\n"
    'tensorflow 2.17.0 requires numpy<2.0.0,>=1.23.5; python_version <= "3.11", but you have '
    "numpy 2.2.5 which is incompatible.\n"
    "torchaudio 2.5.1+cpu requires torch==2.5.1, which is not installed.\x1b[0m\x1b[31m\n\x1b[0m"
)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize(
    "told",
    [
        "Would install pyfiglet-1.0.4 scikit_learn-1.5.0\n",
        (
            "Collecting git+https://github.com/openai/whisper.git\n"
            "  Cloning https://github.com/openai/whisper.git (to revision v1) to /tmp/pip-req\n"
            "  Running command git clone --filter=blob:none --quiet https://github.com/openai/x\n"
            "  Running command git checkout -q 13db34e\n"
            "  Resolved https://github.com/openai/whisper to commit 13db34eb0c451748401abc8e\n"
        ),
        (
            "Downloading pyfiglet-1.0.4-py3-none-any.whl (1.8 MB)\n"
            "Using cached six-1.17.0-py2.py3-none-any.whl (11 kB)\n"
        ),
        RESOLVER,
        (
            "--2024-11-18 16:43:59--  https://example.org/a.csv\n"
            "Resolving example.org (example.org)... 152.19.134.47, 2610:28:3090::47\n"
            "Connecting to example.org (example.org)|152.19.134.47|:443... connected.\n"
            "HTTP request sent, awaiting response... 200 OK\n"
            "a.csv               100%[===================>]  39.23M   899KB/s    in 30s\n"
            "2024-11-18 16:44:23 (1.76 MB/s) - \u2018a.csv\u2019 saved [41098441/41098441]\n"
        ),
        (
            "Cloning into 'a'...\nremote: Enumerating objects: 12, done.\n"
            "Receiving objects: 100% (12/12), 1.20 MiB | 3.40 MiB/s, done.\n"
            "Resolving deltas: 100% (3/3), done.\n"
        ),
    ],
)
def test_what_an_installer_tells_is_cosmetic(told: str, name: str) -> None:
    found = compare_outputs(
        [stream(told, name), stream("auc 0.91\n", name)], [stream("auc 0.91\n", name)], rtol=0.0
    )
    assert found.status == "cosmetic"
    assert "notices" in found.normalisers
    other = [stream("auc 0.92\n", name)]
    assert (
        compare_outputs([stream(told + "auc 0.91\n", name)], other, rtol=0.0).status == "different"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Would install 3 pumps", "Would install 4 pumps"),
        ("Downloading 3 files", "Downloading 4 files"),
        ("ERROR: auc 0.9", "ERROR: auc 0.8"),
        ("plan 2 requires 3 pumps", "plan 2 requires 4 pumps"),
        (RESOLVER + "plan 2 requires 3 pumps", RESOLVER + "plan 2 requires 4 pumps"),
        ("Length: 41098441 (39M) [text/plain]", "Length: 41098442 (39M) [text/plain]"),
        ("Saving to: \u2018a.csv\u2019", "Saving to: \u2018b.csv\u2019"),
        ("Cloning 3 sheep", "Cloning 4 sheep"),
        ("  Resolved 3 of 4 to commit", "  Resolved 4 of 4 to commit"),
    ],
)
def test_a_result_that_only_begins_like_one_stays(one: str, other: str) -> None:
    assert compare_outputs([stream(one)], [stream(other)], rtol=0.0).status == "different"
