"""The network as an output has it, or as it is asked for: what the program's run takes too."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa

from verger._library import borrowed, take_text
from verger.find_model import ModelFile
from verger.model import Model, Step
from verger.runs.manifest import Manifest
from verger.runs.sample import sample_photos
from verger.runs.storage import Place

# Photos that a calibration looks at: more change nothing to speak of.
CALIBRATION_PHOTOS = 128


def model_for_output(
    file: ModelFile,
    manifest: Manifest | None,
    photos: Place,
    out: Place,
    include_hidden: bool = False,
    *,
    threads: int = 0,
    step: Step | None = None,
) -> ModelFile:
    """`file` with precision, input size and decoding as asked for, else as the output's rows of the
    same network have them, else fp32 and the network's own. For int8 that nobody has calibrated
    yet, a sample of the photos goes through the network in fp32; `step` is as Model.calibrate's.

    Errors: as Model, Model.calibrate and sample_photos.
    """
    fp32 = replace(file, precision=None, calibration=None)
    network = Model(fp32)
    choice = json.loads(
        take_text(
            "verger_model_choice",
            borrowed(manifest.to_json() if manifest is not None else b""),
            borrowed(network.sha256),
            borrowed(file.preset or ""),
            borrowed(file.precision or ""),
        )
    )
    chosen = replace(
        file,
        preset=choice["preset"] or None,
        precision=choice["precision"] or None,
        calibration=file.calibration or choice["calibration"] or None,
    )
    if chosen.precision == "int8" and not chosen.calibration and not network.calibrated:
        if chosen.preset != file.preset:
            network = Model(replace(fp32, preset=chosen.preset))
        contents = sample_photos(photos, out, include_hidden, CALIBRATION_PHOTOS)
        batch = pa.RecordBatch.from_arrays(
            [pa.array([photo.content for photo in contents], pa.large_binary())],
            names=["content"],
        )
        chosen = replace(chosen, calibration=network.calibrate(batch, threads, step))
    return chosen
