"""Makes tests/golden/presets.json: what libraries' own preprocessing makes of tests/golden/photos.

usage: presets.py    in an environment with torch, torchvision, timm, transformers, keras, pillow

pixels   SHA-256 of the uint8 image (height, width, 3) that the tensor was made of
values   every 10,007th number of the float32 tensor (channels, height, width)
near     libraries whose tensors are not quite those: how far away, as shares of the largest number
keras    what each module of keras.applications makes of `pixel`
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import numpy.typing as npt
import timm
import torchvision
import transformers
from PIL import Image, ImageOps
from torchvision import transforms

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
PACKAGES = ("torch", "torchvision", "timm", "transformers", "keras", "numpy", "pillow")
STEP = 10_007
PIXEL = (0, 100, 255)
KERAS = (
    *("convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2"),
    *("inception_v3", "mobilenet", "mobilenet_v2", "mobilenet_v3", "nasnet", "resnet", "resnet50"),
    *("resnet_v2", "vgg16", "vgg19", "xception"),
)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
HALF = ((0.5,) * 3, (0.5,) * 3)
CAFFE = ((123.68 / 255, 116.779 / 255, 103.939 / 255), (1 / 255,) * 3)
DINOV2 = {
    "size": {"shortest_edge": 256},
    "crop_size": {"height": 224, "width": 224},
    "image_mean": IMAGENET[0],
    "image_std": IMAGENET[1],
    "resample": Image.Resampling.BICUBIC,
}

Tensor = npt.NDArray[np.float32]
Make = Callable[[Image.Image], Any]
Numbers = tuple[tuple[float, ...], tuple[float, ...]]


def _keras(module: Any) -> Make:
    def make(image: Image.Image) -> Tensor:
        pixels = np.asarray(image.resize((224, 224)), np.float32)
        tensor: Tensor = module.preprocess_input(pixels).transpose(2, 0, 1)
        return tensor

    return make


def _load_img(image: Image.Image) -> Tensor:
    file = io.BytesIO()
    image.save(file, "PNG")
    pixels = np.asarray(keras.utils.load_img(file, target_size=(224, 224)), np.float32)
    tensor: Tensor = keras.applications.mobilenet_v2.preprocess_input(pixels).transpose(2, 0, 1)
    return tensor


def _timm(network: str, **changes: Any) -> Make:
    config = timm.models.get_pretrained_cfg(network).to_dict()
    resolved = timm.data.resolve_data_config(changes, pretrained_cfg=config)
    make: Make = timm.data.create_transform(**resolved)
    return make


def _by_torchvision(shorter: int, numbers: Numbers) -> Make:
    bicubic = transforms.InterpolationMode.BICUBIC
    make: Make = transforms.Compose(
        [
            transforms.Resize(shorter, interpolation=bicubic),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize(*numbers),
        ]
    )
    return make


def _processor(kind: str, **config: Any) -> Make:
    processor = getattr(transformers, kind)(**config)
    return lambda image: processor(image, return_tensors="np")["pixel_values"][0]


def _weights(name: str) -> Make:
    make: Make = getattr(torchvision.models.ResNet50_Weights, name).transforms()
    return make


# Whose it is, the preset that makes the same, what the tensor was normalised by.
PIPELINES: list[tuple[str, str, Numbers, Make]] = [
    ("keras resnet50", "keras", CAFFE, _keras(keras.applications.resnet50)),
    ("keras mobilenet_v2", "mobilenet-v2", HALF, _keras(keras.applications.mobilenet_v2)),
    ("keras load_img", "mobilenet-v2,filter=nearest", HALF, _load_img),
    ("torchvision resnet50 V1", "torchvision,resize=crop:256", IMAGENET, _weights("IMAGENET1K_V1")),
    ("torchvision resnet50 V2", "torchvision,resize=crop:232", IMAGENET, _weights("IMAGENET1K_V2")),
    ("timm mobilenetv2_100", "timm", IMAGENET, _timm("mobilenetv2_100")),
    ("timm resnet50", "timm,resize=crop:0.95", IMAGENET, _timm("resnet50")),
    ("timm tf_efficientnet_lite0", "timm,scale=-1..1", HALF, _timm("tf_efficientnet_lite0")),
    # huggingface/pytorch-image-models#1383: some networks were evaluated without a crop.
    (
        "timm, squashed",
        "timm,resize=stretch",
        IMAGENET,
        _timm("resnet50", crop_mode="squash", crop_pct=1.0),
    ),
    ("DINOv2's repository", "dinov2", IMAGENET, _by_torchvision(256, IMAGENET)),
    ("CLIP's repository", "clip", CLIP, _by_torchvision(224, CLIP)),
]
# Hugging Face cuts an odd number of pixels otherwise, and by default does not resize with Pillow.
NEAR: list[tuple[str, str, Make]] = [
    ("transformers CLIP, Pillow", "CLIP's repository", _processor("CLIPImageProcessorPil")),
    ("transformers CLIP", "CLIP's repository", _processor("CLIPImageProcessor")),
    ("transformers DINOv2", "DINOv2's repository", _processor("BitImageProcessor", **DINOV2)),
]


def pixels_of(tensor: Tensor, numbers: Numbers, bgr: bool) -> npt.NDArray[np.uint8]:
    """The image that a tensor was made of."""
    image = tensor[::-1] if bgr else tensor
    mean, deviation = (np.array(each)[:, None, None] for each in numbers)
    exact = (image * deviation + mean) * 255
    rounded = np.rint(exact)
    assert np.abs(rounded - exact).max() < 0.01, "not made of whole pixels"
    return rounded.astype(np.uint8).transpose(1, 2, 0)


def main() -> None:
    photos = {
        photo.name: ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
        for photo in sorted((GOLDEN / "photos").iterdir())
    }
    tensors = {
        who: {n: np.asarray(make(i)) for n, i in photos.items()} for who, _, _, make in PIPELINES
    }
    pipelines = []
    for who, preset, numbers, _ in PIPELINES:
        of_photos = {}
        for name, tensor in tensors[who].items():
            pixels = np.ascontiguousarray(pixels_of(tensor, numbers, preset == "keras"))
            of_photos[name] = {
                "pixels": hashlib.sha256(pixels.tobytes()).hexdigest(),
                "values": [float(value) for value in tensor.ravel()[::STEP]],
            }
        pipelines.append({"who": who, "preset": preset, "photos": of_photos})
    near = []
    for who, ours, make in NEAR:
        largest = max(np.abs(tensor).max() for tensor in tensors[ours].values())
        away = {
            n: np.abs(np.asarray(make(i)) - tensors[ours][n]) / largest for n, i in photos.items()
        }
        near.append(
            {
                "who": who,
                "by": ours,
                "photos": {
                    name: {"most": float(share.max()), "mean": float(share.mean())}
                    for name, share in away.items()
                },
            }
        )
    pixel = np.array([[[PIXEL]]], np.float32)
    golden = {
        "command": "tools/golden/presets.py",
        "versions": {"python": platform.python_version()}
        | {package: importlib.metadata.version(package) for package in PACKAGES},
        "step": STEP,
        "pipelines": pipelines,
        "near": near,
        "pixel": PIXEL,
        "keras": {
            name: [
                float(x)
                for x in getattr(keras.applications, name).preprocess_input(pixel.copy()).ravel()
            ]
            for name in KERAS
        },
    }
    (GOLDEN / "presets.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
