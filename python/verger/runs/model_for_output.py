"""The network of a run: as requested, or as the output's rows have it; as the program chooses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from verger._library import borrowed, take_text
from verger._limits import limits
from verger._long_call import Step
from verger.errors import BadCall, BadInput, BadModel
from verger.find_model import ModelFile, embedded_models, find_model
from verger.model import Model
from verger.runs.manifest import Manifest, ModelIdentity
from verger.runs.output import Output
from verger.runs.sample import SampledPhoto, sample_labels, sample_photos
from verger.runs.storage import Place
from verger.runs.text import printable
from verger.tune import tune

AUTO = "auto"


def model_for_output(
    file: ModelFile,
    manifest: Manifest | None,
    photos: Place,
    out: Place,
    include_hidden: bool = False,
    *,
    opened: Model | None = None,
    threads: int = 0,
    step: Step | None = None,
    say: Callable[[str], object] = lambda line: None,
) -> ModelFile:
    """Return `file` with precision, input size and decoding as requested, else as the output's rows
    of the same network have them, else fp32 and the network's own. int8 without a calibration is
    calibrated by a sample of the photos in fp32; `step` is as Model.calibrate's. `opened` is `file`
    in fp32, where the caller has it already: reading it takes memory and time.

    Precision "auto" is that of the rows, else fp32 or int8, whichever is faster on this machine and
    as good on a sample of the photos (bf16 would have to be on every executor too); `say` gets a
    line about why.

    Errors: as Model, Model.calibrate and sample_photos.
    """
    choose = file.precision == AUTO
    if choose:
        file = replace(file, precision=None)
    fp32 = replace(file, precision=None, calibration=None)
    network = opened or Model(fp32)
    choice = json.loads(
        take_text(
            "verger_model_choice",
            borrowed(manifest.to_json() if manifest is not None else b""),
            network._pointer,
            borrowed(file.preset or ""),
            borrowed(file.precision or ""),
        )
    )
    choice_file = replace(
        file,
        preset=choice["preset"] or None,
        precision=choice["precision"] or None,
        calibration=file.calibration or choice["calibration"] or None,
    )
    if choose and not choice_file.precision:
        # Without rows only the precision is open: this is the requested network.
        return _fastest(choice_file, network, photos, out, include_hidden, threads, say)
    if choice_file.precision == "int8" and not choice_file.calibration and not network.calibrated:
        if choice_file.preset != file.preset:
            network = Model(replace(fp32, preset=choice_file.preset))
        sample = sample_photos(photos, out, include_hidden, limits().calibration_photos)
        choice_file = replace(
            choice_file, calibration=network.calibrate(_batch(sample), threads, step)
        )
    return choice_file


def model_of_output(
    output: Output,
    model: Model | str | os.PathLike[str] | None = None,
    *,
    onnx_output: str | None = None,
    pool: str | None = None,
) -> Model:
    """Open the network that the output's rows came from. `model` is its name or file, where its
    name in the manifest does not tell; `onnx_output` and `pool` are as Model.open's.

    Errors: BadInput, with the remedy, if it is not here, or another one.
    """
    rows = output.extracted().model
    if not isinstance(model, Model):
        name = rows.name if model is None else model
        # Embedded networks have size and decoding only, which the library knows.
        preset = None if name in embedded_models() else rows.preset
        file = find_model(name, preset, output=onnx_output, pool=pool)
        manifest = output.extracted()
        model = Model(model_for_output(file, manifest, output.place, output.place))
    if ModelIdentity.of(model).same_features(rows):
        return model
    raise BadInput(
        f"{output.place.path_of('')}: its rows are from another network than "
        f"{printable(model.name)}: {printable(rows.name)} ({printable(rows.identity)}), "
        f"SHA-256 {rows.sha256[:16]}: give the file of the rows' network as model=, with the "
        "same output= and pool="
    )


def _fastest(
    fp32: ModelFile,
    network: Model,
    photos: Place,
    out: Place,
    include_hidden: bool,
    threads: int,
    say: Callable[[str], object],
) -> ModelFile:
    """Return fp32, or int8 if that is faster and as good on a sample."""
    sample, listed = sample_labels(photos, out, include_hidden, limits().choice_photos)
    if listed < limits().min_photos_for_choice or not sample:
        say(
            f"precision auto: fp32, because {listed} photos take less time than a comparison of "
            "precisions"
        )
        return fp32
    files, models = [fp32], [network]
    try:
        calibration = None
        if not network.calibrated:
            contents = sample_photos(photos, out, include_hidden, limits().calibration_photos)
            calibration = network.calibrate(_batch(contents), threads)
        int8 = replace(fp32, precision="int8", calibration=calibration)
        models.append(Model(int8))
        files.append(int8)
    except (BadCall, BadModel) as error:
        say(f"precision auto: int8 is left out: {error}")
    report = tune(models, _batch(sample), threads, limits().max_choice_seconds, listed)
    why = [report["why"], *filter(None, (one["why_not"] for one in report["candidates"]))]
    say(f"precision auto: {'; '.join(why)} (by {report['rule']})")
    return files[report["taken"]]


def _batch(sample: list[SampledPhoto]) -> pa.RecordBatch:
    contents = pa.array([photo.content for photo in sample], pa.large_binary())
    paths = pa.array([photo.path for photo in sample])
    labels = pa.array([photo.label for photo in sample])
    return pa.RecordBatch.from_arrays([contents, paths, labels], ["content", "path", "label"])
