#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets: small files of every kind that Verger reads.

    python fuzz/make_seeds.py FOLDER [--writer build-fuzz/fuzz/fuzz_seeds]

Writes FOLDER/TARGET/NAME. All are drawn or written here; no photo and no network of anybody else.
"""

from __future__ import annotations

import argparse
import io
import json
import struct
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper
from PIL import Image, PngImagePlugin

Seed = tuple[str, bytes]  # a name and an input
KEYS = '"AccessKeyId": "a", "SecretAccessKey": "s"'


def fruit(width: int = 40, height: int = 28) -> Image.Image:
    """Draws a round fruit with some noise, before white."""
    y, x = np.mgrid[0:height, 0:width]
    inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 2.5) ** 2
    pixels = np.full((height, width, 3), 255, np.uint8)
    noise = np.random.default_rng(1).integers(0, 40, (height, width, 3))
    pixels[inside] = (np.array([190, 40, 30]) + noise)[inside]
    return Image.fromarray(pixels)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """Encodes an image."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif_block(orientation: int, big_endian: bool = False) -> bytes:
    """EXIF that has an orientation and two other tags."""
    order = ">" if big_endian else "<"
    entries = [(0x010F, 2, 4, 0x00617070), (0x0112, 3, 1, orientation), (0x011A, 5, 1, 62)]
    block = (b"MM" if big_endian else b"II") + struct.pack(order + "HIH", 42, 8, len(entries))
    for tag, kind, count, value in entries:
        head = struct.pack(order + "HHI", tag, kind, count)
        narrow = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        block += head + narrow
    return b"Exif\0\0" + block + struct.pack(order + "III", 0, 72, 1)


XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def jpeg() -> Iterator[Seed]:
    """JPEGs of every layout that Pillow writes, and what comes with them."""
    image = fruit()
    yield "plain", saved(image, "JPEG", quality=70)
    yield "whole-colour", saved(image, "JPEG", quality=90, subsampling=0)
    yield "progressive", saved(image, "JPEG", quality=60, progressive=True)
    yield "restarts", saved(image, "JPEG", quality=60, restart_marker_blocks=2)
    yield "grey", saved(image.convert("L"), "JPEG")
    yield "cmyk", saved(image.convert("CMYK"), "JPEG")
    yield "exif", saved(image, "JPEG", exif=exif_block(6), quality=50)
    yield "xmp", saved(image, "JPEG", xmp=XMP, quality=50)
    yield "rgb", saved(image, "JPEG", keep_rgb=True, quality=50)
    yield "one-pixel", saved(fruit(1, 1), "JPEG")


def png() -> Iterator[Seed]:
    """PNGs of every pixel format, and their texts."""
    image = fruit()
    for mode in ("1", "L", "P", "LA", "RGB", "RGBA"):
        yield mode, saved(image.convert(mode), "PNG")
    yield "16-bit", saved(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30)), "PNG")
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "an apple")
    texts.add_text("Note", "an apple " * 9, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    raw = exif_block(3).hex()
    texts.add_text("Raw profile type exif", f"\nexif\n{len(raw) // 2:8d}\n{raw}\n")
    yield "texts", saved(image, "PNG", pnginfo=texts)
    yield "exif", saved(image, "PNG", exif=exif_block(8))
    frames = [image, image.rotate(90)]
    yield "animated", saved(image, "PNG", save_all=True, append_images=frames)


def webp() -> Iterator[Seed]:
    """WebPs: lossy, lossless, with alpha, animated."""
    image = fruit()
    yield "lossy", saved(image, "WEBP", quality=50)
    yield "lossless", saved(image, "WEBP", lossless=True)
    yield "alpha", saved(image.convert("RGBA").rotate(30), "WEBP", quality=40)
    yield "exif", saved(image, "WEBP", exif=exif_block(6), xmp=XMP)
    yield "animated", saved(image, "WEBP", save_all=True, append_images=[image.rotate(90)])


def exif() -> Iterator[Seed]:
    """EXIF and XMP, behind the length of the EXIF."""
    for orientation in (1, 6, 9):
        for big_endian in (False, True):
            block = exif_block(orientation, big_endian)
            name = f"{orientation}-{'big' if big_endian else 'little'}"
            yield name, struct.pack("<H", len(block)) + block + XMP
    yield "xmp", struct.pack("<H", 0) + XMP


def resize() -> Iterator[Seed]:
    """Sizes, filters and windows."""
    for filter_ in range(6):
        numbers = (29, 19, 8, 13, filter_, 3, 4, 5, 6)
        yield f"filter-{filter_}", struct.pack("<9H", *numbers) + bytes(range(100))


def keras_layers(nested: bool = False) -> list[dict[str, object]]:
    """The description of a network that begins as ResNet50 does."""
    own: list[dict[str, object]] = [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 32, 32, 3]}},
        {"class_name": "ZeroPadding2D", "config": {"name": "conv1_pad"}},
        {
            "class_name": "Conv2D",
            "config": {"name": "conv1_conv", "strides": [2, 2], "dilation_rate": [1, 1]},
        },
        {"class_name": "BatchNormalization", "config": {"name": "conv1_bn", "epsilon": 1.001e-05}},
    ]
    if not nested:
        return own
    inner = {"class_name": "Functional", "config": {"name": "resnet50", "layers": own}}
    return [{"class_name": "Rescaling", "config": {"name": "rescaling"}}, inner]


