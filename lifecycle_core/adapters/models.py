"""Saved models: the skops format, read before it is loaded, and our own policy of trust.

    file --is it skops?--> schema.json --types, minus what is trusted--> ModelFacts
    trusted types --load--> estimator --are its indices within bounds?--> estimator

A file is judged from its list of types alone; nothing in it is constructed or imported until the
judgement is good, and nothing loaded is handed out before its structure is. What is trusted stands
here, in code: never in the file or in its bundle.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.files import digest_file, replacing
from lifecycle_core.adapters.model_form import require_plain_form
from lifecycle_core.adapters.model_structure import require_sound
from lifecycle_core.errors import BundleInvalid, UntrustedModel
from lifecycle_core.schema.bundle import ModelFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.model_parts import Fitted

_SCHEMA = "schema.json"
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"x\x01", b"x^", b"x\x9c", b"x\xda", b"ZF")
_VERSION_FIELD = "_sklearn_version"

# Parts of scikit-learn's own estimators that skops does not list, grouped by what needs them. What
# a file may do with each is bounded twice: its form before it is loaded, its numbers afterwards.
REVIEWED = frozenset(
    {
        # Fitted trees. Their nodes hold indices that C follows: see `require_sound`.
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.tree._tree.Tree",
        # Plain holders of fitted parts.
        "numpy.dtype",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.utils._bunch.Bunch",
        # Choices that matter when fitting and lie idle afterwards.
        "sklearn.compose._column_transformer.make_column_selector",
        "sklearn.metrics._scorer._PassthroughScorer",
        "sklearn.model_selection._split.KFold",
        "sklearn.model_selection._split.StratifiedKFold",
        # HistGradientBoosting reads pandas categoricals through partial(check_array, ...), and
        # cannot be stored without. `require_plain_form` refuses a partial of anything else.
        "functools.partial",
        "sklearn.utils.validation.check_array",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """What a saved model may hold.

    Attributes:
        types: Types that may be constructed besides those that skops trusts by itself; see
            `REVIEWED`.
        max_bytes: Largest size of the unpacked file.
        max_entries: Largest number of members in the file.
    """

    types: frozenset[str] = REVIEWED
    max_bytes: int = 8 << 30
    max_entries: int = 1_000_000


TRUST = TrustPolicy()


class Models(Protocol):
    """Writes, judges and loads models."""

    def save(self, model: Fitted, path: Path) -> None:
        """Write a fitted estimator to `path`."""

    def facts(self, path: Path) -> ModelFacts:
        """Say what the file holds, without loading it."""

    def judge(self, path: Path) -> ModelFacts:
        """Say what the file holds, and refuse it if any of that is not trusted."""

    def load(self, path: Path) -> Fitted:
        """Return the estimator, if everything in the file is trusted."""


@dataclass(frozen=True, slots=True)
class SkopsModels:
    """Models in the skops format under one policy of trust."""

    policy: TrustPolicy = TRUST

    def save(self, model: Fitted, path: Path) -> None:
        """Write a fitted estimator; the file appears whole or not at all.

        Raises:
            UntrustedModel: The estimator holds something that could not be loaded again: a
                lambda, an object that only pickle can store, or a type that is not trusted.
            TargetUnwritable: The operating system refuses.
        """
        import skops.io

        try:
            content = skops.io.dumps(model)
        except Exception as error:  # skops raises whatever the foreign object raises
            raise UntrustedModel(
                f"The model {type(model).__name__} cannot be saved without pickle: {error}",
                types=(f"{type(model).__module__}.{type(model).__qualname__}",),
                hint="Build it from scikit-learn's own estimators and importable functions.",
            ) from error
        with replacing(path) as temporary:
            temporary.write_bytes(content)
            self._require_trusted(self.facts(temporary), path)

    def facts(self, path: Path) -> ModelFacts:
        """Say what a model's file holds, without constructing or importing any of it.

        Raises:
            UntrustedModel: It is no skops file (a pickle, for instance), unpacks too large, or
                puts trusted types to a use that skops never would.
            BundleInvalid: There is no such file, or it is damaged.
        """
        import skops.io

        schema = self._schema(path)
        try:
            foreign = set(skops.io.get_untrusted_types(file=path))
        except Exception as error:  # a forged tree can make skops raise anything
            raise UntrustedModel(
                f"{path.name} has a list of types that skops cannot read: {error}",
                hint="Save the model again with %finalize.",
            ) from error
        if not (untrusted := tuple(sorted(foreign - self.policy.types))):
            require_plain_form(_nodes(schema), types=self.policy.types, where=path.name)
        types, versions = set[str](), {"skops": str(schema.get("_skops_version", "unknown"))}
        for node in _nodes(schema):
            types.add(f"{node['__module__']}.{node['__class__']}")
            content = node.get("content")
            if isinstance(content, dict) and isinstance(content.get(_VERSION_FIELD), dict):
                versions["sklearn"] = str(content[_VERSION_FIELD].get("content", "")).strip('"')
        return ModelFacts(
            digest=digest_file(path),
            bytes=path.stat().st_size,
            types=tuple(sorted(types)),
            untrusted=untrusted,
            versions=versions,
        )

    def load(self, path: Path) -> Fitted:
        """Return the estimator that a file holds, if all of it is trusted.

        Raises:
            UntrustedModel: The file holds types that the policy does not trust, or is no skops
                file: nothing of it was loaded. Or an index in it is out of bounds.
            BundleInvalid: It was saved with another minor version of scikit-learn, or is damaged.
        """
        import skops.io

        _require_same_minor(self.judge(path), path)
        try:
            model = skops.io.load(path, trusted=sorted(self.policy.types))
        except Exception as error:  # a forged state can make any constructor raise
            raise BundleInvalid(
                f"{path.name} cannot be loaded: {type(error).__name__}: {error}",
                path=str(path),
                hint="Verify the bundle with `nbrelease verify`, or release the model again.",
            ) from error
        require_sound(model, path.name)
        return model

    def judge(self, path: Path) -> ModelFacts:
        """Say what the file holds, and refuse it if any of that is not trusted; load nothing.

        Raises:
            UntrustedModel: It is no skops file, or would construct a type that is not trusted.
            BundleInvalid: There is no such file, or it is damaged.
        """
        facts = self.facts(path)
        self._require_trusted(facts, path)
        return facts

    def _require_trusted(self, facts: ModelFacts, path: Path) -> None:
        if facts.untrusted:
            raise UntrustedModel(
                f"{path.name} would construct types that are not trusted: "
                f"{', '.join(facts.untrusted[:5])}{', ...' if facts.untrusted[5:] else ''}.",
                types=facts.untrusted,
                hint="Nothing was loaded. Use scikit-learn's own estimators, or have the types "
                "reviewed and added to the trust policy in code.",
            )

    def _schema(self, path: Path) -> dict[str, Any]:
        try:
            with path.open("rb") as file:
                head = file.read(8)
        except OSError as error:
            raise BundleInvalid(
                f"There is no model at {path}: {error.strerror}.",
                path=str(path),
                hint="Verify the bundle with `nbrelease verify`.",
            ) from error
        if not zipfile.is_zipfile(path):
            raise _not_skops(path, _describe(head))
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
                size = sum(member.file_size for member in members)
                if size > self.policy.max_bytes or len(members) > self.policy.max_entries:
                    raise UntrustedModel(
                        f"{path.name} unpacks to {size:,} bytes in {len(members):,} members, "
                        f"the policy allows {self.policy.max_bytes:,} bytes in "
                        f"{self.policy.max_entries:,}.",
                        hint="Nothing was loaded. Release a smaller model.",
                    )
                if _SCHEMA not in archive.namelist():
                    raise _not_skops(path, f"a zip file without {_SCHEMA}")
                schema = json.loads(archive.read(_SCHEMA))
        except (zipfile.BadZipFile, ValueError, RecursionError, EOFError) as error:
            raise BundleInvalid(
                f"{path.name} is a damaged skops file: {error}",
                path=str(path),
                hint="Release the model again.",
            ) from error
        if not isinstance(schema, dict) or "__class__" not in schema:
            raise _not_skops(path, f"a zip file whose {_SCHEMA} describes no object")
        return schema


def save_model(model: Fitted, path: Path) -> None:
    """Write a fitted estimator under the default policy; see `SkopsModels.save`."""
    SkopsModels().save(model, path)


def model_facts(path: Path) -> ModelFacts:
    """Say what a model's file holds without loading it; see `SkopsModels.facts`."""
    return SkopsModels().facts(path)


