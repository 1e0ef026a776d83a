"""Measures what other programs make of photos beside our pixels: the tables of docs/numerics.md.

usage: compare_pixels.py NETWORK.onnx FOLDER [N [large]]
           in a venv of `pip install --no-deps -r requirements/pixels.txt`

NETWORK is build/networks/efficientnet-lite0.onnx. FOLDER has JPEGs, of which N (100) are taken,
evenly chosen; with `large`, enlarged to 4000 x 3000 with a grain of 8 levels. Our pixels are
Pillow's (tests/parity/test_pixels.py), which stand for them here.

Prints versions; for each way to decode, how many photos have other bytes and the largest
difference; for each way to 224 x 224 pixels, the cosine of its features to ours, mean and lowest.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from pixel_reference import (  # noqa: E402
    SIDE,
    Array,
    Network,
    cosine,
    decode,
    enlarged,
    evenly_chosen,
    ours,
    resize,
)
from torchvision.io import ImageReadMode, decode_image  # noqa: E402
from torchvision.transforms.v2 import InterpolationMode, functional  # noqa: E402

PACKAGES = (
    "pillow",
    "tensorflow-cpu",
    "keras",
    "torchvision",
    "opencv-python-headless",
    "openvino",
)
Way = Callable[[Path], Array]


def tensorflow_decode(method: str) -> Way:
    return lambda path: tf.io.decode_jpeg(path.read_bytes(), channels=3, dct_method=method).numpy()


def torchvision_decode(path: Path) -> Array:
    return decode_image(str(path), ImageReadMode.RGB).permute(1, 2, 0).numpy()


def opencv_decode(path: Path) -> Array:
    return cv2.imread(str(path), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)


def keras_load(interpolation: str) -> Way:
    return lambda path: np.asarray(
        tf.keras.utils.load_img(path, target_size=(SIDE, SIDE), interpolation=interpolation)
    )


def keras_dataset(path: Path) -> Array:
    """What image_dataset_from_directory gives of a folder that holds this photo alone."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / path.name).symlink_to(path.resolve())
        photos = tf.keras.utils.image_dataset_from_directory(
            folder, labels=None, image_size=(SIDE, SIDE), shuffle=False, verbose=False
        )
        return next(iter(photos)).numpy()[0]


def tensorflow_resize(method: str, antialias: bool) -> Way:
    return lambda path: tf.image.resize(
        decode(path), (SIDE, SIDE), method=method, antialias=antialias
    ).numpy()


def torchvision_resize(antialias: bool) -> Way:
    def way(path: Path) -> Array:
        tensor = torch.from_numpy(decode(path).copy()).permute(2, 0, 1)
        bicubic = InterpolationMode.BICUBIC
        small = functional.resize(tensor, [SIDE, SIDE], bicubic, antialias=antialias)
        return small.permute(1, 2, 0).numpy()

    return way


def opencv_resize(method: int) -> Way:
    return lambda path: cv2.resize(decode(path), (SIDE, SIDE), interpolation=method)


def dct_scaled(times: int) -> Way:
    """Decoded at the least scale of the DCT whose sides are both this many times the input's."""

    def way(path: Path) -> Array:
        image = Image.open(path)
        image.draft("RGB", (times * SIDE, times * SIDE))
        return resize(np.asarray(image.convert("RGB")))

    return way


# Display P3 to sRGB, in linear light: the standards' matrices to and from XYZ, multiplied.
P3_TO_SRGB = np.array([[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]])


def from_display_p3(path: Path) -> Array:
    """The photo as if its numbers were Display P3's, with its colours kept: what we do not do."""
    light = decode(path) / 255.0
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    light = np.clip(light @ P3_TO_SRGB.T, 0, 1)
    light = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return resize(np.rint(light * 255).astype(np.uint8))


def grey(path: Path) -> Array:
    """The photo in grey, 16 bits a sample."""
    return np.asarray(Image.open(path).convert("L")).astype(np.uint16) * 257


def grey_by_high_byte(path: Path) -> Array:
    return resize(np.repeat((grey(path) >> 8).astype(np.uint8)[..., None], 3, axis=2))


def grey_by_pillow(path: Path) -> Array:
    """A PNG of 16-bit grey, as Pillow converts it to RGB."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        Image.fromarray(grey(path)).save(file.name)
        return ours(Path(file.name))


DECODERS: dict[str, Way] = {
    "torchvision decode_image, mode RGB": torchvision_decode,
    "OpenCV imread": opencv_decode,
    "TensorFlow decode_jpeg": tensorflow_decode(""),
    "TensorFlow decode_jpeg, INTEGER_ACCURATE": tensorflow_decode("INTEGER_ACCURATE"),
}
WAYS: dict[str, tuple[Way, Way]] = {
    "Keras load_img, its default (nearest)": (keras_load("nearest"), ours),
    "Keras load_img, bilinear": (keras_load("bilinear"), ours),
    "Keras load_img, bicubic": (keras_load("bicubic"), ours),
    "Keras image_dataset_from_directory": (keras_dataset, ours),
    "tf.image.resize, bilinear (its default)": (tensorflow_resize("bilinear", False), ours),
    "tf.image.resize, bicubic": (tensorflow_resize("bicubic", False), ours),
    "tf.image.resize, bicubic, antialias": (tensorflow_resize("bicubic", True), ours),
    "torchvision resize of a tensor, bicubic, antialias": (torchvision_resize(True), ours),
    "torchvision resize of a tensor, bicubic, no antialias": (torchvision_resize(False), ours),
    "OpenCV resize, INTER_LINEAR (its default)": (opencv_resize(cv2.INTER_LINEAR), ours),
    "OpenCV resize, INTER_CUBIC": (opencv_resize(cv2.INTER_CUBIC), ours),
    "OpenCV resize, INTER_AREA": (opencv_resize(cv2.INTER_AREA), ours),
    "DCT-scaled, sides of 448 or more": (dct_scaled(2), ours),
    "DCT-scaled, sides of 224 or more": (dct_scaled(1), ours),
    "Display P3 with its colours kept": (from_display_p3, ours),
    "16-bit grey as Pillow clips it, to the high byte": (grey_by_pillow, grey_by_high_byte),
}


def main() -> None:
    file, folder, *more = sys.argv[1:]
    photos = evenly_chosen(Path(folder), int(more[0]) if more else 100)
    with tempfile.TemporaryDirectory() as scratch:
        compare(file, enlarged(photos, scratch) if more[1:] == ["large"] else photos)


def compare(file: str, photos: list[Path]) -> None:
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES))
    sizes = sorted({Image.open(path).size for path in photos})
    print(f"{len(photos)} photos of {sizes[0]} to {sizes[-1]} pixels")
    for name, way in DECODERS.items():
        gaps = [int(np.abs(way(path).astype(int) - decode(path)).max()) for path in photos]
        print(f"{name:55} {np.count_nonzero(gaps):4} photos differ, by {max(gaps)} at most")
    network = Network(file)
    before: dict[tuple[Way, Path], Array] = {}
    for name, (way, reference) in WAYS.items():
        cosines = []
        for path in photos:
            key = reference, path
            if key not in before:
                before[key] = network.features(reference(path))
            cosines.append(cosine(network.features(way(path)), before[key]))
        print(f"{name:55} {np.mean(cosines):.4f} mean {min(cosines):.4f} lowest", flush=True)


if __name__ == "__main__":
    main()
