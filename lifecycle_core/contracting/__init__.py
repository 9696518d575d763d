"""The data contract: drawn from what the model was trained on, agreed by people, then checked.

TableProfile --infer--> Contract --to_odcs--> YAML that people complete --from_odcs--> Contract
Contract + Measurement --check--> ContractReport
frame at a step's border --Borders.check--> ContractChecked, and whether to stop
"""

from lifecycle_core.contracting.borders import AgreedBorder, BorderCheck, Borders
from lifecycle_core.contracting.inference import infer
from lifecycle_core.contracting.judging import check, unfilled
from lifecycle_core.contracting.odcs import from_odcs, to_odcs

__all__ = [
    "AgreedBorder",
    "BorderCheck",
    "Borders",
    "check",
    "from_odcs",
    "infer",
    "to_odcs",
    "unfilled",
]
