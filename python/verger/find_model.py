"""Networks by name or file: what the program's --model finds, found the same way."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from verger._home import home_folder
from verger._library import borrowed, call, take_bytes
from verger._structs import Text
from verger.errors import BadInput, StorageError
from verger.preset import joined, preset_text
from verger.runs.storage import LocalPlace, Missing, Place, S3Settings, open_place

EMBEDDED = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")  # first: the default

# Keras states sizes and MD5s, no SHA-256.
_RESNET50 = "resnet50"
_RESNET50_FILE = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
_RESNET50_BYTES = 94_765_736
_RESNET50_MD5 = "4d473c1dd8becc155b73f8504c6f6626"

_ENDINGS = (".h5", ".hdf5", ".keras", ".onnx")


@dataclass(frozen=True)
class ModelFile:
    """A network's bytes, not yet looked into. Pickles: this is what crosses to executors."""

    name: str  # short, for outputs
    preset: str | None  # as Model.open's; None: the default of its format
    data: bytes | None  # None: a network inside the library
    origin: str  # for messages
    output: str | None = None  # of ONNX: the tensor that is the features; None: what fits
    pool: str | None = None  # of ONNX: "cls" or "mean"
    stored: bool = False  # then what is to be said of it was said when it was added
    precision: str | None = None  # "fp32", which None means too, "bf16" or "int8"
    calibration: str | None = None  # of int8: Model.calibrate's; None: the embedded network's own


def find_model(
    model: str | os.PathLike[str] | None = None,
    preset: str | None = None,
    s3: S3Settings | None = None,
    *,
    scale: str | None = None,
    filter: str | None = None,
    channels: str | None = None,
    resize: str | None = None,
    input_size: int | None = None,
    decode: str | None = None,
    output: str | None = None,
    pool: str | None = None,
    precision: str | None = None,
    calibration: str | None = None,
) -> ModelFile:
    """Reads the network that `model` names: a name (`verger model list`), a file or a URL in S3.

    `preset` and the parts after `s3` are as Model.open's. Weights that it keeps in other files
    beside its own are read too, into one file.

    Errors: BadModel for a folder, and for such files that are missing or not its own; BadInput if
            there is none of that name, or it cannot be read; StorageError if a bucket fails, or a
            name is asked for and there is no home. Whether a network can be opened with what is
            chosen, Model says.
    """
    preset = preset_text(preset, scale, filter, channels, resize, input_size, decode)
    wanted = EMBEDDED[0] if model is None else os.fspath(model)
    if wanted in EMBEDDED:
        return ModelFile(
            wanted,
            preset,
            None,
            "embedded",
            output,
            pool,
            precision=precision,
            calibration=calibration,
        )
    found = None
    if "/" in wanted or wanted.lower().endswith(_ENDINGS) or os.path.isfile(wanted):
        found = _from_file(wanted, preset, s3)
    found = found or _from_store(wanted, preset) or _from_keras(wanted, preset)
    if found is None and os.path.isdir(wanted):
        _refuse_folder(wanted)
    if found is None:
        raise BadInput(
            f"no model '{wanted}' here: give {', '.join(EMBEDDED)}, a file (.h5, .onnx), or the "
            "name of one that the program has: verger model list, verger model fetch resnet50"
        )
    return replace(
        found,
        output=output or found.output,
        pool=pool or found.pool,
        precision=precision,
        calibration=calibration,
    )


def _from_file(wanted: str, preset: str | None, s3: S3Settings | None) -> ModelFile:
    if os.path.isdir(wanted):
        _refuse_folder(wanted)
    folder, _, name = wanted.rpartition("/")
    place = open_place(folder or ("/" if wanted.startswith("/") else "."), s3)
    try:
        data = place.read(name)
    except Missing as missing:
        raise BadInput(f"{wanted}: no such file: name a network (.h5, .onnx)") from missing
    except StorageError as error:
        if isinstance(place, LocalPlace):
            raise _no_model(wanted, place.path(name), error) from error
        raise
    data = _joined(data, wanted, place)
    # The official weights are called what they are wherever they lie.
    return ModelFile(_RESNET50 if _is_resnet50(data) else _name_for(name), preset, data, wanted)


