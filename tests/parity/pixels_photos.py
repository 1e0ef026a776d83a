"""Photos of every kind that test_pixels.py compares, made by Pillow or by hand."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

PNG_START = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
]

Pixels = np.ndarray


def scene(width: int, height: int, seed: int, channels: int = 3) -> Pixels:
    """A smooth scene with edges and noise: uint8, height x width x channels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    planes = []
    for _ in range(channels):
        a, b, c = rng.uniform(0.5, 9, 3)
        plane = 128 + 90 * np.sin(a * x / width + c) * np.cos(b * y / height)
        plane += 60 * ((x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / a) ** 2)
        planes.append(plane)
    noise = rng.normal(0, 6, (min(height, 256), min(width, 256), channels))
    tiled = np.tile(noise, (-(-height // 256), -(-width // 256), 1))[:height, :width]
    return np.clip(np.stack(planes, axis=2) + tiled, 0, 255).astype(np.uint8)


def image(width: int, height: int, seed: int, mode: str = "RGB") -> Image.Image:
    if mode == "L":
        return Image.fromarray(scene(width, height, seed, 1)[:, :, 0])
    if mode == "LA":
        return Image.fromarray(scene(width, height, seed, 2), "LA")
    if mode in ("RGBA", "CMYK"):
        return Image.fromarray(scene(width, height, seed, 4), mode)
    if width * height > 500_000:  # drawing them at full size would take most of the test's time
        small = Image.fromarray(scene(width // 8, height // 8, seed))
        return small.resize((width, height), Image.Resampling.LANCZOS)
    picture = Image.fromarray(scene(width, height, seed))
    return picture if mode == "RGB" else picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    samples: Pixels, bits: int, colour: int, chunks: bytes = b"", interlaced: bool = False
) -> bytes:
    """A PNG of any bit depth and colour type; `samples` is height x width x channels."""
    height, width, _ = samples.shape

    def rows(part: Pixels) -> bytes:
        if bits == 16:
            lines = part.astype(">u2").view(np.uint8).reshape(part.shape[0], -1)
        else:
            flat = part.reshape(part.shape[0], -1).astype(np.uint8)
            unpacked = np.unpackbits(flat[:, :, None], axis=2)[:, :, 8 - bits :]
            lines = np.packbits(unpacked.reshape(part.shape[0], -1), axis=1)
        return b"".join(b"\0" + line.tobytes() for line in lines)

    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        raw = b"".join(rows(part) for part in passes if part.size)
    else:
        raw = rows(samples)
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    return (
        PNG_START
        + chunk(b"IHDR", header)
        + chunks
        + chunk(b"IDAT", zlib.compress(raw, 1))
        + chunk(b"IEND", b"")
    )


def exif(orientation: int, order: str = "<", kind: int = 3, count: int = 1) -> bytes:
    """EXIF with nothing but an orientation of TIFF type `kind`."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(
        order + {3: "HH", 4: "I", 1: "Bxxx"}[kind], *([orientation, 0][: 2 if kind == 3 else 1])
    )
    entry = struct.pack(order + "HHI", 0x0112, kind, count) + value
    return (
        b"Exif\0\0" + start + struct.pack(order + "IH", 8, 1) + entry + struct.pack(order + "I", 0)
    )


def xmp(orientation: int, element: bool = False) -> bytes:
    if element:
        return b"<x><tiff:Orientation>%d</tiff:Orientation></x>" % orientation
    return b'<x tiff:Orientation="%d"/>' % orientation


def with_segment(jpeg: bytes, segment: bytes) -> bytes:
    """`jpeg` with one more APP1 behind its start."""
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def with_frame(jpeg: bytes, sampling: int, width: int, height: int) -> bytes:
    """`jpeg` with another luma sampling and size in its frame header.

    Pillow writes 4:4:4, 4:2:2 and 4:2:0 only. With as many blocks to a unit and as many units, the
    same data is a valid photo of another sampling, though its blocks lie elsewhere.
    """
    at = max(jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2"))
    patched = bytearray(jpeg)
    patched[at + 5 : at + 9] = struct.pack(">HH", height, width)
    patched[at + 11] = sampling
    return bytes(patched)


def without_adobe(jpeg: bytes) -> bytes:
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] :]


def with_transform(jpeg: bytes, transform: int) -> bytes:
    at = jpeg.index(b"Adobe") + 11
    return jpeg[:at] + bytes([transform]) + jpeg[at + 1 :]


SIZES = [(1, 1), (1, 7), (2, 2), (3, 5), (8, 8), (16, 16), (17, 33), (31, 30), (100, 100),
         (224, 224), (225, 223), (640, 427), (1, 999), (1500, 2)]  # fmt: skip


def jpegs() -> Iterator[tuple[str, bytes]]:
    for i, (width, height) in enumerate(SIZES):
        for subsampling, name in enumerate(("444", "422", "420")):
            for progressive in (False, True):
                quality = (30, 75, 95)[(i + subsampling) % 3]
                yield (
                    f"{name}-{'progressive' if progressive else 'baseline'}-{width}x{height}.jpg",
                    saved(
                        image(width, height, i),
                        "JPEG",
                        subsampling=subsampling,
                        progressive=progressive,
                        quality=quality,
                    ),  # fmt: skip
                )
    for width, height in ((1, 1), (13, 57), (100, 100)):
        yield f"grey-{width}x{height}.jpg", saved(image(width, height, 1, "L"), "JPEG")
        yield (
            f"grey-progressive-{width}x{height}.jpg",
            saved(image(width, height, 2, "L"), "JPEG", progressive=True),
        )
        yield f"rgb-{width}x{height}.jpg", saved(image(width, height, 3), "JPEG", keep_rgb=True)
        cmyk = saved(image(width, height, 4, "CMYK"), "JPEG", quality=90)
        yield f"cmyk-{width}x{height}.jpg", cmyk
        yield f"cmyk-no-adobe-{width}x{height}.jpg", without_adobe(cmyk)
        yield f"ycck-{width}x{height}.jpg", with_transform(cmyk, 2)
        yield (f"cmyk-progressive-{width}x{height}.jpg",
               saved(image(width, height, 5, "CMYK"), "JPEG", progressive=True))  # fmt: skip
    for quality in (1, 50, 100):
        yield f"quality-{quality}.jpg", saved(image(90, 70, quality), "JPEG", quality=quality)
    yield "restart-blocks.jpg", saved(image(90, 70, 6), "JPEG", restart_marker_blocks=2)
    yield "restart-rows.jpg", saved(image(90, 70, 7), "JPEG", restart_marker_rows=1)
    yield "adobe-ycc.jpg", with_transform(saved(image(50, 40, 8), "JPEG", keep_rgb=True), 1)
    yield "trailing-bytes.jpg", saved(image(50, 40, 8), "JPEG") + b"and more" * 99
    for progressive in (False, True):
        two = saved(image(64, 64, 9), "JPEG", subsampling=1, progressive=progressive)
        four = saved(image(64, 64, 10), "JPEG", subsampling=2, progressive=progressive)
        # Sequential scans hold whole units; progressive ones only the blocks within the size.
        for cut in (0,) if progressive else (0, 3, 7):
            size = f"{'progressive' if progressive else 'baseline'}-cut{cut}.jpg"
            yield f"440-{size}", with_frame(two, 0x12, 64 - cut, 64 - cut)
            yield f"441-{size}", with_frame(four, 0x14, 64 - cut, 64 - cut)
            yield f"411-{size}", with_frame(four, 0x41, 64 - cut, 64 - cut)
    yield "420-4000x3000.jpg", saved(image(4000, 3000, 11), "JPEG", subsampling=2, quality=80)
    yield "420-progressive-1600x1200.jpg", saved(image(1600, 1200, 12), "JPEG", progressive=True)


def pngs() -> Iterator[tuple[str, bytes]]:
    rng = np.random.default_rng(13)
    palette = chunk(b"PLTE", rng.integers(0, 256, 3 * 256, dtype=np.uint8).tobytes())
    kinds = [(0, b) for b in (1, 2, 4, 8, 16)] + [(3, b) for b in (1, 2, 4, 8)]
    kinds += [(c, b) for c in (2, 4, 6) for b in (8, 16)]
    for colour, bits in kinds:
        for width, height in ((1, 1), (5, 3), (33, 21)):
            samples = rng.integers(0, 1 << bits, (height, width, CHANNELS[colour]))
            chunks = chunk(b"PLTE", palette[8 : 8 + 3 * (1 << bits)]) if colour == 3 else b""
            for interlaced in (False, True):
                name = (
                    f"colour{colour}-{bits}bit-{'adam7-' if interlaced else ''}{width}x{height}.png"
                )
                yield name, png(samples, bits, colour, chunks, interlaced)
    index = rng.integers(0, 256, (20, 30, 1))
    short = chunk(b"PLTE", bytes(range(3 * 40)))
    yield "palette-short.png", png(index, 8, 3, short)
    yield "palette-trns.png", png(index, 8, 3, palette + chunk(b"tRNS", bytes(range(256))))
    yield "palette-trns-one.png", png(index, 8, 3, palette + chunk(b"tRNS", b"\xff\xff\0\xff"))
    yield "grey-trns.png", png(index, 8, 0, chunk(b"tRNS", b"\0\x07"))
    yield "grey16-trns.png", png(index * 257, 16, 0, chunk(b"tRNS", b"\x07\x07"))
    samples = rng.integers(0, 256, (20, 30, 3))
    yield "rgb-trns.png", png(samples, 8, 2, chunk(b"tRNS", b"\0\x07\0\x07\0\x07"))
    yield "gamma.png", png(samples, 8, 2, chunk(b"gAMA", struct.pack(">I", 100000)))
    yield (
        "bad-profile.png",
        png(samples, 8, 2, chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile"))),
    )
    yield "no-end.png", png(samples, 8, 2)[:-12]
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield f"pillow-{mode}.png", saved(image(120, 90, 14, mode), "PNG")
    frames = [image(40, 30, seed) for seed in (15, 16, 17)]
    for default in (False, True):
        name = f"animated-{'default' if default else 'frames'}.png"
        more = {"save_all": True, "append_images": frames[1:], "default_image": default}
        yield name, saved(frames[0], "PNG", **more)
    yield "rgb-1920x1080.png", saved(image(1920, 1080, 18), "PNG", compress_level=1)


def webps() -> Iterator[tuple[str, bytes]]:
    for i, (width, height) in enumerate(((1, 1), (2, 3), (17, 33), (100, 100), (301, 199))):
        yield (
            f"lossy-{width}x{height}.webp",
            saved(image(width, height, 20 + i), "WEBP", quality=70, method=0),
        )
        yield (
            f"lossless-{width}x{height}.webp",
            saved(image(width, height, 20 + i), "WEBP", lossless=True, method=0),
        )
        alpha = image(width, height, 30 + i, "RGBA")
        yield f"lossy-alpha-{width}x{height}.webp", saved(alpha, "WEBP", quality=40, method=0)
        yield (
            f"lossless-alpha-{width}x{height}.webp",
            saved(alpha, "WEBP", lossless=True, exact=True, method=0),
        )
    frames = [image(40, 30, seed, "RGBA") for seed in (40, 41)]
    yield (
        "animated.webp",
        saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50),
    )
    inset = Image.new("RGBA", (40, 30))
    inset.paste(image(12, 10, 42), (8, 6))
    yield (
        "animated-inset.webp",
        saved(
            inset,
            "WEBP",
            save_all=True,
            append_images=[frames[1]],
            duration=50,
            lossless=True,
            minimize_size=True,
        ),
    )
    yield "lossy-1280x960.webp", saved(image(1280, 960, 43), "WEBP", method=0)


def turned() -> Iterator[tuple[str, bytes]]:
    plain = image(37, 70, 50)
    jpeg = saved(plain, "JPEG")
    for n in range(10):
        order = "<>"[n % 2]
        yield f"exif{n}.jpg", with_segment(jpeg, exif(n, order))
        yield (
            f"exif{n}-progressive.jpg",
            with_segment(saved(plain, "JPEG", progressive=True), exif(n, "><"[n % 2])),
        )
        yield f"exif{n}.png", png(scene(31, 20, n), 8, 2, chunk(b"eXIf", exif(n, order)[6:]))
        yield f"exif{n}.webp", saved(plain, "WEBP", exif=exif(n, order), method=0)
        xmp_head = b"http://ns.adobe.com/xap/1.0/\0"
        yield f"xmp{n}.jpg", with_segment(jpeg, xmp_head + xmp(n, n % 2 == 0))
        yield f"xmp{n}.webp", saved(plain, "WEBP", xmp=xmp(n), method=0)
        text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(n))
        yield f"xmp{n}.png", png(scene(31, 20, n), 8, 2, text)
    samples = scene(31, 20, 51)
    end = chunk(b"IEND", b"")
    yield "exif-behind.png", png(samples, 8, 2)[: -len(end)] + chunk(b"eXIf", exif(6)[6:]) + end
    raw = exif(8).hex().encode()
    profile = b"\nexif\n%8d\n" % len(exif(8)) + raw[:72] + b"\n" + raw[72:] + b"\n"
    yield (
        "raw-profile.png",
        png(samples, 8, 2, chunk(b"tEXt", b"Raw profile type exif\0" + profile)),
    )
    packed = zlib.compress(profile)
    yield (
        "raw-profile-packed.png",
        png(samples, 8, 2, chunk(b"zTXt", b"Raw profile type exif\0\0" + packed)),
    )
    yield "exif-long.jpg", with_segment(jpeg, exif(6, "<", 4))
    yield "exif-byte.jpg", with_segment(jpeg, exif(6, "<", 1))
    yield "exif-two-values.jpg", with_segment(jpeg, exif(6, "<", 3, 2))
    yield "exif-values-beyond-end.jpg", with_segment(jpeg, exif(4, "<", 3, 17))
    yield (
        "exif-over-xmp.jpg",
        with_segment(with_segment(jpeg, b"http://ns.adobe.com/xap/1.0/\0" + xmp(3)), exif(8)),
    )
    yield (
        "exif-in-two.jpg",
        with_segment(with_segment(jpeg, b"Exif\0\0" + exif(5)[20:]), exif(5)[:20]),
    )


def write_photos(folder: Path) -> list[Path]:
    """Writes all photos to `folder`, and returns their paths."""
    paths = []
    for group in (jpegs, pngs, webps, turned):
        for name, photo in group():
            path = folder / f"{group.__name__}-{name}"
            assert not path.exists(), name
            path.write_bytes(photo)
            paths.append(path)
    return paths
