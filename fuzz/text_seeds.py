"""Seeds that are texts."""

from __future__ import annotations

from collections.abc import Iterator

Seed = tuple[str, bytes]  # a name and an input
KEYS = '"AccessKeyId": "a", "SecretAccessKey": "s"'


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
ROLE = (
    '{"roleCredentials": {"accessKeyId": "a", "secretAccessKey": "s", "expiration": 1893456000000}}'
)
LISTING = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>b</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>n</NextContinuationToken><Contents><Key>a%2Fb+c.jpg</Key>
<LastModified>2026-11-28T22:18:46.500Z</LastModified><ETag>&quot;e&quot;</ETag><Size>123</Size></Contents>
<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes></ListBucketResult>"""
ERROR = "<Error><Code>AccessDenied</Code><Message>no &amp; no</Message></Error>"
REQUEST = (
    "POST /v1/classify?top=3&views=1 HTTP/1.1\r\nHost: localhost:8080\r\n"
    "Content-Type: image/jpeg\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nabcd"
)

TEXTS: dict[str, Iterator[Seed]] = {
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
        f'command\0{CONFIG}\0\0{{{KEYS}, "Version": 1}}',
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
    "s3_error": texts(
        "s3_error", ERROR, "When reading 'a' in bucket 'b': AWS Error NO_SUCH_KEY: x"
    ),
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
        "POST http://h/v1/similar HTTP/1.1\r\nHost: [::1]\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
}
