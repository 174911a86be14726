"""Dataclasses of mentions as Arrow structs and back: how a part carries what a stage found."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import Any, TypeVar

import pyarrow as pa

T = TypeVar("T")
_SCALARS = {int: pa.int64(), str: pa.string(), float: pa.float64(), bool: pa.bool_()}


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}


def _bare(hint: Any) -> Any:
    """The type without ``| None``."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (a for a in typing.get_args(hint) if a is not type(None))
    return hint


@functools.cache
def struct_of(cls: type) -> pa.StructType:
    """The Arrow struct of a dataclass of scalars, tuples of scalars and tuples of such dataclasses."""
    return pa.struct([pa.field(name, _arrow(hint)) for name, hint in _hints(cls).items()])


def _arrow(hint: Any) -> pa.DataType:
    hint = _bare(hint)
    if typing.get_origin(hint) is tuple:
        return pa.list_(_arrow(typing.get_args(hint)[0]))
    if dataclasses.is_dataclass(hint):
        return struct_of(typing.cast("type", hint))
    return _SCALARS[hint]


def encode(item: Any) -> Any:
    """A dataclass instance as the dict that Arrow takes."""
    if isinstance(item, tuple):
        return [encode(i) for i in item]
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return {f.name: encode(getattr(item, f.name)) for f in dataclasses.fields(item)}
    return item


def decode(cls: type[T], data: dict[str, Any]) -> T:
    """The instance of ``cls`` that `encode` made ``data`` of."""
    values = {}
    for name, hint in _hints(typing.cast("type", cls)).items():
        value = data[name]
        hint = _bare(hint)
        if value is not None and typing.get_origin(hint) is tuple:
            inner = typing.get_args(hint)[0]
            nested = isinstance(inner, type) and dataclasses.is_dataclass(inner)
            value = tuple(decode(inner, v) if nested else v for v in value)
        values[name] = value
    return cls(**values)
