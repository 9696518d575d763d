"""Which kind takes which type apart: a table from public names to functions; it imports no library.

An entry of `KINDS` holds for the type itself; what a subclass adds in attributes is read after it.
An entry of `FAMILIES` reads subclasses whole. The type itself is looked up first, then its
families, then its other bases; a type that has none of them is read by `kinds.objects`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..builtin_names import BUILTINS
from .kinds import (
    arrays,
    arrow,
    charts,
    code,
    containers,
    estimators,
    frames,
    objects,
    opaque,
    scalars,
    sparse,
    tables,
    tensors,
)  # fmt: skip
from .parts import LINES, as_list
from .types import attributes, mro, public_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .parts import Kind, Part, Value

globals()["__builtins__"] = BUILTINS

KINDS: dict[str, Kind] = {
    "int": scalars.plain, "float": scalars.plain, "complex": scalars.plain, "str": scalars.plain,
    "bytes": scalars.plain, "bytearray": scalars.plain_bytes, "memoryview": scalars.buffer,
    "array.array": scalars.buffer, "range": scalars.bounds, "slice": scalars.bounds,
    "decimal.Decimal": scalars.decimal, "fractions.Fraction": scalars.fraction,
    "datetime.timedelta": scalars.duration, "datetime.date": scalars.date,
    "datetime.time": scalars.time, "datetime.datetime": scalars.datetime,
    "re.Pattern": scalars.pattern, "re.Match": scalars.match,
    "dict_keys": containers.listed, "dict_values": containers.listed,
    "dict_items": containers.listed, "odict_keys": containers.listed,
    "odict_values": containers.listed, "odict_items": containers.listed,
    "random.Random": scalars.random, "warnings.WarningMessage": objects.warning,
    LINES: as_list,
    "list": containers.sequence, "tuple": containers.sequence, "dict": containers.mapping,
    "set": containers.unordered, "frozenset": containers.unordered,
    "collections.deque": containers.queue, "collections.OrderedDict": containers.mapping,
    "collections.defaultdict": containers.default_mapping, "mappingproxy": containers.view,
    "function": code.function, "method": code.method, "code": code.code, "cell": code.cell,
    "functools.partial": code.partial, "property": code.accessor,
    "classmethod": code.wrapper, "staticmethod": code.wrapper,
    "builtin_function_or_method": code.named, "method_descriptor": code.named,
    "wrapper_descriptor": code.named, "classmethod_descriptor": code.named,
    "getset_descriptor": code.named, "member_descriptor": code.named,
    "method-wrapper": code.named, "numpy.ufunc": code.ufunc,
    "numpy._ArrayFunctionDispatcher": code.named,
    "?.cython_function_or_method": code.named,  # its module is no text
    "?.fused_cython_function": code.named, "module": code.module,
    "numpy.ndarray": arrays.array, "numpy.memmap": arrays.array,
    "numpy.ma.MaskedArray": arrays.masked,
    "numpy.random.Generator": arrays.generator, "numpy.random.RandomState": arrays.random_state,
    "pandas.DataFrame": frames.frame, "pandas.Series": frames.series,
    "pandas.MultiIndex": frames.multi_index, "pandas.RangeIndex": frames.range_index,
    "pandas.Timestamp": frames.moment, "pandas.Timedelta": frames.moment,
    "pyarrow.Table": arrow.table, "pyarrow.RecordBatch": arrow.table,
    "pyarrow.Schema": arrow.described, "pyarrow.DataType": arrow.described,
    "polars.DataFrame": tables.polars_frame, "polars.Series": tables.polars_series,
    "polars.LazyFrame": tables.polars_plan, "polars.Expr": tables.polars_plan,
    "narwhals.DataFrame": tables.narwhals, "narwhals.LazyFrame": tables.narwhals,
    "narwhals.Series": tables.narwhals, "xarray.DataArray": tables.xarray_array,
    "xarray.Dataset": tables.xarray_dataset,
    "xarray.Variable": tables.xarray_variable,
    "xgboost.Booster": estimators.xgboost_booster,
    "xgboost.core.Booster": estimators.xgboost_booster,
    "sklearn.neighbors.KDTree": estimators.search_tree,
    "sklearn.neighbors.BallTree": estimators.search_tree,
    "sklearn.utils.Bunch": containers.mapping,
    "lightgbm.Booster": estimators.lightgbm_booster,
    "lightgbm.basic.Booster": estimators.lightgbm_booster,
}  # fmt: skip

FAMILIES: dict[str, Kind] = {
    "enum.Enum": scalars.member, "type": code.klass, "BaseException": code.exception,
    "pathlib.PurePath": scalars.path, "zoneinfo.ZoneInfo": scalars.zone,
    "numpy.generic": arrays.scalar, "numpy.dtype": arrays.dtype,
    "numpy.random.BitGenerator": arrays.bit_generator,
    "pandas.Index": frames.index, "pandas.api.extensions.ExtensionArray": frames.extension,
    "pandas.api.extensions.ExtensionDtype": frames.dtype,
    "pandas.core.arrays.base.ExtensionArray": frames.extension,
    "pyarrow.Array": arrow.array, "pyarrow.ChunkedArray": arrow.array,
    "pyarrow.DataType": arrow.described, "pyarrow.Scalar": arrow.scalar,
    "scipy.sparse.spmatrix": sparse.matrix, "scipy.sparse.sparray": sparse.matrix,
    "sklearn.base.BaseEstimator": estimators.estimator,
    "torch.Tensor": tensors.tensor, "torch._C.Generator": tensors.generator,
    "torch.Generator": tensors.generator, "torch.dtype": tensors.named,
    "torch.device": tensors.named,
    "plotly.basedatatypes.BaseFigure": charts.figure,
    "PIL.Image.Image": tables.image, "logging.Logger": opaque.by_name,
}  # fmt: skip
FAMILIES.update((name, opaque.refusal(reason)) for name, reason in opaque.REASONS.items())
FAMILIES.update((name, opaque.left_out(what)) for name, what in opaque.LEFT_OUT.items())


def kind_of_type(cls: type) -> tuple[bytes, Kind]:
    """The name of a type as a token, and how its values are taken apart."""
    name = public_name(cls)
    token = name.encode("utf-8", "surrogatepass") + b"\n"
    if name in KINDS:
        return token, KINDS[name]
    names = [public_name(parent) for parent in mro(cls)]
    # Families first: a member of an IntEnum is an int, and more than that.
    for table in (FAMILIES, KINDS):
        found = next((table[each] for each in names if each in table), None)
        if found is not None:
            return token, found if table is FAMILIES else _extended(found)
    return token, objects.kind_for(cls)


def _extended(kind: Kind) -> Kind:
    """Of a subclass: what its base reads, then the attributes it adds."""

    def parts(value: Value) -> Iterator[Part]:
        yield from kind(value)
        for name, held in attributes(value).items():
            yield name.encode("utf-8", "surrogatepass")
            yield (held,)

    return parts
