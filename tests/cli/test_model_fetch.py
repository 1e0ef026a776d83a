"""verger model fetch, against a real server that fails in many ways."""

from __future__ import annotations

import hashlib
import json
import re
import resource
import signal
import subprocess
from pathlib import Path

import pytest
from model_home import (
    BAD_INPUT,
    IN_USE,
    NETWORK,
    SHA256,
    STORAGE,
    USAGE,
    Home,
    assert_fetched,
    network,
    stored,
)
from program import TIMEOUT, wait_until
from range_server import Behaviour, serve

EMBEDDED = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


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
    assert [m["name"] for m in listed["models"]] == [*EMBEDDED, "net"]
    assert listed["models"][-1] == entry
    inspected = json.loads(home.run("inspect", "net", "--json").stdout)
    assert (inspected["sha256"], inspected["dimension"]) == (SHA256, 8)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
def test_fetch_goes_through_the_proxy(name: str, home: Home) -> None:
    """It alone knows the server's name."""
    with serve(Behaviour(NETWORK)) as url:
        home.environment[name] = url
        assert_fetched(home, home.fetch("http://models.farm.test/net.onnx"))


def test_fetching_again_downloads_nothing(home: Home) -> None:
    behaviour = Behaviour(NETWORK)
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
        again = home.fetch(url)
    assert_fetched(home, again)
    assert "Already there" in again.stdout
    assert len(behaviour.requests) == 1


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
    assert len(circle.requests) <= 6


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
    ranges = [request.get("range") for request in behaviour.requests]
    assert ranges == [None, "bytes=600000-", "bytes=1100000-"]
    assert [request.get("if-range") for request in behaviour.requests] == [None, '"one"', '"one"']
    assert behaviour.sent == len(NETWORK)  # no byte twice


def has_begun(home: Home) -> bool:
    """Whether some bytes of the file are there."""
    return home.part().exists() and home.part().stat().st_size > 0


def test_a_killed_fetch_is_resumed_by_the_next(home: Home) -> None:
    behaviour = Behaviour(NETWORK, stalls=[400_000])
    with serve(behaviour) as url:
        pins = ["--url", url, "--sha256", SHA256, "--preset", "torchvision"]
        process = subprocess.Popen(
            home.command("fetch", "net", *pins), env=home.environment, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: has_begun(home))
        process.kill()
        process.wait()
        assert "net.json" not in home.files()
        assert_fetched(home, home.fetch(url))
    assert behaviour.requests[1]["range"].startswith("bytes=")


def test_an_interrupted_fetch_says_how_to_go_on(home: Home) -> None:
    with serve(Behaviour(NETWORK, stalls=[400_000])) as url:
        pins = ["--url", url, "--sha256", SHA256]
        process = subprocess.Popen(
            home.command("fetch", "net", *pins),
            env=home.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: has_begun(home))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    assert "the same command continues" in errors
    assert has_begun(home)


def test_a_server_that_ignores_ranges_is_believed(home: Home) -> None:
    behaviour = Behaviour(NETWORK, ranges=False, cuts=[600_000])
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
    assert behaviour.requests[1]["range"] == "bytes=600000-"


def test_a_server_that_sends_another_range_spoils_nothing(home: Home) -> None:
    with serve(Behaviour(NETWORK, wrong_range=True, cuts=[600_000])) as url:
        assert_fetched(home, home.fetch(url))


def test_a_file_that_changed_on_the_server_is_fetched_again(home: Home) -> None:
    old = Behaviour(network(1), cuts=[600_000])
    with serve(old) as url:
        assert home.fetch(url, "--retries", "0").returncode == STORAGE
        assert home.part().stat().st_size == 600_000
        old.content, old.etag = NETWORK, '"two"'
        assert_fetched(home, home.fetch(url))


def test_parts_that_do_not_fit_are_fetched_again(home: Home) -> None:
    """The server has no ETag, so that only the digest tells."""
    old = Behaviour(network(1), cuts=[600_000], etag=None)
    with serve(old) as url:
        assert home.fetch(url, "--retries", "0").returncode == STORAGE
        old.content = NETWORK
        result = home.fetch(url)
    assert_fetched(home, result)
    assert "checksum mismatch; downloading it again" in result.stderr


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
        assert_fetched(home, home.fetch(url, "--timeout", "3"))
    assert behaviour.requests[1]["range"] == "bytes=300000-"


def test_busy_servers_are_asked_again(home: Home) -> None:
    behaviour = Behaviour(NETWORK, statuses=[503, 429])
    with serve(behaviour) as url:
        assert_fetched(home, home.fetch(url))
    assert len(behaviour.requests) == 3


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
    assert len(behaviour.requests) == 1


def test_retries_end(home: Home) -> None:
    behaviour = Behaviour(NETWORK, statuses=[503] * 9)
    with serve(behaviour) as url:
        result = home.fetch(url, "--retries", "1")
    assert result.returncode == STORAGE
    assert len(behaviour.requests) == 2
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
    behaviour = Behaviour(NETWORK, pause=2, block=50_000)  # for a minute, if nobody ends the pause
    with serve(behaviour) as url:
        pins = ["--url", url, "--sha256", SHA256, "--preset", "torchvision"]
        first = subprocess.Popen(
            home.command("fetch", "net", *pins), env=home.environment, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: behaviour.sent > 0)
        second = home.fetch(url)
        behaviour.pause = 0
        assert first.wait(TIMEOUT) == 0
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
        ["fetch", "efficientnet-lite2"],
        ["fetch", "resnet50", "--preset", "torchvision"],
        ["fetch", "resnet50", "--license", "none"],
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
    assert re.search(r"94,765,736 bytes, md5 [0-9a-f]{32}\b", result.stderr)
    assert "verger model add resnet50_weights" in result.stderr
    assert str(home.folder / ".keras" / "models") in result.stderr
