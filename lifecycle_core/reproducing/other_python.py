"""Errors that say that a notebook was written for another version of Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.stops import once_worked, stopped_by

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import Cause

_SYNTAX = re.compile(
    r"^SyntaxError: (?:Missing parentheses in call to '(?:print|exec)'"
    r"|multiple exception types must be parenthesized"
    r"|leading zeros in decimal integer literals are not permitted)"
)
_GONE = re.compile(
    r"^NameError: name '(?:basestring|execfile|raw_input|unichr|unicode|xrange)' is not defined"
    r"|^ModuleNotFoundError: No module named '(?:ConfigParser|HTMLParser|Queue|StringIO|Tkinter"
    r"|__builtin__|cPickle|cStringIO|cookielib|httplib|urllib2|urlparse)'"
    r"|cannot import name '(?:izip|imap|ifilter|izip_longest)' from 'itertools'"
    r"|'dict' object has no attribute '(?:has_key|iteritems|iterkeys|itervalues)'"
)
_GONE_TOO = re.compile(
    r"^NameError: name '(?:apply|buffer|cmp|coerce|file|intern|long|reduce|reload)' is not defined"
    r"|object has no attribute '(?:has_key|iteritems|iterkeys|itervalues|next)'"
    r"|^TypeError: (?:'dict_keys'|'dict_values'|'dict_items'|'map'|'zip'|'filter') object is not"
)
"""It may be said of other things, too, and counts where the notebook says it is of Python 2."""


def other_python(case: Case, execution: Execution) -> Cause | None:
    """Blame the version of Python where a cell once ran that this one cannot read or run.

    Args:
        case: What is known.
        execution: A run that ended with an error.
    """
    run = execution.run
    unread = run.message.startswith(("SyntaxError:", "IndentationError:", "TabError:"))
    gone = _SYNTAX.search(run.message) or _GONE.search(run.message)
    if not (unread or gone or _GONE_TOO.search(run.message)):
        return None
    if not once_worked(case, run.stopped_at or 0):
        return None
    saved, here = case.circumstances.saved_python, case.circumstances.python
    way: confidence.Way | None = confidence.API_GONE
    told = f" The notebook was saved under Python {saved}, and this is {here}." if saved else ""
    if saved.startswith("2."):
        way, hint = None, "Port the code to Python 3: `2to3` does most of it."
    elif gone:
        hint = "The code is of Python 2: port it, `2to3` does most of it."
    elif unread and _version(saved) > _version(here):
        hint = f"Run it with Python {saved}, as it was saved."
    else:
        return None
    return stopped_by(
        execution, "environment_drift", hint, way=way, evidence=f"{run.message}.{told}"
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
