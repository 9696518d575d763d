"""The built-in names as they were when the recorder was loaded, before the notebook's first cell.

A notebook may delete `builtins.len` or put something else in its place. A function looks built-in
names up in the `__builtins__` of its module, as that was when the function was defined. A module
that puts `BUILTINS` there before it defines its functions does not see what the notebook does.
"""

from __future__ import annotations

import builtins

BUILTINS = dict(vars(builtins))

identity = object.__hash__
"""Tells living objects apart as `id` does. `id` raises an audit event each time, and where a hook
hears those, as the recorder's does, it takes ten times as long."""
