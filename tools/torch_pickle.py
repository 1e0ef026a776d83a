"""Reads the tensors of a legacy torch pickle without torch and without running its code."""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001


class _Storage:
    """The flat array that tensors are views of; its numbers stand after the pickle."""

    def __init__(self, dtype: np.dtype[Any], count: int) -> None:
        self.dtype = dtype
        self.count = count
        self.values: npt.NDArray[Any] = np.empty(0, dtype)


class _Tensor:
    def __init__(
        self,
        storage: _Storage,
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_: object,
    ) -> None:
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self) -> npt.NDArray[Any]:
        sides = [(side - 1) * stride for side, stride in zip(self.shape, self.strides, strict=True)]
        values = self.storage.values[self.offset :]
        if min((self.offset, *self.strides)) < 0 or sum(sides) >= len(values):
            raise ValueError(f"a tensor of shape {self.shape} leaves its storage")
        bytes_apart = [stride * values.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(values, self.shape, bytes_apart, writeable=False)


class _Unpickler(pickle.Unpickler):
    """Allows tensors, their storages and OrderedDict; every other name ends the reading."""

    def __init__(self, file: BinaryIO, storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        allowed: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
            ("torch", "FloatStorage"): np.dtype("<f4"),
            ("torch", "LongStorage"): np.dtype("<i8"),
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"{module}.{name} is not a tensor: refused")
        return allowed[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _location, count, view = pid
        if kind != "storage" or view is not None:
            raise pickle.UnpicklingError(f"unknown persistent object {kind!r}")
        return self._storages.setdefault(key, _Storage(dtype, count))


def read_tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Returns the tensors of a state dict by name, in the file's order."""
    storages: dict[str, _Storage] = {}
    with path.open("rb") as file:
        if _Unpickler(file, storages).load() != _MAGIC:
            raise ValueError(f"{path}: not a legacy torch pickle")
        if _Unpickler(file, storages).load() != _PROTOCOL:
            raise ValueError(f"{path}: unknown protocol")
        _Unpickler(file, storages).load()  # sizes of types on the writing machine
        state = _Unpickler(file, storages).load()
        for key in _Unpickler(file, storages).load():
            storage = storages[key]
            (count,) = struct.unpack("<q", file.read(8))
            if count != storage.count:
                raise ValueError(f"{path}: storage {key} has {count} numbers, not {storage.count}")
            data = file.read(count * storage.dtype.itemsize)
            storage.values = np.frombuffer(data, storage.dtype, count)
    return {name: tensor.array() for name, tensor in state.items()}
