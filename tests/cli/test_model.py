"""verger model list|fetch|add|inspect, against a real server that fails in many ways."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from range_server import Behaviour, serve

REPOSITORY = Path(__file__).resolve().parents[2]
VERGER = Path(os.environ.get("VERGER_BUILD", REPOSITORY / "build")) / "verger"

BAD_INPUT, STORAGE, IN_USE, USAGE = 4, 5, 6, 2
# Larger than the buffers of sockets and libcurl, so that a cut line cuts the file.
WEIGHTS = 400_000


def network(seed: int = 0) -> bytes:
    """An ONNX file: global average pooling and a matrix, 8 features, 1.6 MB of weights."""
    random = np.random.default_rng(seed)
    matrix = numpy_helper.from_array(random.random((3, 8), np.float32), "matrix")
    ballast = numpy_helper.from_array(random.random(WEIGHTS, np.float32), "ballast")
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["product"]),
        helper.make_node("ReduceSum", ["ballast"], ["sum"], keepdims=0),
        helper.make_node("Add", ["product", "sum"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 224, 224])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 8])],
        [matrix, ballast],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


NETWORK = network()
SHA256 = hashlib.sha256(NETWORK).hexdigest()


class Home:
    """One user's machine: a home, a store, no network but 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "data" / "verger" / "models"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "LC_ALL": "C.UTF-8",
            # Whatever is not on this machine cannot be reached: nothing listens on port 1.
            "https_proxy": "http://127.0.0.1:1",
            "no_proxy": "127.0.0.1",
        }
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]

    def command(self, *arguments: str | Path) -> list[str]:
        return [str(VERGER), "model", *map(str, arguments)]

    def run(self, *arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            self.command(*arguments),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            **options,
        )

    def fetch(
        self, url: str, *more: str, sha256: str = SHA256, **options: object
    ) -> subprocess.CompletedProcess[str]:
        pins = ["--url", url, "--sha256", sha256, "--preset", "torchvision"]
        return self.run("fetch", "net", *pins, *more, **options)

    def files(self) -> set[str]:
        """Names in the store, without locks."""
        if not self.store.exists():
            return set()
        return {p.name for p in self.store.iterdir() if not p.name.endswith("lock")}

    def part(self) -> Path:
        return self.store / ".net.part"