def keras_config() -> Iterator[Seed]:
    """What Keras says of layers."""
    for name, nested in (("plain", False), ("nested", True)):
        text = json.dumps({"class_name": "Functional", "config": {"layers": keras_layers(nested)}})
        yield name, text.encode()


def keras_h5() -> Iterator[Seed]:
    """HDF5 files in both layouts of Keras."""
    kernel = np.ones((3, 3, 2, 4), np.float32)
    bias = np.zeros(4, np.float32)
    config = json.dumps({"config": {"layers": keras_layers()}})
    for name, options in (("legacy", {}), ("packed", {"compression": "gzip", "chunks": True})):
        out = io.BytesIO()
        with h5py.File(out, "w") as file:
            file.attrs["layer_names"] = np.array([b"conv1_conv", b"conv1_bn"])
            file.attrs["model_config"] = config
            for layer, weights in (
                ("conv1_conv", {"kernel": kernel, "bias": bias}),
                ("conv1_bn", {"gamma": bias, "moving_variance": bias}),
            ):
                group = file.create_group(layer)
                group.attrs["weight_names"] = [f"{layer}/{weight}:0".encode() for weight in weights]
                for weight, values in weights.items():
                    group.create_dataset(f"{layer}/{weight}:0", data=values, **options)
        yield name, out.getvalue()
    out = io.BytesIO()
    with h5py.File(out, "w", libver="latest") as file:
        variables = file.create_group("layers/conv2d/vars")
        variables.attrs["name"] = "conv1_conv"
        variables.create_dataset("0", data=kernel)
        variables.create_dataset("1", data=bias)
        file.create_group("layers/functional/layers/dense/vars").create_dataset("0", data=bias)
    yield "keras3", out.getvalue()


def archives() -> Iterator[Seed]:
    """Zip archives, and files that are something else."""
    contents = {
        "keras": {"config.json": b"{}", "model.weights.h5": b"\x89HDF\r\n\x1a\n", "metadata.json": b"{}"},
        "torch": {"archive/data.pkl": b"\x80\x02}.", "archive/constants.pkl": b"", "archive/data/0": b"0"},
        "numpy": {"arr_0.npy": b"\x93NUMPY"},
        "empty": {},
    }
    for name, files in contents.items():
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.comment = b"made for a test"
            for path, content in files.items():
                archive.writestr(path, content)
        yield name, out.getvalue()
    yield "safetensors", struct.pack("<Q", 2) + b"{}"
    yield "xml", b'<?xml version="1.0"?><net name="a"></net>'
    yield "tensorflow", b"\x08\x01\x12\x10\x0a\x05serve"
    yield "tflite", b"\x1c\0\0\0TFL3"


def onnx_files() -> Iterator[Seed]:
    """ONNX: whole, with weights in another file, in bfloat16, with a graph inside a node."""

    def model(tensors: list[TensorProto], nodes: list[onnx.NodeProto] | None = None) -> bytes:
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 3])
        mean = helper.make_node("ReduceMean", ["image"], ["out"], axes=[2, 3], keepdims=0)
        graph = helper.make_graph([mean, *(nodes or [])], "g", [image], [out], tensors)
        return bytes(helper.make_model(graph, producer_name="verger").SerializeToString())

    inside = helper.make_tensor("w", TensorProto.FLOAT, [2, 2], [1.0, 2.0, 3.0, 4.0])
    yield "whole", model([inside])
    outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 4])
    outside.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "m.data"), ("offset", "64"), ("length", "64")):
        outside.external_data.add(key=key, value=value)
    yield "external", model([outside])
    widened = TensorProto(name="b", data_type=TensorProto.BFLOAT16, dims=[3])
    widened.int32_data.extend([16256, 16384, 16448])
    yield "bfloat16", model([widened])
    branch = helper.make_graph([], "branch", [], [], [inside])
    yield "branches", model([], [helper.make_node("If", ["c"], ["o"], then_branch=branch)])