def _joined(data: bytes, origin: str, place: Place) -> bytes:
    """`data` with the weights that it keeps in other files of its folder."""
    file = (data, len(data), os.fsencode(origin))
    names = take_bytes("verger_model_side_files", *file).split(b"\n")[:-1]
    if not names:
        return data
    sides: dict[bytes, bytes] = {}
    for name in names:
        with suppress(Missing):  # the library says what is missing, and the way on
            sides[name] = place.read(os.fsdecode(name))
    lent = Text * len(sides)
    lent_names, lent_files = lent(*map(borrowed, sides)), lent(*map(borrowed, sides.values()))
    return take_bytes("verger_model_join", *file, lent_names, lent_files, len(sides))


def _refuse_folder(wanted: str) -> NoReturn:
    names = "".join(f"{name}\n" for name in os.listdir(wanted))
    call("verger_model_is_folder", os.fsencode(wanted), borrowed(names))
    raise AssertionError("a folder is no network")


def _no_model(wanted: str, path: str, error: StorageError) -> BadInput:
    """To the program, too, a file of this machine that cannot be read is a bad model."""
    if os.path.isfile(path):
        return BadInput(str(error))
    what = "not a file" if os.path.exists(path) else "no such file"
    return BadInput(f"{wanted}: {what}: name a network (.h5, .onnx)")


def _is_resnet50(data: bytes) -> bool:
    if len(data) != _RESNET50_BYTES:
        return False
    return hashlib.md5(data).hexdigest() == _RESNET50_MD5


def _name_for(file: str) -> str:
    """The name that the program gives to a model of this file."""
    stem = file
    for ending in _ENDINGS:
        if len(stem) > len(ending) and stem.endswith(ending):
            stem = stem[: -len(ending)]
    name = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9._-]", "-", stem.lower()))
    name = re.sub(r"^[^a-z0-9]+", "", name)[:64].rstrip("-")
    return name or "model"


def _store_folder() -> Path:
    if os.environ.get("VERGER_MODELS"):
        return Path(os.environ["VERGER_MODELS"])
    data = os.environ.get("XDG_DATA_HOME", "")
    if data.startswith("/"):
        return Path(data) / "verger" / "models"
    home = home_folder()
    if home is None:
        raise StorageError(
            "there is no home folder to keep models in: set HOME, or VERGER_MODELS to a folder"
        )
    return home / ".local" / "share" / "verger" / "models"


def _from_store(name: str, preset: str | None) -> ModelFile | None:
    """A model that `verger model add` or `fetch` has put into the store of this user."""
    folder = _store_folder()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        return None
    try:
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
    except OSError:
        return None
    damaged = BadInput(
        f"the model '{name}' in {folder} is damaged: put it right by "
        f"'verger model add FILE --name {name} --replace'"
    )
    try:
        entry = json.loads(text)
        file = folder / os.path.basename(entry["file"])
        data = file.read_bytes()
        own_preset, sha256 = str(entry["preset"]), entry["sha256"]
        output, pool = entry.get("output"), entry.get("pool")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise damaged
    return ModelFile(name, joined(own_preset, preset), data, str(file), output, pool, stored=True)


def _from_keras(name: str, preset: str | None) -> ModelFile | None:
    """The official weights where Keras keeps what it has downloaded."""
    home = home_folder()
    keras = os.environ.get("KERAS_HOME") or (home and home / ".keras")
    if name != _RESNET50 or not keras:
        return None
    file = Path(keras) / "models" / _RESNET50_FILE
    if not file.is_file():
        return None
    data = file.read_bytes()
    if not _is_resnet50(data):
        return None
    return ModelFile(name, joined("keras", preset), data, str(file), stored=True)
