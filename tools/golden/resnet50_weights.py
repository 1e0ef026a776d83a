"""Writes seeded ResNet50 weights in Keras's legacy .h5 layout, with numpy and h5py alone.

usage: resnet50_weights.py OUT.h5

The numbers come from a hash of the layer's name and the position, by exact arithmetic: they are the
same under every version of numpy. They are scaled so that features neither vanish nor explode.
"""

import argparse
import hashlib
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    import h5py
except ModuleNotFoundError as error:
    raise SystemExit(f"the package {error.name} is missing: run 'make setup-test'") from None

Array = npt.NDArray[np.float32]
STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))


def uniform(name: str, shape: tuple[int, ...], low: float, high: float) -> Array:
    """Returns numbers in [low, high): SplitMix64 of the position, seeded by the name."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    state = np.arange(1, math.prod(shape) + 1, dtype=np.uint64)
    state *= np.uint64(0x9E3779B97F4A7C15)
    state += np.uint64(seed)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    unit = (state >> np.uint64(40)).astype(np.float64) * 2.0**-24
    return (low + (high - low) * unit).astype(np.float32).reshape(shape)


def convolution(name: str, kernel: int, width_in: int, width_out: int) -> dict[str, Array]:
    reach = math.sqrt(6 / (kernel * kernel * width_in))  # He, uniform
    values = uniform(f"{name}/kernel", (kernel, kernel, width_in, width_out), -reach, reach)
    if width_in % 2 == 0:
        # Neighbouring channels in opposition: their common level, equal in all photos, cancels.
        values[:, :, 1::2] = -values[:, :, ::2]
    return {
        "kernel": values,
        "bias": uniform(f"{name}/bias", (width_out,), -0.1, 0.1),
    }


def batch_norm(name: str, width: int, spread: float, gain: float) -> dict[str, Array]:
    """`spread` is what the variance of the convolution before it is thought to be."""
    deviation = math.sqrt(spread)
    return {
        "gamma": uniform(f"{name}/gamma", (width,), 0.8 * gain, 1.2 * gain),
        "beta": uniform(f"{name}/beta", (width,), -0.2, 0.4),
        "moving_mean": uniform(f"{name}/mean", (width,), -0.2 * deviation, 0.2 * deviation),
        "moving_variance": uniform(f"{name}/variance", (width,), 0.5 * spread, 1.5 * spread),
    }


def layers() -> Iterator[tuple[str, dict[str, Array]]]:
    """Yields every layer in Keras's order with its weights; most have none."""

    def pair(
        name: str, kernel: int, width_in: int, width_out: int, spread: float, gain: float = 1
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        return (convolution(f"{name}_conv", kernel, width_in, width_out),
                batch_norm(f"{name}_bn", width_out, spread, gain))  # fmt: skip

    yield "input_1", {}
    yield "conv1_pad", {}
    conv, norm = pair("conv1", 7, 3, 64, 8000)
    yield from (("conv1_conv", conv), ("conv1_bn", norm))
    for name in ("conv1_relu", "pool1_pad", "pool1_pool"):
        yield name, {}
    width_in = 64
    for stage, (width, blocks) in enumerate(STAGES, start=2):
        for block in range(1, blocks + 1):
            name = f"conv{stage}_block{block}"
            conv, norm = pair(f"{name}_1", 1, width_in, width, 2)
            yield from ((f"{name}_1_conv", conv), (f"{name}_1_bn", norm), (f"{name}_1_relu", {}))
            conv, norm = pair(f"{name}_2", 3, width, width, 1)
            yield from ((f"{name}_2_conv", conv), (f"{name}_2_bn", norm), (f"{name}_2_relu", {}))
            last_conv, last_norm = pair(f"{name}_3", 1, width, 4 * width, 1, 0.6)
            if block == 1:
                conv, norm = pair(f"{name}_0", 1, width_in, 4 * width, 2)
                yield f"{name}_0_conv", conv
                yield f"{name}_3_conv", last_conv
                yield f"{name}_0_bn", norm
            else:
                yield f"{name}_3_conv", last_conv
            yield from ((f"{name}_3_bn", last_norm), (f"{name}_add", {}), (f"{name}_out", {}))
            width_in = 4 * width
    yield "avg_pool", {}


def digest() -> str:
    """Returns the SHA-256 of all numbers in order; HDF5's own bytes vary with its version."""
    total = hashlib.sha256()
    for _, weights in layers():
        for values in weights.values():
            total.update(values.astype("<f4").tobytes())
    return total.hexdigest()


def write(path: Path) -> None:
    """Writes the file whole or not at all."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    names = []
    with h5py.File(partial, "w") as file:
        for name, weights in layers():
            names.append(name.encode())
            group: Any = file.create_group(name)
            paths = [f"{name}/{weight}:0".encode() for weight in weights]
            group.attrs["weight_names"] = paths  # without weights, an empty array of doubles
            for path_inside, values in zip(paths, weights.values(), strict=True):
                group.create_dataset(path_inside.decode(), data=values)
        file.attrs["layer_names"] = names
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.1.6"
    partial.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes seeded ResNet50 weights for tests.")
    parser.add_argument("out", type=Path)
    path = parser.parse_args().out
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)


if __name__ == "__main__":
    main()
