"""Data or answers that come over the network.

## What it does
Reports requests, downloads and data sets that a library fetches, `curl` and `wget` in shell lines,
and tables read from an address. A download that is made only if a file is absent, or whose failure
is caught, is only noted.

## Why is this bad?
The answer may be another one tomorrow, or none, and a clean run may have no network.

## Examples
`pd.read_csv("https://example.org/x.csv")`: keep a copy in the project and read that.

## References
- Samuel & Mietchen, GigaScience 2024: network errors stop 0.4 % of biomedical notebooks.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_CALLS = re.compile(
    r"(?:requests|httpx)\.(?:get|post|put|patch|delete|head|request|stream)"
    r"|urllib\.request\.(?:urlopen|urlretrieve)|urllib3\.request|wget\.download|gdown\.\w+"
    r"|sklearn\.datasets\.fetch_\w+|seaborn\.(?:load_dataset|get_dataset_names)"
    r"|datasets\.load_dataset|yfinance\.(?:download|Ticker|Tickers)|kagglehub\.\w+download"
    r"|huggingface_hub\.(?:hf_hub_download|snapshot_download|login|list_\w+)|nltk\.download"
    r"|openml\.\w+\.get_\w+|socket\.create_connection|ftplib\.FTP|smtplib\.SMTP(?:_SSL)?"
    r"|ucimlrepo\.fetch_ucirepo|statsmodels\.(?:api\.)?datasets\.get_rdataset"
    r"|statsmodels\.datasets\.get_rdataset|pandas_datareader\.\w+(?:\.\w+)*|pooch\.retrieve"
    r"|(?:tensorflow\.)?keras\.datasets\.\w+\.load_data|(?:tensorflow\.)?keras\.utils\.get_file"
    r"|tensorflow_datasets\.load|torch\.hub\.\w+|boto3\.(?:client|resource)|quandl\.get|tweepy\.\w+"
    r"|openai\.\w+(?:\.\w+)*|anthropic\.\w+|geopy\.geocoders\.\w+|spacy\.cli\.download"
    r"|pandas\.read_(?:gbq)|folium\.\w+_geojson"
)
_SESSIONS = ("requests.", "httpx.", "boto3.", "socket.socket", "aiohttp.", "openai.", "anthropic.")
_SESSION_METHODS = frozenset({"get", "post", "put", "patch", "delete", "request", "connect",
    "download_file", "get_object", "create"})  # fmt: skip
_ADDRESS = re.compile(r"(?:https?|ftp|s3|gs|gcs|abfss?|az|hdfs)://", re.IGNORECASE)
_LOCAL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])")
_SHELL = re.compile(
    r"(?:^|[;&|(]\s*)(?:sudo\s+)?(?:curl|wget|git\s+(?:clone|pull)|gdown|kaggle\s|aws\s+s3|gsutil)\b"
)
_LOCAL_CACHE = frozenset({"exists", "isfile", "isdir", "is_file", "is_dir"})
_HINT = "Keep a copy in the project and read that; note where it came from, and when."


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each access."""
    for call in view.calls:
        if _goes_out(call) and view.runs_in(call) is not None:
            yield _spot(call, f"`{call.written}` goes over the network")
    for use in view.paths:
        if (
            _ADDRESS.match(use.text)
            and not use.writes
            and not _CALLS.fullmatch(use.call.name or "-")
        ):
            if use.call.name.startswith(("pathlib.", "os.", "urllib.parse")):
                continue
            local = "this machine's own server" if _LOCAL.match(use.text) else "the network"
            yield _spot(use.call, f"`{use.call.written}` reads from {local}: {_host(use.text)}")
    for flow in view.dataflow.flows:
        for command, line in flow.shell:
            if _SHELL.search(command):
                yield Spot(
                    cell=flow.index,
                    line=line,
                    kind="network",
                    severity="warning",
                    names=(command.split()[0],),
                    message=f"the shell line goes over the network: `{command.split()[0]}`",
                    hint=_HINT,
                )


def _goes_out(call: Call) -> bool:
    if call.name:
        return bool(_CALLS.fullmatch(call.name)) or _downloads(call)
    session = call.made_by.startswith(_SESSIONS) and call.method in _SESSION_METHODS
    return session and call.made_by not in {"requests.get", "requests.post", "httpx.get"}


def _downloads(call: Call) -> bool:
    wanted = call.keyword("download")
    return (
        call.name.startswith(("torchvision.datasets.", "torchaudio.datasets."))
        and isinstance(wanted, ast.Constant)
        and wanted.value is True
    )


def _spot(call: Call, message: str) -> Spot:
    cached = any(
        isinstance(node, ast.If)
        and any(
            (isinstance(inner, ast.Attribute) and inner.attr in _LOCAL_CACHE)
            or (isinstance(inner, ast.Name) and inner.id in _LOCAL_CACHE)
            for inner in ast.walk(node.test)
        )
        for node in call.stack
    )
    prepared = any(isinstance(node, ast.Try) and node.handlers for node in call.stack)
    return Spot(
        cell=call.cell,
        line=call.line,
        column=call.node.col_offset + 1,
        kind="network",
        severity="info" if cached or prepared else "warning",
        names=(call.written,),
        message=message + (" if a file is absent" if cached else ""),
        hint=_HINT,
    )


def _host(address: str) -> str:
    """Return scheme and host; a path may hold a secret."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.split('/')[0].rpartition('@')[2]}"[:80]


RULE = Rule("NB402", "network", find)
