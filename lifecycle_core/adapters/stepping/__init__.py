"""Execute one step of a compiled pipeline in this process, and see what it reads and leaves."""

from lifecycle_core.adapters.stepping.drawing import Sheets
from lifecycle_core.adapters.stepping.file_states import (
    ABSENT,
    names_in,
    state_of,
    state_of_names,
)
from lifecycle_core.adapters.stepping.stepper import Ran, StepFailed, Stepper

__all__ = [
    "ABSENT",
    "Ran",
    "Sheets",
    "StepFailed",
    "Stepper",
    "names_in",
    "state_of",
    "state_of_names",
]
