"""Photos as tensors of EfficientNet-Lite, by Pillow in threads."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np
from peers.ways.table import Floats
from PIL import Image

SIDE = 224


def tensor(path: str) -> Floats:
    """Shape: 3 x SIDE x SIDE, RGB, from -1 to 1."""
    image = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pixels = (np.asarray(image, np.float32) - 127) / 128
    return pixels.transpose(2, 0, 1).astype(np.float32, copy=False)


def batches(paths: list[str], size: int, workers: int) -> Iterator[Floats]:
    """Batches of tensors in order, a few of them read ahead by so many threads."""

    def load(chunk: list[str]) -> Floats:
        return np.stack([tensor(path) for path in chunk])

    chunks = iter([paths[begin : begin + size] for begin in range(0, len(paths), size)])
    with ThreadPoolExecutor(workers) as pool:
        ahead: list[Future[Floats]] = [
            pool.submit(load, chunk) for chunk in islice(chunks, 2 * workers)
        ]
        while ahead:
            yield ahead.pop(0).result()
            ahead += [pool.submit(load, chunk) for chunk in islice(chunks, 1)]
