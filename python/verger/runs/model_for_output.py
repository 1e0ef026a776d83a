"""The network as an output has it, or as it is asked for: what the program's run takes too."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from verger._library import borrowed, take_text
from verger.errors import BadCall, BadModel
from verger.find_model import ModelFile
from verger.model import Model, Step
from verger.runs.manifest import Manifest
from verger.runs.sample import SampledPhoto, sample_labels, sample_photos
from verger.runs.storage import Place
from verger.tune import tune

# Photos that a calibration looks at: more change nothing to speak of.
CALIBRATION_PHOTOS = 128

# "auto" looks at so many, takes so long at most, and leaves less work alone.
AUTO = "auto"
_CHOICE_PHOTOS = 144
_MOST_SECONDS = 30.0
_FEW_PHOTOS = 1500


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
    """`file` with precision, input size and decoding as asked for, else as the output's rows of the
    same network have them, else fp32 and the network's own. For int8 that nobody has calibrated
    yet, a sample of the photos goes through the network in fp32; `step` is as Model.calibrate's.
    `opened` is `file` in fp32, where the caller has it already: reading it takes memory and time.

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
    chosen = replace(
        file,
        preset=choice["preset"] or None,
        precision=choice["precision"] or None,
        calibration=file.calibration or choice["calibration"] or None,
    )
    if choose and not chosen.precision:
        # Without rows the precision alone is open: this is the network that was asked for.
        return _fastest(chosen, network, photos, out, include_hidden, threads, say)
    if chosen.precision == "int8" and not chosen.calibration and not network.calibrated:
        if chosen.preset != file.preset:
            network = Model(replace(fp32, preset=chosen.preset))
        sample = sample_photos(photos, out, include_hidden, CALIBRATION_PHOTOS)
        chosen = replace(chosen, calibration=network.calibrate(_batch(sample), threads, step))
    return chosen


def _fastest(
    fp32: ModelFile,
    network: Model,
    photos: Place,
    out: Place,
    include_hidden: bool,
    threads: int,
    say: Callable[[str], object],
) -> ModelFile:
    """fp32, or int8 if that is faster and as good on a sample."""
    sample, listed = sample_labels(photos, out, include_hidden, _CHOICE_PHOTOS)
    if listed < _FEW_PHOTOS or not sample:
        say(f"precision auto: fp32, for {listed} photos are done before anything else is tried")
        return fp32
    files, models = [fp32], [network]
    try:
        calibration = None
        if not network.calibrated:
            contents = sample_photos(photos, out, include_hidden, CALIBRATION_PHOTOS)
            calibration = network.calibrate(_batch(contents), threads)
        int8 = replace(fp32, precision="int8", calibration=calibration)
        models.append(Model(int8))
        files.append(int8)
    except (BadCall, BadModel) as error:
        say(f"precision auto: int8 is left out: {error}")
    report = tune(models, _batch(sample), threads, _MOST_SECONDS, listed)
    why = [report["why"], *filter(None, (one["why_not"] for one in report["candidates"]))]
    say(f"precision auto: {'; '.join(why)} (by {report['rule']})")
    return files[report["taken"]]


def _batch(sample: list[SampledPhoto]) -> pa.RecordBatch:
    contents = pa.array([photo.content for photo in sample], pa.large_binary())
    paths = pa.array([photo.path for photo in sample])
    labels = pa.array([photo.label for photo in sample])
    return pa.RecordBatch.from_arrays([contents, paths, labels], ["content", "path", "label"])