def load_model(path: Path) -> Fitted:
    """Return the estimator of a trusted file; see `SkopsModels.load`."""
    return SkopsModels().load(path)


def _nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [schema]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if "__class__" in found and "__module__" in found:
                yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _require_same_minor(facts: ModelFacts, path: Path) -> None:
    import sklearn

    saved = facts.versions.get("sklearn", sklearn.__version__)
    if saved.split(".")[:2] != sklearn.__version__.split(".")[:2]:
        raise BundleInvalid(
            f"{path.name} was saved with scikit-learn {saved}, this is {sklearn.__version__}: "
            "scikit-learn does not support loading across minor versions.",
            path=str(path),
            hint="Score in the release's own environment: install the bundle's "
            "environment/lock.txt, for example with `uv pip install -r`.",
        )


def _describe(head: bytes) -> str:
    if _PICKLE.match(head):
        return "a pickle, which runs code when it is loaded"
    if head.startswith(_COMPRESSED):
        return "a compressed file such as joblib writes, which holds a pickle"
    return f"a file that begins with {head!r}" if head else "an empty file"


def _not_skops(path: Path, what: str) -> UntrustedModel:
    return UntrustedModel(
        f"{path.name} is {what}; a model must be in the skops format.",
        hint="Nothing was loaded. Save the model with %finalize, which writes skops.",
    )
