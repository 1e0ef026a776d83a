"""Makes tests/golden/keras_resnet50_sizes: Keras's features by the seeded weights, other sizes.

usage: keras_resnet50_sizes.py    in an environment with keras, torch, h5py and pillow

features_SIDE.bin  (photos, 2048) float32: keras.applications.ResNet50 with an input of that side,
                   the .h5 loaded by Keras
"""

import importlib.metadata
import json
import os
import platform
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import resnet50_weights
from PIL import Image, ImageOps

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
SIDES = (112, 320)
PACKAGES = ("keras", "torch", "numpy", "pillow", "h5py")


def load(path: Path, side: int) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), np.float32)


def main() -> None:
    photos = sorted((GOLDEN / "photos").iterdir())
    out = GOLDEN / "keras_resnet50_sizes"
    out.mkdir(parents=True, exist_ok=True)
    sides = {}
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder, "resnet50.h5")
        resnet50_weights.write(weights)
        for side in SIDES:
            tensor = keras.applications.resnet50.preprocess_input(
                np.stack([load(photo, side) for photo in photos])
            )
            model = keras.applications.ResNet50(
                weights=None, include_top=False, pooling="avg", input_shape=(side, side, 3)
            )
            model.load_weights(weights)
            features = model.predict(tensor, verbose=0)
            features.astype("<f4").tofile(out / f"features_{side}.bin")
            sides[str(side)] = {
                "shape": list(features.shape),
                "largest": float(np.abs(features).max()),
                "median": float(np.median(features)),
            }
    manifest = {
        "command": "tools/golden/keras_resnet50_sizes.py",
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in PACKAGES},
        "weights": {
            "command": "tools/golden/resnet50_weights.py",
            "sha256_of_the_numbers": resnet50_weights.digest(),
        },
        "photos": [photo.name for photo in photos],
        "sides": sides,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    main()
