"""Every endpoint answers what the program's own commands answer, alone and under load."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from program import draw_orchard, manifest, verger
from running import Server, Start, ask


@pytest.fixture(scope="module")
def new_photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photos that the output does not have, of another seed's trees."""
    folder = draw_orchard(tmp_path_factory.mktemp("new") / "orchard", 3)
    return sorted(folder.rglob("*.jpg"))


@pytest.fixture(scope="module")
def expected(trained: Path, new_photos: list[Path]) -> list[dict[str, Any]]:
    done = verger("classify", trained, *new_photos, "--top", "5", "--format", "jsonl", "-q")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(new_photos)
    return rows


def assert_same(answer: dict[str, Any], row: dict[str, Any], top: int) -> None:
    assert answer["label"] == row["label"]
    assert answer["unknown"] == row["unknown"]
    assert answer["set"] == row["set"]
    assert [share["label"] for share in answer["top"]] == row["top"][:top]
    # To the last digit: the server and the program compute the same numbers.
    assert answer["probability"] == row["probability"]
    assert answer["novelty"] == row["novelty"]
    assert [share["probability"] for share in answer["top"]] == row["top_probabilities"][:top]


def test_classify_one_at_a_time(
    server: Server, new_photos: list[Path], expected: list[dict[str, Any]]
) -> None:
    connection = server.connect()
    for path, row in zip(new_photos, expected, strict=True):
        answer = ask(connection, "POST", "/v1/classify?top=5", path.read_bytes())
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert_same(answer.json(), row, 5)


def test_classify_in_batches(
    server: Server, new_photos: list[Path], expected: list[dict[str, Any]]
) -> None:
    batches = server.metric("verger_batch_photos_count")
    photos = server.metric("verger_batch_photos_sum")
    rounds = 6

    def classify(number: int) -> None:
        at, top = number % len(new_photos), 1 + number % 5
        answer = server.classify(new_photos[at].read_bytes(), f"?top={top}")
        assert answer.status == 200
        assert_same(answer.json(), expected[at], top)

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(classify, range(rounds * len(new_photos))))
    photos = server.metric("verger_batch_photos_sum") - photos
    batches = server.metric("verger_batch_photos_count") - batches
    assert photos == rounds * len(new_photos)
    assert batches < photos  # some were taken together


def test_similar(server: Server, trained: Path, new_photos: list[Path]) -> None:
    some = new_photos[::7]
    done = verger("similar", trained, *some, "-n", "6", "--format", "jsonl")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for path in some:
        answer = server.request("POST", "/v1/similar?count=6", path.read_bytes())
        assert answer.status == 200
        rows = [line for line in lines if line.pop("query", str(path)) == str(path)][:6]
        lines = lines[6:]
        assert answer.json()["photos"] == rows
    assert len(server.request("POST", "/v1/similar", some[0].read_bytes()).json()["photos"]) == 10


def test_features(server: Server, new_photos: list[Path], tmp_path: Path) -> None:
    verger("extract", new_photos[0].parents[2], tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "Preprocessing").to_pylist()
    by_path = {row["path"]: np.array(row["features"], np.float32) for row in rows}
    for path in new_photos[::5]:
        answer = server.request("POST", "/v1/features", path.read_bytes())
        assert answer.status == 200
        features = np.array(answer.json()["features"], np.float32)
        expected = by_path[path.relative_to(new_photos[0].parents[2]).as_posix()]
        assert np.array_equal(features, expected)


def test_the_model_is_named(server: Server, trained: Path, photo: bytes) -> None:
    model = server.classify(photo).json()["model"]
    assert model["name"] == "efficientnet-lite0"
    assert len(model["sha256"]) == 64
    assert manifest(trained)["model"]["sha256"] == model["sha256"]


def test_curl_needs_no_header(server: Server, photo: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Expect": "100-continue"}
    assert server.request("POST", "/v1/classify", photo, headers).status == 200


def test_views(start: Start, orchard: Path, tmp_path: Path, photos: list[Path]) -> None:
    out = tmp_path / "out"
    verger("run", orchard, out, "--views", "3")
    verger("train", out)
    server = start(out)
    done = verger("classify", out, *photos, "--format", "jsonl", "-q")
    for path, line in zip(photos, done.stdout.splitlines(), strict=True):
        answer = server.classify(path.read_bytes())
        assert_same(answer.json(), json.loads(line), 3)
        same = server.classify(path.read_bytes(), "?views=3")
        assert same.body == answer.body
        # One view gives what the network without views gives.
        one = server.request("POST", "/v1/features?views=1", path.read_bytes()).json()
        whole = server.request("POST", "/v1/features", path.read_bytes()).json()
        assert one["features"] != whole["features"]
        assert np.corrcoef(one["features"], whole["features"])[0, 1] > 0.9
    assert server.classify(photos[0].read_bytes(), "?views=2").status == 400
    views = server.request("GET", "/openapi.json").json()["components"]["parameters"]["views"]
    assert views["schema"]["enum"] == [1, 3]


def test_small_endpoints(server: Server) -> None:
    assert server.request("GET", "/healthz").json() == {"status": "ok"}
    assert server.request("GET", "/readyz").json() == {"status": "ready"}
    head = server.request("HEAD", "/healthz")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(server.request("GET", "/healthz").body)
    metrics = server.request("GET", "/metrics")
    assert metrics.headers["content-type"] == "text/plain; version=0.0.4"
    assert server.metric("verger_requests_total") > 0
    document = server.request("GET", "/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] != "0"


def test_without_a_classifier(start: Start, orchard: Path, tmp_path: Path, photo: bytes) -> None:
    verger("extract", orchard, tmp_path / "out")
    server = start(tmp_path / "out", "--reload-every", "0.2", "--no-similar")
    answer = server.classify(photo)
    assert answer.status == 503
    assert "run verger train" in answer.problem()
    assert int(answer.headers["retry-after"]) > 0
    assert server.request("GET", "/readyz").status == 503
    assert server.request("POST", "/v1/features", photo).status == 200
    assert server.request("POST", "/v1/similar", photo).status == 404
    assert "/v1/similar" not in server.request("GET", "/openapi.json").json()["paths"]
    assert "run verger train" in server.stop()
