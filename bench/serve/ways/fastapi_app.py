"""FastAPI and OpenVINO: a photo to its nearest class mean, as a careful user writes it.

The network is compiled for one photo and for throughput; a pool of requests lets threads
compute side by side. The classifier is a product with a matrix: less work than ours.
"""

import io
import os
import queue

import numpy as np
import openvino as ov
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from PIL import Image

SIDE = 224
LABELS = 16

core = ov.Core()
network = core.compile_model(
    os.environ["NETWORK"],
    "CPU",
    {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"},
)
requests: "queue.Queue[ov.InferRequest]" = queue.Queue()
for _ in range(max(2, network.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))):
    requests.put(network.create_infer_request())
weights = np.random.default_rng(1).standard_normal((1280, LABELS)).astype(np.float32)
app = FastAPI()


def answer(photo: bytes) -> dict[str, object]:
    image = Image.open(io.BytesIO(photo)).convert("RGB")
    pixels = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)
    tensor = ((pixels - 127) / 128).transpose(2, 0, 1)[None]
    request = requests.get()
    try:
        features = request.infer({0: np.ascontiguousarray(tensor)})[0][0]
    finally:
        requests.put(request)
    scores = features @ weights
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    top = np.argsort(-shares)[:3]
    return {"top": [{"label": int(at), "probability": float(shares[at])} for at in top]}


@app.post("/v1/classify")  # type: ignore[untyped-decorator]
async def classify(request: Request) -> dict[str, object]:
    return await run_in_threadpool(answer, await request.body())
