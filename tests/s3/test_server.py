"""The server and its client do what the other tests take for granted."""

from __future__ import annotations

import pyarrow.fs

from .server import S3Server

NAMES = ("a b", "a+b", "a%b", "a%20b", "\u00e9", "e\u0301", "a#b", "a'b&c=d", "ab", "a.", "日本 🍏")


def test_pyarrow_reads_what_was_put(s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    for name in NAMES:
        s3_server.put(bucket, name, name.encode())
    assert s3_server.keys(bucket) == sorted(NAMES)
    filesystem = s3_server.filesystem()
    for name in NAMES:
        with filesystem.open_input_stream(f"{bucket}/{name}") as file:
            assert file.read() == name.encode()
    s3_server.delete(bucket, NAMES[0])
    info = filesystem.get_file_info(f"{bucket}/{NAMES[0]}")
    assert info.type == pyarrow.fs.FileType.NotFound


def test_a_put_on_condition_is_refused_the_second_time(s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    absent = {"if-none-match": "*"}
    s3_server.request("PUT", bucket, "manifest", b"one", absent)
    s3_server.request("PUT", bucket, "manifest", b"two", absent, check=(412,))
    assert s3_server.get(bucket, "manifest") == b"one"
