"""Where files that a notebook reads come from: it writes them, or something may bring them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_BRINGS = re.compile(
    r"(?:download|urlretrieve|extractall|unpack_archive|system|check_call|check_output|copy\w*|move"
    r"|Popen|write\w*|dump|run|clone|to_\w+|save\w*|makedirs|mkdir|touch|export\w*|fetch\w*|commit)$"
)
_IN_MEMORY = frozenset(
    {
        "copysign", "copyto", "deepcopy", "dumps", "export_text", "to_array", "to_arrow",
        "to_datetime", "to_dense", "to_dict", "to_flat_index", "to_frame", "to_list", "to_native",
        "to_numeric", "to_numpy", "to_pandas", "to_period", "to_polars", "to_pydatetime",
        "to_records", "to_series", "to_sparse", "to_tensor", "to_timedelta", "to_timestamp",
    }
)  # fmt: skip
"""Named like what brings files, and bring none."""


def made(view: View, path: str, call: Call) -> bool:
    """Tell whether the notebook writes the path, or something below it, before."""
    wanted = {path.removeprefix("./"), re.sub(r"\.np[yz]$", "", path.removeprefix("./"))}
    return path in view.written_by_magic or any(
        use.writes
        and use.call.cell <= call.cell
        and use.text.replace("\\", "/").removeprefix("./") in wanted
        for use in view.paths
    )


def brought(view: View, cell: int) -> bool:
    """Tell whether something before may bring files whose names we do not see."""
    shell = any(flow.shell for flow in view.dataflow.flows if flow.index <= cell)
    literal = {id(use.call) for use in view.paths if use.writes and use.whole}
    foreign = any(
        magic.whole_cell and magic.name not in {"time", "timeit", "capture"}
        for index, parsed in view.dataflow.parsed.items()
        if index <= cell
        for magic in parsed.magics
    )
    return (
        shell
        or foreign
        or any(
            call.cell <= cell and id(call) not in literal and _may_bring(call)
            for call in view.calls
        )
    )


def _may_bring(call: Call) -> bool:
    of_a_value = call.method == "copy" and not call.node.args  # as `frame.copy()`
    return bool(_BRINGS.match(call.method)) and not (of_a_value or call.method in _IN_MEMORY)
