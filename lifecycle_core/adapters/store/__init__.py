"""The store of a pipeline's results: objects named by their bytes, and traces of steps.

It lies in a local folder, or at any address that fsspec knows. A store is trusted as the code
itself is: values are pickled, and who may write to the store can run code in who reads it.
"""

from lifecycle_core.adapters.store.objects import ObjectBroken
from lifecycle_core.adapters.store.store import Store, open_store
from lifecycle_core.adapters.store.values import NotStorable

__all__ = ["NotStorable", "ObjectBroken", "Store", "open_store"]
