"""Networks by name or file, resolved as by the program's --model."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from verger._home import home_folder
from verger._library import borrowed, call, library, take_bytes
from verger._structs import Text
from verger.errors import BadInput, StorageError
from verger.preset import joined, preset_text
from verger.runs.storage import Missing, NotAFile, Place, S3Settings, open_place

_ENDINGS = (".h5", ".hdf5", ".keras", ".onnx")


@dataclass(frozen=True)
class ModelFile:
    """A network's bytes, not parsed yet. Pickles: this is sent to executors."""

    name: str  # short, for outputs
    preset: str | None  # as Model.open's; None: the default of its format
    data: bytes | None  # None: a network that comes with the library
    origin: str  # for messages
    output: str | None = None  # of ONNX: the tensor that is the features; None: what fits
    pool: str | None = None  # of ONNX: "cls" or "mean"
    stored: bool = False  # its notes were printed when it was added to the store
    precision: str | None = None  # "fp32", which None means too, "bf16" or "int8"
    calibration: str | None = None  # of int8: Model.calibrate's; None: the embedded network's own


@lru_cache(maxsize=1)
def embedded_models() -> tuple[str, ...]:
    """Return the names of the networks that come with the library; the first is the default."""
    return tuple(library().verger_embedded_models().decode().split(","))


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
    views: int | None = None,
    output: str | None = None,
    pool: str | None = None,
    precision: str | None = None,
    calibration: str | None = None,
) -> ModelFile:
    """Read the network that `model` names: a name (`verger model list`), a file or a URL in S3.

    `preset` and the parts after `s3` are as Model.open's. Weights that it keeps in other files
    beside its own are read too, into one file.

    Errors: BadModel for a folder, and for such files that are missing or not its own; BadInput if
            there is none of that name, or it cannot be read; StorageError if a bucket fails, or a
            name is asked for and there is no home. Whether a network can be opened with what is
            chosen, Model says.
    """
    preset = preset_text(preset, scale, filter, channels, resize, input_size, decode, views)
    name = embedded_models()[0] if model is None else os.fspath(model)
    if name in embedded_models():
        return ModelFile(
            name,
            preset,
            None,
            "embedded",
            output,
            pool,
            precision=precision,
            calibration=calibration,
        )
    file = None
    if "/" in name or name.lower().endswith(_ENDINGS) or os.path.isfile(name):
        file = _from_file(name, preset, s3)
    file = file or _from_store(name, preset) or _from_keras(name, preset)
    if file is None and os.path.isdir(name):
        _refuse_folder(name)
    if file is None:
        raise BadInput(
            f"unknown model '{name}': use {', '.join(embedded_models())}, a file (.h5, .onnx), "
            "or a model of the program's store (verger model list, verger model fetch resnet50)"
        )
    return replace(
        file,
        output=output or file.output,
        pool=pool or file.pool,
        precision=precision,
        calibration=calibration,
    )


def _from_file(model: str, preset: str | None, s3: S3Settings | None) -> ModelFile:
    if os.path.isdir(model):
        _refuse_folder(model)
    folder, _, name = model.rpartition("/")
    place = open_place(folder or ("/" if model.startswith("/") else "."), s3)
    try:
        data = place.read(name)
    except NotAFile as error:
        raise BadInput(f"{model}: not a file: give a network (.h5, .onnx)") from error
    except Missing as error:
        raise BadInput(f"{model}: no such file: give a network (.h5, .onnx)") from error
    except StorageError as error:
        # As in the program, an unreadable file of this machine is a bad model.
        raise place.input_error(error) from error
    data = _joined(data, model, place)
    # The official weights keep their name wherever they are stored.
    official = (source["name"] for source in _sources() if _is_file(source, data))
    return ModelFile(next(official, None) or _name_for(name), preset, data, model)


def _joined(data: bytes, origin: str, place: Place) -> bytes:
    """Return `data` with the weights that the network keeps in other files of its folder."""
    file = (data, len(data), os.fsencode(origin))
    names = take_bytes("verger_model_side_files", *file).split(b"\n")[:-1]
    if not names:
        return data
    sides: dict[bytes, bytes] = {}
    for name in names:
        with suppress(Missing):  # the library reports missing files, with the remedy
            sides[name] = place.read(os.fsdecode(name))
    texts = Text * len(sides)
    lent_names, lent_files = texts(*map(borrowed, sides)), texts(*map(borrowed, sides.values()))
    return take_bytes("verger_model_join", *file, lent_names, lent_files, len(sides))


def _refuse_folder(folder: str) -> NoReturn:
    names = "".join(f"{name}\n" for name in os.listdir(folder))
    call("verger_model_is_folder", os.fsencode(folder), borrowed(names))
    raise AssertionError("a folder is no network")


@lru_cache(maxsize=1)
def _sources() -> list[dict[str, Any]]:
    """Return the networks that can be downloaded."""
    sources: list[dict[str, Any]] = json.loads(library().verger_model_sources())
    return sources


def _is_file(source: dict[str, Any], data: bytes) -> bool:
    return len(data) == source["bytes"] and hashlib.md5(data).hexdigest() == source["md5"]


def _name_for(file: str) -> str:
    """Return the name that the program gives to a model of this file."""
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
    """Return a model from the store of this user, where `verger model add` and `fetch` put it."""
    folder = _store_folder()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        return None
    try:
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
    except OSError:
        return None
    damaged = BadInput(
        f"the model '{name}' in {folder} is damaged: repair it by "
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
    """Return the official weights from the folder of Keras's downloads."""
    home = home_folder()
    keras = os.environ.get("KERAS_HOME") or (home and home / ".keras")
    source = next((source for source in _sources() if source["name"] == name), None)
    if source is None or not keras:
        return None
    file = Path(keras) / "models" / source["file_name"]
    if not file.is_file():
        return None
    data = file.read_bytes()
    if not _is_file(source, data):
        return None
    return ModelFile(name, joined(source["preset"], preset), data, str(file), stored=True)