def texts(target: str, *seeds: str) -> Iterator[Seed]:
    """Seeds that are texts."""
    for number, seed in enumerate(seeds):
        yield f"{target}-{number}", seed.encode()


CONFIG = """[default]
region = eu-west-3
[profile farm]
role_arn = arn:aws:iam::1:role/r
source_profile = base
[profile base]
aws_access_key_id = a
aws_secret_access_key = s
s3 =
  endpoint_url = https://s3.example:9000
[profile command]
credential_process = print-keys
[profile corp]
sso_session = corp
sso_account_id = 1
sso_role_name = r
[sso-session corp]
sso_region = eu-west-3
sso_start_url = https://corp.example/start
"""
STS = """<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>a</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
SSO = '{"accessToken": "t", "expiresAt": "2030-01-01T00:00:00+01:00"}'
ROLE = '{"roleCredentials": {"accessKeyId": "a", "secretAccessKey": "s", "expiration": 1893456000000}}'
LISTING = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>b</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>n</NextContinuationToken><Contents><Key>a%2Fb+c.jpg</Key>
<LastModified>2026-11-28T22:18:46.500Z</LastModified><ETag>&quot;e&quot;</ETag><Size>123</Size></Contents>
<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes></ListBucketResult>"""
ERROR = "<Error><Code>AccessDenied</Code><Message>no &amp; no</Message></Error>"
REQUEST = (
    "POST /v1/classify?top=3&views=1 HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: image/jpeg\r\n"
    "Content-Length: 4\r\nExpect: 100-continue\r\n\r\nabcd"
)

SEEDS: dict[str, Iterator[Seed]] = {
    "jpeg": jpeg(),
    "png": png(),
    "webp": webp(),
    "exif": exif(),
    "resize": resize(),
    "keras_config": keras_config(),
    "keras_h5": keras_h5(),
    "zip": archives(),
    "onnx": onnx_files(),
    "preset": texts(
        "preset",
        "timm,filter=bilinear,size=224,views=3",
        "scale=-1..1,filter=lanczos,channels=bgr,resize=crop:0.875,decode=fast",
        "scale=0.485,0.456,0.406,0.229,0.224,0.225,resize=crop:256",
        "keras",
    ),
    "aws_file": texts("aws_file", CONFIG),
    "aws_credentials": texts(
        "aws_credentials",
        f"farm\0{CONFIG}\0\0{STS}",
        f"base\0{CONFIG}\0",
        f"command\0{CONFIG}\0\0{{{KEYS}, \"Version\": 1}}",
        f"corp\0{CONFIG}\0\0{SSO}\0{ROLE}",
        f'\0\0\0token\0role\0{{{KEYS}, "Token": "t", "Expiration": "2030-01-01T00:00:00Z"}}',
    ),
    "urls": texts(
        "urls",
        "https://s3.eu-west-3.amazonaws.com:443/",
        "http://[::1]:9000",
        "eu-west-3, eu-west-1",
        "http://user:word@proxy.example:3128",
        "10.0.0.0/8,.farm.example:8443,*",
    ),
    "names": texts(
        "names",
        "IMG_1.jpg\0IMG_1.CR2\0._IMG_1.jpg\0part-00012-5f3a9c1b.parquet",
        "caf\u00e9.jpg\0cafe\u0301.jpg\0\u202egpj.jpg\0\U0001f34e.png",
        "100000 50000\0\0" + "25 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
        "0::/a/b\0max 100000",
    ),
    "s3_error": texts("s3_error", ERROR, "When reading 'a' in bucket 'b': AWS Error NO_SUCH_KEY: x"),
    "s3_listing": texts("s3_listing", LISTING, "2026-11-28T22:18:46.5Z"),
    "response_headers": texts(
        "response_headers",
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/9\r\n"
        'ETag: "e"\r\nLast-Modified: Sat, 28 Nov 2026 22:18:46 GMT\r\n\r\n',
    ),
    "http_request": texts(
        "http_request",
        REQUEST,
        "GET /app/%2e%2e/index.html?v=0123 HTTP/1.0\r\nAccept-Encoding: br;q=0.5, *\r\n\r\n",
        "POST http://h/v1/similar HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "arrow_batch": iter([("zeros", bytes(64)), ("numbers", bytes(range(256)) * 2)]),
}


def main() -> None:
    """Writes every seed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--writer", type=Path, help="fuzz_seeds, for what only our writers make")
    options = parser.parse_args()
    for target, seeds in SEEDS.items():
        folder = options.folder / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seeds:
            (folder / name).write_bytes(content)
    if options.writer:
        subprocess.run([options.writer, options.folder], check=True)


if __name__ == "__main__":
    main()
