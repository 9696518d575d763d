"""Why a score is what it is: Shapley values of the factors of it, exact where the model allows.

bundle --open_explainer--> Explainer --reasons(row)--> Reason, Reason, ...
"""

from lifecycle_core.adapters.explaining.choosing import Choice, exact
from lifecycle_core.adapters.explaining.effects import Effects, SampledEffects
from lifecycle_core.adapters.explaining.explainer import Explainer, Explanation
from lifecycle_core.adapters.explaining.games import pack
from lifecycle_core.adapters.explaining.opening import effects_of, open_explainer

__all__ = [
    "Choice",
    "Effects",
    "Explainer",
    "Explanation",
    "SampledEffects",
    "effects_of",
    "exact",
    "open_explainer",
    "pack",
]
