"""What installers and libraries at first use tell of themselves, which is not said the second time.

Measured: in a home of its own matplotlib tells that it builds a font cache; pip says `Collecting`
once and `Requirement already satisfied` ever after, and in a clean run, where it must not install,
`Would install`; NLTK, torchvision, wget and git tell of a download and of its speed.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    always,
    change_streams,
    stream,
)

_INSTALLER = (
    r"Requirement already (?:satisfied|up-to-date):"
    r"|Collecting [A-Za-z][\w.\[\]-]{0,80}(?:[<>=!~@][^\n]{0,200})?(?: \(from [^\n]{0,300})?$"
    r"|  ?(?:Downloading|Using cached) \S"
    r"|(?:Downloading|Using cached) \S{1,200}\.(?:whl|zip|metadata|tar\.\w{2,3})(?: \(|$)"
    r"|Installing collected packages:|Successfully (?:installed|built|uninstalled) "
    r"|Would install [A-Za-z][\w.]{0,100}-\d"
    r"|Collecting (?:\w{1,10}\+)?\w{1,10}:/|  Cloning \S{1,300}:/|  Running command git "
    r"|  Resolved \S{1,300} to commit [0-9a-f]{7}"
    r"|Looking in (?:indexes|links):|Building wheels? for|Preparing metadata|Obtaining \S+:"
    r"|  (?:Building wheel|Created wheel|Stored in directory:|Preparing metadata|Installing build"
    r"|Getting requirements|Attempting uninstall)|    (?:Found existing installation|Uninstalling) "
    r"|      Successfully uninstalled |Note: you may need to restart the kernel"
    r"|Defaulting to user installation|You should consider upgrading|\[notice\] "
    r"|WARNING: (?:Running pip|You are using pip|Ignoring invalid)|Using Python \d"
    r"|ERROR: pip's dependency resolver does not currently [^\n]*(?:\n"
    r"[A-Za-z][\w.-]{0,100} [\w.+!-]{1,60} requires [^\n]{1,300},"
    r" (?:which is not installed|but you have [^\n]{1,200} which is incompatible)\."
    r"[ \t]*(?=\n|\Z))*"
    r"|(?:Resolved|Prepared|Installed|Uninstalled|Audited) \d{1,6} packages? in"
)
_FIRST_USE = (
    r"\[nltk_data\] |(?:WARNING:matplotlib\S{0,60}:)?Matplotlib is building the font cache"
    r"|Matplotlib created a temporary |Fontconfig |OMP: |0\.00s - "
    r"|Downloading (?:\S{1,200} from )?https?:|[IWEF]\d{4} \d\d:\d\d:"
    r"|WARNING: All log messages before absl::InitializeLog"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9}: [IWE] (?:tensorflow|external)/"
    r"|.{0,200}(?:━|\|).{0,200}\d ?[kMG]?B/s"
    r"|To enable the following instructions: [^\n]{1,200} rebuild TensorFlow "
)
_DOWNLOAD = (  # of wget, but for the length and the name, which are those of the data; of git
    r"--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  \S|Resolving [\w.-]{1,100} \([\w.-]{1,100}\)\.\.\. "
    r"|Connecting to [\w.-]{1,100}[^\n]{0,200}\.\.\. connected\."
    r"|HTTP request sent, awaiting response\.\.\. \d"
    r"|Location: \S{1,2000} \[following\]"
    r"|\S{1,200} {1,40}\d{1,3}%\[[=>+ ]{1,100}\] [^\n]{0,60}(?:B/s| in \d| s {0,8}$)"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \([\d.,]{1,12} [KMG]?B/s\) - [\u2018'`]"
    r"|Cloning into '|remote: (?:Enumerating|Counting|Compressing|Total|Reusing)\b"
    r"|(?:Receiving|Unpacking) objects: |Resolving deltas: |Updating files: "
)
_LINE = re.compile(rf"^(?:{_INSTALLER}|{_FIRST_USE}|{_DOWNLOAD})[^\n]*(?:\n|\Z)", re.MULTILINE)


def without_notices(text: str) -> str:
    r"""Return text without lines that installers, downloads and libraries at first use write.

    Example:
        >>> without_notices("Collecting pandas\n  Downloading pandas-3.whl\nrows 3\n")
        'rows 3\n'
    """
    return _LINE.sub("", text)


def _normalise(outputs: Outputs) -> Outputs:
    return change_streams(outputs, without_notices, "stdout", "stderr")


NORMALISER = Normaliser(
    name="notices",
    normalise=always(_normalise),
    equal=(
        (stream("Requirement already satisfied: pandas in /a\nrows 3\n"),),
        (stream("Collecting pandas\nrows 3\n"),),
    ),
    different=((stream("Collecting 3 rows\n"),), (stream("Collecting 4 rows\n"),)),
)
