"""Makes tests/golden/keras_resnet50: features by Keras with the seeded weights.

usage: keras_resnet50.py      in an environment with tensorflow-cpu 2.16.1, h5py and pillow

features.bin        (photos, 2048) float32: keras.applications.ResNet50, the .h5 loaded by Keras
stride_in_3x3.bin   the same weights under torchvision's strides: what must not come out
"""

import json
import os
import platform
import tempfile
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")

import keras
import numpy as np
import PIL
import resnet50_weights
import tensorflow as tf
from PIL import Image, ImageOps

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
SIDE = 224


def load(path: Path) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)


def stride_in_3x3() -> keras.Model:
    """ResNet50 as torchvision has it, with Keras's names of layers."""

    def unit(
        x: keras.KerasTensor, name: str, width: int, kernel: int, stride: int, relu: bool
    ) -> keras.KerasTensor:
        x = keras.layers.Conv2D(width, kernel, stride, "same" if stride == 1 else "valid",
                                name=f"{name}_conv")(x)  # fmt: skip
        x = keras.layers.BatchNormalization(epsilon=1.001e-5, name=f"{name}_bn")(x)
        return keras.layers.ReLU()(x) if relu else x

    image = keras.Input((SIDE, SIDE, 3))
    x = unit(keras.layers.ZeroPadding2D(3)(image), "conv1", 64, 7, 2, True)
    x = keras.layers.MaxPooling2D(3, 2)(keras.layers.ZeroPadding2D(1)(x))
    for stage, (width, blocks) in enumerate(resnet50_weights.STAGES, start=2):
        for block in range(1, blocks + 1):
            name = f"conv{stage}_block{block}"
            stride = 2 if block == 1 and stage > 2 else 1
            shortcut = x if block > 1 else unit(x, f"{name}_0", 4 * width, 1, stride, False)
            x = unit(x, f"{name}_1", width, 1, 1, True)
            if stride == 2:
                x = keras.layers.ZeroPadding2D(1)(x)
            x = unit(x, f"{name}_2", width, 3, stride, True)
            x = unit(x, f"{name}_3", 4 * width, 1, 1, False)
            x = keras.layers.ReLU()(keras.layers.Add()([shortcut, x]))
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x))


def main() -> None:
    photos = sorted((GOLDEN / "photos").iterdir())
    pixels = np.stack([load(photo) for photo in photos])
    tensor = keras.applications.resnet50.preprocess_input(pixels.copy())
    model = keras.applications.ResNet50(weights=None, include_top=False, pooling="avg")
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder, "resnet50.h5")
        resnet50_weights.write(weights)
        model.load_weights(weights)
    other = stride_in_3x3()
    for layer in other.layers:
        if layer.weights:
            layer.set_weights(model.get_layer(layer.name).get_weights())
    features = model.predict(tensor, verbose=0)
    strided = other.predict(tensor, verbose=0)

    out = GOLDEN / "keras_resnet50"
    out.mkdir(parents=True, exist_ok=True)
    features.astype("<f4").tofile(out / "features.bin")
    strided.astype("<f4").tofile(out / "stride_in_3x3.bin")
    largest = float(np.abs(features).max())
    manifest = {
        "command": "tools/golden/keras_resnet50.py",
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
            "pillow": PIL.__version__,
        },
        "weights": {
            "command": "tools/golden/resnet50_weights.py",
            "sha256_of_the_numbers": resnet50_weights.digest(),
        },
        "photos": [photo.name for photo in photos],
        "features": {
            "shape": list(features.shape),
            "largest": largest,
            "median": float(np.median(features)),
            "share_of_zeros": float((features == 0).mean()),
            "largest_difference_between_photos": float(np.ptp(features, axis=0).max()),
        },
        "stride_in_3x3": {"largest_difference": float(np.abs(strided - features).max())},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    main()
