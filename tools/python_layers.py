"""Layers inside python/verger, for check_layers.py: each may import itself and those before it."""

from pathlib import PurePosixPath

# Modules by their names below `verger`. Those of verger/ and verger/runs/ that are not listed are
# in the last layer.
LAYERS: dict[str, str] = {
    "base": """
        _arrow _columns _handle _home _library _limits _numbers _structs _usable_threads
        _long_call _version errors memory preset runs.ahead runs.text
    """,
    "storage": """
        runs.aws runs.bucket_listing runs.file_errors runs.file_lock runs.files
        runs.folder_listing runs.folder_photos runs.local runs.pending_file runs.photo
        runs.photo_batches runs.place runs.regions runs.retries runs.s3 runs.s3_client
        runs.s3_errors runs.s3_get runs.s3_lock runs.storage runs.web
    """,
    "engine": """
        class_moments classifier drift extractor find_model index model moments pca tune
    """,
    "photos": "runs.batch_store runs.hashed_listing runs.listing runs.read runs.sample",
    "output": """
        runs.contents runs.manifest runs.output runs.part_rows runs.parts runs.plan runs.rules
        runs.todo
    """,
    "runs": "",
}
_ORDER = tuple(LAYERS)
_LAYER_OF = {module: layer for layer, modules in LAYERS.items() for module in modules.split()}
# Packages above all layers, which do not import each other.
_TOPS = ("spark", "cloud")
_PACKAGE = "verger"


def module_of(file: str) -> str:
    """Return the name below `verger` of a file of python/verger: "runs.place"; "" for its own."""
    parts = PurePosixPath(file).with_suffix("").parts[2:]
    if not parts:  # beside the package: python/verger_command.py
        return ""
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    """Return the layer of a module below `verger`, or the package on top that it is in."""
    top = module.split(".")[0]
    return top if top in _TOPS else _LAYER_OF.get(module, _ORDER[-1])


def reaches_up(file: str, imported: str) -> str:
    """Return "LAYER may not import MODULE" if a file imports a module above its layer, else ""."""
    user = module_of(file)
    if not user or not imported.startswith(f"{_PACKAGE}."):
        return ""
    module = imported.removeprefix(f"{_PACKAGE}.")
    mine, theirs = layer_of(user), layer_of(module)
    allowed = (*_ORDER, mine) if mine in _TOPS else _ORDER[: _ORDER.index(mine) + 1]
    if theirs in allowed or module == "runs":
        return ""
    return f"{mine} ({user}) may not import {theirs} ({module})"