def stored(sha256: str = SHA256) -> set[str]:
    return {"net.json", f"net-{sha256[:12]}.onnx"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    assert VERGER.exists(), f"no {VERGER}: run 'make build', or set VERGER_BUILD"
    return Home(tmp_path)


def assert_fetched(home: Home, result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == 0, result.stderr
    assert home.files() == stored()
    assert (home.store / f"net-{SHA256[:12]}.onnx").read_bytes() == NETWORK


# ---- fetch: what goes well


def test_fetch_keeps_the_model_and_lists_it(home: Home) -> None:
    with serve(Behaviour(NETWORK)) as url:
        result = home.fetch(url + "?token=secret", "--json", "--license", "MIT")
    assert_fetched(home, result)
    entry = json.loads(result.stdout)
    assert entry["sha256"] == SHA256
    assert entry["dimension"] == 8
    assert entry["source"] == url  # a token is nobody else's
    assert "secret" not in (home.store / "net.json").read_text()
    listed = json.loads(home.run("list", "--json").stdout)
    assert [m["name"] for m in listed["models"]] == ["efficientnet-lite0", "net"]
    assert listed["models"][1] == entry
    inspected = json.loads(home.run("inspect", "net", "--json").stdout)
    assert (inspected["sha256"], inspected["dimension"]) == (SHA256, 8)


def test_fetching_again_downloads_nothing(home: Home) -> None:
    behaviour = Behaviour(NETWORK)
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
        again = home.fetch(url)
    assert_fetched(home, again)
    assert "Already there" in again.stdout
    assert len(behaviour.seen) == 1


def test_fetch_mends_a_damaged_model(home: Home) -> None:
    with serve(Behaviour(NETWORK)) as url:
        assert_fetched(home, home.fetch(url))
        file = home.store / f"net-{SHA256[:12]}.onnx"
        file.write_bytes(NETWORK[:-1])
        refused = home.run("inspect", "net")
        assert refused.returncode == BAD_INPUT
        assert "'net' is damaged" in refused.stderr
        assert_fetched(home, home.fetch(url))


def test_fetch_follows_a_few_redirects_and_no_circle(home: Home) -> None:
    with serve(Behaviour(NETWORK, redirects=3)) as url:
        assert_fetched(home, home.fetch(url))
    circle = Behaviour(NETWORK, redirects=-1)
    with serve(circle) as url:
        other = home.run("fetch", "other", "--url", url, "--sha256", SHA256)
    assert other.returncode == BAD_INPUT
    assert len(circle.seen) <= 6


def test_fetch_without_a_content_length(home: Home) -> None:
    with serve(Behaviour(NETWORK, chunked=True, etag=None)) as url:
        assert_fetched(home, home.fetch(url))


def test_fetch_of_a_file_url(home: Home) -> None:
    file = home.folder / "a file.onnx"
    file.write_bytes(NETWORK)
    assert_fetched(home, home.fetch("file://" + str(file).replace(" ", "%20")))


# ---- fetch: lines that drop


def test_a_cut_line_is_resumed(home: Home) -> None:
    behaviour = Behaviour(NETWORK, cuts=[600_000, 500_000])
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
    asked = [seen.get("range") for seen in behaviour.seen]
    assert asked == [None, "bytes=600000-", "bytes=1100000-"]
    assert [seen.get("if-range") for seen in behaviour.seen] == [None, '"one"', '"one"']
    assert behaviour.sent == len(NETWORK)  # no byte twice


def test_a_killed_fetch_is_resumed_by_the_next(home: Home) -> None:
    behaviour = Behaviour(NETWORK, pause=0.05, block=100_000)
    with serve(behaviour) as url:
        pins = ["--url", url, "--sha256", SHA256, "--preset", "torchvision"]
        process = subprocess.Popen(
            home.command("fetch", "net", *pins), env=home.environment, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and behaviour.sent < 400_000:
            time.sleep(0.01)
        process.kill()
        process.wait()
        assert home.part().stat().st_size > 0
        assert "net.json" not in home.files()
        behaviour.pause = 0
        assert_fetched(home, home.fetch(url))
    assert behaviour.seen[1]["range"].startswith("bytes=")


def test_an_interrupted_fetch_says_how_to_go_on(home: Home) -> None:
    behaviour = Behaviour(NETWORK, pause=0.05, block=50_000)
    with serve(behaviour) as url:
        pins = ["--url", url, "--sha256", SHA256]
        process = subprocess.Popen(
            home.command("fetch", "net", *pins),
            env=home.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and behaviour.sent < 200_000:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "goes on" in errors
    assert home.part().stat().st_size > 0


def test_a_server_that_ignores_ranges_is_believed(home: Home) -> None:
    behaviour = Behaviour(NETWORK, ranges=False, cuts=[600_000])
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
    assert behaviour.seen[1]["range"] == "bytes=600000-"


def test_a_server_that_sends_another_range_spoils_nothing(home: Home) -> None:
    with serve(Behaviour(NETWORK, wrong_range=True, cuts=[600_000])) as url:
        assert_fetched(home, home.fetch(url))


def test_a_file_that_changed_on_the_server_is_fetched_anew(home: Home) -> None:
    old = Behaviour(network(1), cuts=[600_000])
    with serve(old) as url:
        assert home.fetch(url, "--retries", "0").returncode == STORAGE
        assert home.part().stat().st_size == 600_000
        old.content, old.etag = NETWORK, '"two"'
        assert_fetched(home, home.fetch(url))


def test_parts_that_do_not_fit_are_fetched_anew(home: Home) -> None:
    """The server has no ETag, so that only the digest tells."""
    old = Behaviour(network(1), cuts=[600_000], etag=None)
    with serve(old) as url:
        assert home.fetch(url, "--retries", "0").returncode == STORAGE
        old.content = NETWORK
        result = home.fetch(url)
    assert_fetched(home, result)
    assert "do not fit together" in result.stderr


def test_a_whole_part_is_not_fetched_again(home: Home) -> None:
    """As after a kill between the last byte and the store."""
    behaviour = Behaviour(NETWORK, cuts=[len(NETWORK) - 1])
    with serve(behaviour) as url:
        home.fetch(url, "--retries", "0")
        home.part().write_bytes(NETWORK)
        sent = behaviour.sent
        assert_fetched(home, home.fetch(url))
    assert behaviour.sent == sent


def test_silence_counts_as_a_lost_line(home: Home) -> None:
    behaviour = Behaviour(NETWORK, stalls=[300_000])
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url, "--timeout", "1"))
    assert behaviour.seen[1]["range"] == "bytes=300000-"


def test_busy_servers_are_asked_again(home: Home) -> None:
    behaviour = Behaviour(NETWORK, statuses=[503, 429])
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
    assert len(behaviour.seen) == 3


# ---- fetch: what must be refused


def test_a_wrong_digest_keeps_nothing(home: Home) -> None:
    with serve(Behaviour(NETWORK)) as url:
        result = home.fetch(url, sha256="0" * 64)
    assert result.returncode == BAD_INPUT
    assert SHA256 in result.stderr
    assert "0" * 64 in result.stderr
    assert home.files() == set()


@pytest.mark.parametrize("status", [404, 403, 501])
def test_an_answer_that_no_retry_mends(home: Home, status: int) -> None:
    behaviour = Behaviour(NETWORK, statuses=[status] * 9)
    with serve(behaviour) as url:
        result = home.fetch(url)
    assert result.returncode == BAD_INPUT
    assert f"the server answers {status}" in result.stderr
    assert "verger model add FILE --name net --preset torchvision" in result.stderr
    assert len(behaviour.seen) == 1


def test_retries_end(home: Home) -> None:
    behaviour = Behaviour(NETWORK, statuses=[503] * 9)
    with serve(behaviour) as url:
        result = home.fetch(url, "--retries", "1")
    assert result.returncode == STORAGE
    assert len(behaviour.seen) == 2
    assert "(2 tries)" in result.stderr


def test_the_right_bytes_of_no_network_are_refused(home: Home) -> None:
    page = b"<html>" * 1000
    with serve(Behaviour(page)) as url:
        result = home.fetch(url, sha256=hashlib.sha256(page).hexdigest())
    assert result.returncode == BAD_INPUT
    assert "net" in result.stderr
    assert home.files() == set()


def test_another_model_of_the_name_stays_unless_replaced(home: Home) -> None:
    other = network(1)
    digest = hashlib.sha256(other).hexdigest()
    with serve(Behaviour(NETWORK)) as url, serve(Behaviour(other)) as other_url:
        assert_fetched(home, home.fetch(url))
        refused = home.fetch(other_url, sha256=digest)
        assert refused.returncode == BAD_INPUT
        assert "--replace" in refused.stderr
        assert home.files() == stored()
        assert home.fetch(other_url, "--replace", sha256=digest).returncode == 0
    assert home.files() == stored(digest)


def test_one_process_fetches_a_model_at_a_time(home: Home) -> None:
    behaviour = Behaviour(NETWORK, pause=0.1, block=50_000)
    with serve(behaviour) as url:
        pins = ["--url", url, "--sha256", SHA256, "--preset", "torchvision"]
        first = subprocess.Popen(
            home.command("fetch", "net", *pins), env=home.environment, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and behaviour.sent == 0:
            time.sleep(0.01)
        second = home.fetch(url)
        behaviour.pause = 0
        assert first.wait(30) == 0
    assert second.returncode == IN_USE
    assert "another verger" in second.stderr
    assert home.files() == stored()


def test_a_disk_that_takes_no_more_is_named(home: Home) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    with serve(Behaviour(NETWORK)) as url:
        result = home.fetch(url, preexec_fn=limit)
    assert result.returncode == STORAGE
    assert ".net.part" in result.stderr
    assert "bytes are still to be written" in result.stderr
    assert "another machine" not in result.stderr  # which would not help


def test_a_store_that_cannot_be_made_is_named(home: Home) -> None:
    (home.folder / "data").write_text("a file where the folder should be")
    with serve(Behaviour(NETWORK)) as url:
        result = home.fetch(url)
    assert result.returncode == STORAGE
    assert str(home.store) in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["fetch", "net", "--url", "http://127.0.0.1:1/x"],
        ["fetch", "net", "--url", "http://127.0.0.1:1/x", "--sha256", "12"],
        ["fetch", "../net", "--url", "http://127.0.0.1:1/x", "--sha256", "0" * 64],
        ["fetch", "net", "--url", "ftp://127.0.0.1/x", "--sha256", "0" * 64],
        ["fetch", "net", "--url", "::", "--sha256", "0" * 64],
        ["fetch", "efficientnet-lite0"],
        ["fetch"],
        [],
    ],
)
def test_wrong_calls_say_so_before_anything_is_done(home: Home, arguments: list[str]) -> None:
    result = home.run(*arguments)
    assert result.returncode == USAGE, result.stderr
    assert result.stderr
    assert "net.json" not in home.files()


# ---- resnet50 without a network


def test_without_a_network_fetch_says_what_to_do_by_hand(home: Home) -> None:
    result = home.run("fetch", "resnet50")
    assert result.returncode == STORAGE
    assert "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5" in result.stderr
    assert "94,765,736 bytes, md5 4d473c1dd8becc155b73f8504c6f6626" in result.stderr
    assert "verger model add resnet50_weights" in result.stderr
    assert str(home.folder / ".keras" / "models") in result.stderr


def test_a_model_that_is_not_there_names_those_that_are(home: Home) -> None:
    for name in ("resnet50", "resnet51"):
        result = home.run("inspect", name)
        assert result.returncode == BAD_INPUT
        assert "there are: efficientnet-lite0" in result.stderr
        assert "verger model fetch resnet50" in result.stderr
    assert "Verger knows: resnet50" in home.run("fetch", "resnet51").stderr


# ---- add, inspect, list


def test_add_keeps_a_copy_under_a_sound_name(home: Home) -> None:
    file = home.folder / "My Net (2).onnx"
    file.write_bytes(NETWORK)
    result = home.run("add", file, "--preset", "torchvision", "--json")
    assert result.returncode == 0, result.stderr
    entry = json.loads(result.stdout)
    assert entry["name"] == "my-net-2"
    file.unlink()
    inspected = json.loads(home.run("inspect", "my-net-2", "--json").stdout)
    assert inspected["preset"] == "torchvision"
    assert "my-net-2" in home.run("list").stdout


def test_add_refuses_what_is_no_model_by_name(home: Home) -> None:
    bad = {
        "empty.onnx": b"",
        "page.h5": b"<html></html>",
        "half.onnx": NETWORK[: len(NETWORK) // 2],
        "cut.h5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    }
    for name, content in bad.items():
        (home.folder / name).write_bytes(content)
        result = home.run("add", name, "--preset", "torchvision")
        assert result.returncode == BAD_INPUT, (name, result.stderr)
        assert name in result.stderr
        assert result.stderr.startswith("verger: ")
    assert home.files() == set()
    missing = home.run("add", "gone.onnx")
    assert missing.returncode == BAD_INPUT
    assert "gone.onnx" in missing.stderr


def test_add_of_another_file_as_resnet50_says_so(home: Home) -> None:
    (home.folder / "mine.onnx").write_bytes(NETWORK)
    result = home.run("add", "mine.onnx", "--preset", "torchvision", "--name", "resnet50")
    assert result.returncode == 0, result.stderr
    assert "not the published resnet50" in result.stderr


def test_add_checks_a_digest_and_a_preset(home: Home) -> None:
    (home.folder / "net.onnx").write_bytes(NETWORK)
    wrong = home.run("add", "net.onnx", "--preset", "torchvision", "--sha256", "0" * 64)
    assert wrong.returncode == BAD_INPUT
    assert SHA256 in wrong.stderr
    unnamed = home.run("add", "net.onnx")
    assert unnamed.returncode != 0
    assert "torchvision" in unnamed.stderr  # lists the presets there are
    assert home.files() == set()


def test_many_processes_add_at_once(home: Home) -> None:
    contents = [network(seed) for seed in range(4)]
    processes = []
    for i, content in enumerate(contents):
        (home.folder / f"{i}.onnx").write_bytes(content)
        arguments = ["add", f"{i}.onnx", "--preset", "torchvision", "--name", "net", "--replace"]
        processes.append(
            subprocess.Popen(
                home.command(*arguments),
                env=home.environment,
                cwd=home.folder,
                stdout=subprocess.DEVNULL,
            )
        )
    assert [process.wait(60) for process in processes] == [0] * 4
    inspected = json.loads(home.run("inspect", "net", "--json").stdout)
    assert inspected["sha256"] in {hashlib.sha256(content).hexdigest() for content in contents}
    assert home.files() == stored(inspected["sha256"])


@pytest.mark.parametrize("command", [[], ["list"], ["fetch"], ["add"], ["inspect"]])
def test_every_help_has_examples(home: Home, command: list[str]) -> None:
    result = home.run(*command, "--help")
    assert result.returncode == 0
    assert "Examples:\n  verger model" in result.stdout


def test_list_has_the_embedded_model_and_what_to_fetch(home: Home) -> None:
    result = home.run("list")
    assert result.returncode == 0, result.stderr
    assert "efficientnet-lite0" in result.stdout
    assert "verger model fetch resnet50" in result.stdout
