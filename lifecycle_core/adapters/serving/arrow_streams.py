"""What an Arrow stream of a request may hold, told before anything of it is unpacked.

    bytes --messages: compressed?--> stream --schema: plain types?--> batches --rows, text?--> table

A stream can be far smaller than what it says: compressed batches, dictionaries, columns that point
to the same bytes, columns of nothing. So what it decodes to is bounded, and not only its bytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CELLS = 1 << 22
"""Rows times columns of a request: each cell becomes a value of Python's."""
PLAIN = "numbers, booleans, dates, timestamps or strings"

_HEADER = 2
_RECORD_BATCH_OF_DICTIONARY = 1
_COMPRESSION = 3


def is_compressed(content: bytes) -> bool:
    """Whether batches or dictionaries of a stream are compressed; nothing of them is unpacked.

    Args:
        content: A stream in Arrow's format.

    Raises:
        pyarrow.ArrowException: It is none.
    """
    import pyarrow as pa

    for message in _messages(pa.ipc.MessageReader.open_stream(pa.BufferReader(content))):
        if message.type not in {"record batch", "dictionary"}:
            continue
        # pyarrow does not tell; it has verified these bytes as Arrow's flatbuffer, though.
        said = _Table.root(message.metadata.to_pybytes()).table(_HEADER)
        if said is not None and message.type == "dictionary":
            said = said.table(_RECORD_BATCH_OF_DICTIONARY)
        if said is not None and said.table(_COMPRESSION) is not None:
            return True
    return False


def odd_columns(schema: Any) -> list[str]:  # noqa: ANN401 - a pyarrow Schema
    """Return the columns whose values are not plain, each with its type, at most three.

    Example:
        >>> import pyarrow as pa
        >>> odd_columns(pa.schema({"tenure": pa.int8(), "tags": pa.list_(pa.string())}))
        ["'tags' is list<item: string>"]
    """
    odd = (field for field in schema if not _is_plain(field.type))
    return [f"{field.name!r:.60} is {field.type!s:.60}" for field, _ in zip(odd, range(3))]  # noqa: B905 - the first three


def text_bytes(batch: Any) -> int:  # noqa: ANN401 - a pyarrow RecordBatch
    """Return how many bytes the strings of a batch have, each counted where it stands.

    Example:
        >>> import pyarrow as pa
        >>> words = pa.array(["basic", "plus", "basic"])
        >>> text_bytes(pa.record_batch({"a": words, "b": words.dictionary_encode()}))
        28
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for column in batch.columns:
        kind, values = column.type, column
        if pa.types.is_dictionary(kind):
            kind, values = kind.value_type, column.dictionary
        if not _is_text(kind):
            continue
        lengths = pc.binary_length(values)
        if values is not column:
            lengths = lengths.take(column.indices)
        total += pc.sum(lengths).as_py() or 0
    return total


def _messages(reader: Any) -> Iterator[Any]:  # noqa: ANN401 - pyarrow's
    while True:
        try:
            yield reader.read_next_message()
        except StopIteration:
            return


def _is_plain(kind: Any) -> bool:  # noqa: ANN401 - a pyarrow DataType
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    return (
        types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)
        or types.is_date(kind) or types.is_timestamp(kind) or types.is_null(kind) or _is_text(kind)
    )  # fmt: skip


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - as above
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class _Table:
    """A table of a flatbuffer: where its fields are stands in front of them."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at

    @classmethod
    def root(cls, content: bytes) -> _Table:
        """Return the outermost one."""
        return cls(content, *struct.unpack_from("<I", content))

    def table(self, field: int) -> _Table | None:
        """Return a field that is a table itself; None where it is not there."""
        (back,) = struct.unpack_from("<i", self._content, self._at)
        fields = self._at - back
        (size,) = struct.unpack_from("<H", self._content, fields)
        place = 4 + 2 * field
        if place >= size:
            return None
        (offset,) = struct.unpack_from("<H", self._content, fields + place)
        if not offset:
            return None
        at = self._at + offset
        (on,) = struct.unpack_from("<I", self._content, at)
        return _Table(self._content, at + on)
