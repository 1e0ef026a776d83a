"""Networks: those inside the library, Keras's ResNet50 weights, and ONNX files."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any, Union

import pyarrow as pa
from verger_command import name_networks

from verger._arrow import exported
from verger._columns import column
from verger._handle import Handle
from verger._library import library, take_text
from verger._long_call import LongCall, Step
from verger._structs import CalibrateOptions, ModelOptions
from verger.find_model import ModelFile, find_model
from verger.preset import preset_text

PathOrName = Union[str, "os.PathLike[str]"]


class Model(Handle):
    """A network, the SHA-256 of its weights and its preset: everything that determines features.

    Models with equal `sha256` and `identity` compute equal features. Safe from many threads.
    """

    free = "verger_model_free"

    name: str
    format: str  # "onnx" or "keras-h5"
    sha256: str  # of the file
    preset: str  # the name of its preprocessing, or its parts if no name has them
    parts: str  # "scale=…,filter=…,channels=…,resize=…", and ",size=…" if one was requested
    identity: str  # preprocessing, choice of features and precision, in one line
    precision: str  # "fp32", "bf16" or "int8"
    calibration: str  # of int8, by which it was quantised: keep it to open the same network again
    calibrated: bool  # whether int8 needs no calibrate()
    dimension: int  # numbers in a feature vector
    width: int  # pixels of the network's input
    height: int
    views: int  # of a photo, whose mean its features are
    batch: int  # photos that the network must be given at a time; 0: any number
    notes: list[str]  # what you should know of it, such as that it gives scores of classes

    def __init__(self, file: ModelFile | None = None) -> None:
        """Open the file of a model, from memory; None: the default network of the library.

        Errors: BadModel for bytes that are not a supported network, and for a network of the
                library that is not installed; BadCall for an unknown preset or precision, and for
                int8 without a calibration.
        Cost:   2 to 3 times the file in memory while it is read.
        """
        file = file or find_model()
        options = ModelOptions(
            name=os.fsencode(file.origin),
            **{
                key: value.encode()
                for key in ("preset", "output", "pool", "precision", "calibration")
                if (value := getattr(file, key))
            },
        )
        if file.data is None:
            name_networks(str(Path(__file__).absolute().parents[1]))
            super().__init__("verger_model_embedded", file.name.encode(), options)
        else:
            super().__init__("verger_model_read", file.data, len(file.data), options)
        described: dict[str, Any] = json.loads(library().verger_model_describe(self._pointer))
        described["name"] = file.name
        for key, value in described.items():
            setattr(self, key, value)

    @classmethod
    def open(
        cls,
        model: PathOrName | None = None,
        preset: str | None = None,
        *,
        scale: str | None = None,
        filter: str | None = None,
        channels: str | None = None,
        resize: str | None = None,
        input_size: int | None = None,
        decode: str | None = None,
        views: int | None = None,
        output: str | None = None,
        pool: str | None = None,
        precision: str | None = None,
        calibration: str | None = None,
    ) -> Model:
        """Open a network by name or file, as the program's --model; None: efficientnet-lite0.

        `preset` and its parts are the program's options of these names, with the same values:
        scale="-1..1", filter="bicubic", channels="rgb", resize="crop:0.875". An ONNX file needs a
        preset or a scale. `views` is 3 or 8: features are then the mean over so many views of a
        photo.

        `precision` is "fp32", the default, "bf16" or "int8"; int8 takes the `calibration` of
        calibrate(), which the embedded networks do not need.

        For an ONNX file, `output` names the tensor to use as features, if several could be used,
        and `pool`, "cls" or "mean", reduces tokens or a map to one vector. Notes about a network
        are warnings, unless it is in the store.

        Errors: BadInput, with the remedy, if there is no such network; else as the constructor.
        """
        parts = preset_text(preset, scale, filter, channels, resize, input_size, decode, views)
        file = find_model(
            model, parts, output=output, pool=pool, precision=precision, calibration=calibration
        )
        opened = cls(file)
        for note in () if file.stored else opened.notes:
            warnings.warn(f"{file.origin}: {note}", stacklevel=2)
        return opened

    def calibrate(self, photos: pa.RecordBatch, threads: int = 0, step: Step | None = None) -> str:
        """Return the calibration by which this network, in fp32, is quantised to int8.

        `photos` has a column `content` of encoded photos, a hundred or two of the kind that the
        network is for. `step(done, total)` is called now and then; True stops the call.

        Errors: BadCall if no photo can be decoded, or the network has no convolutions; Stopped.
        Cost:   fp32's time for each photo.
        """
        long_call = LongCall(step)
        options = CalibrateOptions(threads=threads, progress=long_call.progress)
        content = pa.RecordBatch.from_arrays([column(photos, "content")], names=["content"])
        with exported(content) as batch, long_call.running():
            return take_text("verger_calibrate", self._pointer, *batch, options)

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {self.preset!r}, sha256 {self.sha256[:12]}…)"
