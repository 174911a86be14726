"""Dataclasses as Arrow columns and back: how a part carries what a stage found. No row is ever a dict."""

from __future__ import annotations

import collections
import dataclasses
import functools
import itertools
import sys
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

T = TypeVar("T")
_SCALARS = {int: pa.int64(), str: pa.string(), float: pa.float64(), bool: pa.bool_()}


@dataclasses.dataclass(frozen=True, slots=True)
class _Column:
    """A field of a dataclass; ``inner`` is the dataclass that its tuples hold, if any."""

    name: str
    type: pa.DataType
    inner: type | None
    is_tuple: bool


@functools.cache
def _columns(cls: type) -> tuple[_Column, ...]:
    hints = typing.get_type_hints(cls)
    return tuple(_column(f.name, _bare(hints[f.name])) for f in dataclasses.fields(cls))


def _column(name: str, hint: Any) -> _Column:
    if typing.get_origin(hint) is not tuple:
        return _Column(name, _SCALARS[hint], None, is_tuple=False)
    (item, *_) = typing.get_args(hint)
    if dataclasses.is_dataclass(item):
        inner = typing.cast("type", item)
        return _Column(name, pa.list_(struct_of(inner)), inner, is_tuple=True)
    return _Column(name, pa.list_(_SCALARS[item]), None, is_tuple=True)


def _bare(hint: Any) -> Any:
    """The type without ``| None``."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (a for a in typing.get_args(hint) if a is not type(None))
    return hint


@functools.cache
def struct_of(cls: type) -> pa.StructType:
    """The Arrow struct of a dataclass of scalars, tuples of scalars and tuples of such dataclasses."""
    return pa.struct([pa.field(column.name, column.type) for column in _columns(cls)])


def array_of(cls: type[T], items: Sequence[T | None]) -> pa.StructArray:
    """Instances of ``cls`` as an array of `struct_of` (cls); null for None."""
    known = [item for item in items if item is not None]
    arrays = []
    for column in _columns(typing.cast("type", cls)):
        values = list(map(attrgetter(column.name), known))
        if column.inner is not None:
            flat = array_of(column.inner, list(itertools.chain.from_iterable(values)))
            arrays.append(list_array(map(len, values), flat, column.type))
        else:
            arrays.append(pa.array(values, column.type))
    return _spread(pa.StructArray.from_arrays(arrays, fields=list(struct_of(typing.cast("type", cls)))), items)


def rows_array(rows: Sequence[Any], kind: pa.StructType) -> pa.StructArray:
    """Objects with an attribute for every field of ``kind`` as an array of it; null for None."""
    known = [row for row in rows if row is not None]
    arrays = [pa.array(list(map(attrgetter(field.name), known)), field.type) for field in kind]
    return _spread(pa.StructArray.from_arrays(arrays, fields=list(kind)), rows)


def _spread(array: pa.StructArray, items: Sequence[Any]) -> pa.StructArray:
    """``array`` of the items that are there, with nulls where the others are."""
    if len(array) == len(items):
        return array
    places = itertools.count()
    return array.take(pa.array([None if item is None else next(places) for item in items], pa.int64()))


def list_array(lengths: Iterable[int | None], values: pa.Array, kind: pa.ListType) -> pa.ListArray:
    """A list of each length in turn, of the ``values`` in order; null where the length is None."""
    known = list(lengths)
    ends = itertools.accumulate((length or 0 for length in known), initial=0)
    # a list is null where its start is
    offsets = [None if length is None else end for length, end in zip([*known, 0], ends, strict=True)]
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, type=kind)


def items_of(cls: type[T], array: pa.Array | pa.ChunkedArray) -> list[T | None]:
    """The instances of ``cls`` that `array_of` made ``array`` of."""
    array = whole(array)
    fields = zip(_columns(typing.cast("type", cls)), array.flatten(), strict=True)
    items = filled(cls, len(array), {c.name: _tuples(c, v) if c.is_tuple else plain(v) for c, v in fields})
    if not array.null_count:
        return list(items)
    return [item if there else None for item, there in zip(items, array.is_valid().to_pylist(), strict=True)]


def filled(cls: type[T], count: int, columns: Mapping[str, Iterable[Any]]) -> list[T]:
    """So many instances of a dataclass with slots, from a column of values for every field of it.

    Field by field into the slots: several times as fast as `__init__`, which a frozen class spends on its own lock.
    """
    items = list(map(object.__new__, itertools.repeat(cls, count)))
    for name, values in columns.items():
        collections.deque(map(getattr(cls, name).__set__, items, values), maxlen=0)
    return items


def _tuples(column: _Column, array: pa.ListArray) -> list[Any]:
    values: list[Any] = plain(array.values) if column.inner is None else items_of(column.inner, array.values)
    return [tuple(values[start:end]) for start, end in itertools.pairwise(array.offsets.to_numpy().tolist())]


class _NoPandas:
    """An importer that knows of no pandas."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """Keep pyarrow from loading pandas, in a process that makes no data frames: 0.2 s and 30 MB of its start.

    pyarrow looks for it once, at the first list that it is given, to ask whether that is an array of pandas. From then
    on `to_pandas` is refused in this process.
    """
    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(_NoPandas)


def whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array, of a column of any number of chunks."""
    if not isinstance(array, pa.ChunkedArray):
        return array
    return array.chunk(0) if array.num_chunks == 1 else pa.concat_arrays(array.chunks or [pa.array([], array.type)])


def plain(array: pa.Array) -> list[Any]:
    """What ``array.to_pylist()`` gives, faster: for numbers, strings and truth values."""
    if pa.types.is_string(array.type) or pa.types.is_binary(array.type):
        return list(array.to_numpy(zero_copy_only=False))
    if not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_boolean(array.type)):
        return list(array.to_pylist())
    if not array.null_count:
        return list(array.to_numpy(zero_copy_only=False).tolist())
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    values = array.fill_null(False if pa.types.is_boolean(array.type) else 0).to_numpy(zero_copy_only=False)
    return list(np.where(valid, values.astype(object), None))
