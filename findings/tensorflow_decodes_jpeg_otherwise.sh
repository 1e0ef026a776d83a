#!/usr/bin/env bash
# TensorFlow (tensorflow-cpu 2.21.0) decodes JPEG by the fast, inexact DCT unless told otherwise: its pixels,
# and those of keras.utils.image_dataset_from_directory, are not Pillow's, OpenCV's or torchvision's.
#
# Seen on a photo of quality 75 with fine grain: other values in tens of per cent of the samples, by several
# levels; with dct_method="INTEGER_ACCURATE" the bytes of Pillow 13.0.0. The documentation says only that the
# default "maps to a system-specific default".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tensorflow-cpu==2.21.0 pillow==13.0.0
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python - <<'PY'
import io

import numpy as np
import tensorflow as tf
from PIL import Image

grain = np.random.default_rng(1).integers(0, 256, (25, 25, 3), np.uint8)
photo = Image.fromarray(grain).resize((200, 200), Image.Resampling.BICUBIC)
file = io.BytesIO()
photo.save(file, "JPEG", quality=75)
wanted = np.asarray(Image.open(file).convert("RGB")).astype(int)
default, exact = (
    np.abs(tf.io.decode_jpeg(file.getvalue(), channels=3, dct_method=method).numpy() - wanted)
    for method in ("", "INTEGER_ACCURATE")
)
print(tf.__version__, "default:", (default != 0).mean(), default.max(), "exact:", exact.max())
assert default.max() >= 2, "the default decodes as Pillow now"
assert exact.max() == 0, "INTEGER_ACCURATE decodes otherwise than Pillow now"
PY
