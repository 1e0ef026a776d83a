"""A new classifier, and new rows, are served without a restart and without a lost request."""

from __future__ import annotations

import hashlib
import shutil
import signal
import threading
import time
from pathlib import Path

from program import verger
from running import Server, Start, ask, wait_until

CLASSIFIER = Path("Model") / "classifier.safetensors"


def sha256(out: Path) -> str:
    return hashlib.sha256((out / CLASSIFIER).read_bytes()).hexdigest()


def test_under_load(start: Start, out: Path, photos: list[Path], tmp_path: Path) -> None:
    server = start(out, "--reload-every", "0.1")
    new = tmp_path / "new"
    new.mkdir()
    for photo in photos[:3]:
        shutil.copy(photo, new / f"{photo.parent.name}.jpg")
    content = photos[0].read_bytes()
    first = sha256(out)
    answers: dict[str, set[bytes]] = {}
    failures: list[object] = []
    stop = threading.Event()

    def load() -> None:
        connection = server.connect()
        while not stop.is_set():
            answer = ask(connection, "POST", "/v1/classify?top=1000", content)
            if answer.status != 200:
                failures.append(answer)
            else:
                answers.setdefault(answer.json()["model"]["classifier"], set()).add(answer.body)

    threads = [threading.Thread(target=load) for _ in range(6)]
    for thread in threads:
        thread.start()
    versions = [first]
    for label in ("Quince", "Medlar"):
        verger("teach", out, label, new)
        versions.append(sha256(out))
        wait_until(lambda: versions[-1] in answers)
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    # Each version gave one answer, and its own labels.
    assert set(answers) == set(versions)
    assert [len(answers[version]) for version in versions] == [1, 1, 1]
    last = server.classify(content, "?top=1000").json()
    assert {"Quince", "Medlar"} <= {share["label"] for share in last["top"]}
    assert server.metric("verger_reloads_total") == 2
    assert server.metric(r'verger_reloads_total\{result="failed"\}') == 0


def test_new_rows(start: Start, orchard: Path, out: Path, tmp_path: Path, photo: bytes) -> None:
    grown = Path(shutil.copytree(orchard, tmp_path / "orchard"))
    label = next(path.parent for path in sorted(grown.rglob("*.jpg")))
    server = start(out, "--reload-every", "0.1")
    one = server.request("POST", "/v1/similar?count=1000", photo).json()["photos"]
    shutil.copy(sorted(label.glob("*.jpg"))[0], label / "another.jpg")
    verger("run", grown, out)

    def more() -> bool:
        answer = server.request("POST", "/v1/similar?count=1000", photo)
        return len(answer.json()["photos"]) == len(one) + 1

    wait_until(more)


def test_a_damaged_classifier_is_not_taken(start: Start, out: Path, photo: bytes) -> None:
    server = start(out, "--reload-every", "0.1")
    expected = server.classify(photo).body
    whole = (out / CLASSIFIER).read_bytes()
    put_classifier(out, whole[: len(whole) // 2])
    wait_until(lambda: server.metric("verger_reloads_total") > 2)
    assert server.classify(photo).body == expected
    assert server.request("GET", "/readyz").status == 200
    put_classifier(out, whole)
    failed = server.metric("verger_reloads_total")
    time.sleep(0.5)
    assert server.metric("verger_reloads_total") <= failed + 2
    assert server.classify(photo).body == expected
    assert server.stop().count("the version before answers on") == 1


def put_classifier(out: Path, content: bytes) -> None:
    """In one go: a file that is half written would be another failure."""
    new = out / "Model" / "new"
    new.write_bytes(content)
    new.rename(out / CLASSIFIER)


def loads(server: Server) -> float:
    return server.metric("verger_reloads_total")


def test_hangup_loads_at_once(start: Start, out: Path, photo: bytes) -> None:
    server = start(out, "--reload-every", "3600")
    expected = server.classify(photo).body
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: loads(server) == 1)
    assert server.classify(photo).body == expected


def test_the_first_classifier(start: Start, orchard: Path, tmp_path: Path, photo: bytes) -> None:
    out = tmp_path / "out"
    verger("run", orchard, out)
    server = start(out, "--reload-every", "0.1")
    assert server.request("GET", "/readyz").status == 503
    verger("train", out)
    wait_until(lambda: server.request("GET", "/readyz").status == 200)
    assert server.classify(photo).status == 200
