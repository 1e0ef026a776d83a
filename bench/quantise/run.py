"""How near to float32 does int8 stay, ours and NNCF's, with weights of 7 bits in both?

    pip install nncf==3.4.0        into the Python that runs this, beside openvino, numpy, pillow
    python bench/quantise/run.py [--photos DIR …] [--calibrate 128] [--test 272]

EfficientNet-Lite0 at 224. Both are calibrated on the same photos, and their features compared with
float32's on others: the mean and the least cosine. Pixels are Pillow's for NNCF and ours for ours,
which are equal. By default the photos are those of ../shared/fruits360 and ../shared/grocery.
"""

import argparse
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
from figures import row
from machine import BUILD, ROOT, save

SIDE, BATCH = 224, 4
Floats = npt.NDArray[np.float32]


def sample_of(folders: list[Path], count: int) -> list[Path]:
    """As many photos of each folder, the same ones at every call."""
    generator = random.Random(7)
    each = count // len(folders)
    return [
        photo
        for folder in folders
        for photo in generator.sample(sorted(folder.rglob("*.jpg")), each)
    ]


def cosines(expected: Floats, actual: Floats) -> dict[str, float]:
    products = (expected * actual).sum(axis=1)
    values = products / np.linalg.norm(expected, axis=1) / np.linalg.norm(actual, axis=1)
    return {"mean": float(values.mean()), "least": float(values.min())}


def ours(calibrate: list[Path], test: list[Path]) -> tuple[Floats, Floats]:
    """Features in fp32 and in int8."""
    import verger

    def batch(photos: list[Path]) -> pa.RecordBatch:
        return pa.record_batch({"content": [photo.read_bytes() for photo in photos]})

    def features(model: verger.Model) -> Floats:
        table = verger.Extractor(model).extract(batch(test))
        return np.stack(table.column("features").to_numpy(zero_copy_only=False))

    fp32 = verger.Model.open()
    text = fp32.calibrate(batch(calibrate))
    return features(fp32), features(verger.Model.open(precision="int8", calibration=text))


def nncfs(calibrate: list[Path], test: list[Path]) -> Floats:
    """NNCF's features, by OpenVINO."""
    import nncf
    import openvino as ov

    def pixels(photos: list[Path]) -> list[npt.NDArray[np.uint8]]:
        images = [
            np.asarray(
                Image.open(photo).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            )
            for photo in photos
        ]
        whole = len(images) // BATCH * BATCH
        return [np.stack(images[at : at + BATCH]) for at in range(0, whole, BATCH)]

    network = ov.convert_model(str(BUILD / "networks" / "efficientnet-lite0.onnx"))
    chain = ov.preprocess.PrePostProcessor(network)
    chain.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    chain.input().model().set_layout(ov.Layout("NCHW"))
    chain.input().preprocess().convert_element_type(ov.Type.f32).mean(127.0).scale(128.0)
    network = chain.build()
    network.reshape([BATCH, SIDE, SIDE, 3])
    quantised = nncf.quantize(
        network,
        nncf.Dataset(pixels(calibrate)),
        preset=nncf.QuantizationPreset.PERFORMANCE,
        subset_size=len(calibrate) // BATCH,
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            overflow_fix=nncf.OverflowFix.ENABLE
        ),
    )
    compiled: Any = ov.Core().compile_model(quantised, "CPU")
    return np.concatenate([compiled([images])[0].copy() for images in pixels(test)])


def main() -> None:
    parser = argparse.ArgumentParser(description="int8 beside NNCF's.")
    shared = ROOT.parent / "shared"
    parser.add_argument(
        "--photos", type=Path, nargs="+", default=[shared / "fruits360", shared / "grocery"]
    )
    parser.add_argument("--calibrate", type=int, default=128)
    parser.add_argument("--test", type=int, default=272)
    options = parser.parse_args()
    photos = sample_of(options.photos, options.calibrate + options.test)
    random.Random(3).shuffle(photos)
    calibrate, test = photos[: options.calibrate], photos[options.calibrate :]
    fp32, int8 = ours(calibrate, test)
    figures: dict[str, Any] = {"photos": len(test), "verger": cosines(fp32, int8)}
    try:
        import nncf

        theirs = nncfs(calibrate, test)
        figures[f"nncf {nncf.__version__}"] = cosines(fp32[: len(theirs)], theirs)
    except ImportError:
        print("NOT MEASURED: NNCF is not here: pip install nncf==3.4.0")
    ways = {name: each for name, each in figures.items() if isinstance(each, dict)}
    save(
        "quantise",
        figures,
        title="int8 of EfficientNet-Lite0 beside NNCF's, cosine to fp32",
        rows=[
            row(f"{name}, {which}", cosine, "cosine")
            for name, each in ways.items()
            for which, cosine in each.items()
        ],
    )


if __name__ == "__main__":
    main()
