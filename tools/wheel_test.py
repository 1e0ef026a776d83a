"""The wheels in dist/: their SBOMs and licences, the statement that a release would sign about one,
and how the one finds the networks of the other.

Marked `wheel`: run by `make wheel`, whose set-up has the packages that know these formats.
"""

import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "attest_wheel.py"
PAYLOAD = "application/vnd.in-toto+json"


@pytest.fixture(scope="module")
def wheel() -> Path:
    [path] = (ROOT / "dist").glob("verger-*.whl")
    return path


@pytest.fixture(scope="module")
def networks() -> Path:
    [path] = (ROOT / "dist").glob("verger_networks-*.whl")
    return path


def read(wheel: Path, ending: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(ending)]
        return archive.read(name)


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def attest(wheel: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, TOOL, wheel], capture_output=True, check=False)


def test_the_sbom_keeps_to_the_schema_and_names_every_binary(wheel: Path) -> None:
    import check_sbom
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = read(wheel, ".dist-info/sboms/verger.cdx.json").decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert list(check_sbom.faults_of(wheel)) == []
    parts = json.loads(text)["components"]
    with zipfile.ZipFile(wheel) as archive:
        libraries = {
            n.rpartition("/")[2] for n in archive.namelist() if n.startswith("verger/lib/")
        }
    assert libraries <= {part["name"] for part in parts}
    archives = [part["name"] for part in parts if "archive" in json.dumps(part["properties"])]
    linked_in = {"hdf5", "libaec", "libjpeg-turbo", "libpng1.6", "libwebp", "openssl", "zlib"}
    assert linked_in <= set(archives)


def test_the_networks_have_an_sbom_and_licences_of_their_own(networks: Path) -> None:
    import check_sbom
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = read(networks, ".dist-info/sboms/verger.cdx.json").decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert list(check_sbom.faults_of(networks)) == []
    document = json.loads(text)
    assert document["metadata"]["component"]["name"] == "verger-networks"
    names = [f"efficientnet-lite{number}" for number in (1, 2)]
    assert [part["name"] for part in document["components"]] == [f"{name}.onnx" for name in names]
    for name in names:
        assert b"Apache License" in read(networks, f"/licenses/{name}/LICENSE")


def install(site: Path, *wheels: Path) -> Path:
    """Puts wheels into a folder of packages."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--no-index", "--target", site, *wheels], check=True)
    return site


def inspect(site: Path, elsewhere: Path | None = None) -> list[subprocess.CompletedProcess[str]]:
    """Opens efficientnet-lite2 by the program and by the package in `site`."""
    code = "import verger; print(verger.Model.open('efficientnet-lite2').sha256)"
    program = [site / "verger_command.py", "model", "inspect", "efficientnet-lite2"]
    env = {"PYTHONPATH": os.pathsep.join(map(str, filter(None, (site, elsewhere)))), "HOME": "/"}
    return [
        subprocess.run(
            [sys.executable, *command], env=env, capture_output=True, text=True, check=False
        )
        for command in (program, ["-c", code])
    ]


def test_networks_are_read_from_their_wheel_or_it_is_asked_for(
    wheel: Path, networks: Path, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256(read(networks, "efficientnet-lite2.onnx")).hexdigest()
    site, elsewhere = install(tmp_path / "site", wheel), install(tmp_path / "elsewhere", networks)
    for done in inspect(site):
        assert done.returncode != 0
        assert "efficientnet-lite2: this network is not installed (" in done.stderr
        assert f"{site}/verger_networks/efficientnet-lite2.onnx: No such file" in done.stderr
        assert "; run: python -m pip install 'verger[networks]'" in done.stderr
    for done in inspect(site, elsewhere):
        assert sha256 in done.stdout, done.stderr
    install(site, networks)
    for done in inspect(site):
        assert sha256 in done.stdout, done.stderr
    (site / "verger_networks" / "efficientnet-lite2.onnx").write_bytes(b"other")
    for done in inspect(site):
        assert "efficientnet-lite2.onnx is damaged, or of another version; run:" in done.stderr


def test_the_program_lists_the_networks_that_are_there(wheel: Path, tmp_path: Path) -> None:
    site = install(tmp_path / "site", wheel)
    command = [sys.executable, str(site / "verger_command.py"), "model", "list", "--json"]
    env = {"VERGER_MODELS": str(tmp_path / "models")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    listed = json.loads(done.stdout)
    assert [model["name"] for model in listed["models"]] == ["efficientnet-lite0"]
    absent = [line.partition(":")[0] for line in listed["absent"]]
    assert absent == ["efficientnet-lite1", "efficientnet-lite2"]
    done = subprocess.run(command[:-1], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.count("'verger[networks]'") == 2


def test_the_licences_of_all_components_are_in_the_metadata(wheel: Path) -> None:
    from cyclonedx.spdx import is_expression

    [licence] = re.findall(r"^License-Expression: (.+)$", read(wheel, "/METADATA").decode(), re.M)
    assert is_expression(licence)
    assert {"Apache-2.0", "IJG", "MPL-2.0", "libpng-2.0"} < set(licence.split(" AND "))


def test_the_statement_names_the_wheel_and_its_hash(wheel: Path) -> None:
    statement = json.loads(attest(wheel).stdout)
    [subject] = statement["subject"]
    assert subject["name"] == wheel.name
    assert subject["digest"] == {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}


def test_a_signature_of_the_statement_makes_an_attestation(wheel: Path) -> None:
    """Signed here by a key of our own, as DSSE says; only who signs it differs at a release."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from pypi_attestations import Attestation, Distribution

    statement = attest(wheel).stdout.strip()
    key = ec.generate_private_key(ec.SECP256R1())
    message = b" ".join(
        [b"DSSEv1", b"%d" % len(PAYLOAD), PAYLOAD.encode(), b"%d" % len(statement), statement]
    )
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(minutes=10))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    material = {"certificate": base64_of(certificate), "transparency_entries": [{"logIndex": "0"}]}
    envelope = {"statement": base64_of(statement), "signature": base64_of(signature)}
    text = json.dumps({"version": 1, "verification_material": material, "envelope": envelope})
    attestation = Attestation.model_validate_json(text)
    algorithm = ec.ECDSA(hashes.SHA256())
    key.public_key().verify(attestation.envelope.signature, message, algorithm)
    [subject] = attestation.statement["subject"]
    distribution = Distribution.from_file(wheel)
    assert subject["name"] == distribution.name
    assert subject["digest"]["sha256"] == distribution.digest


def test_a_changed_wheel_has_another_statement(wheel: Path, tmp_path: Path) -> None:
    changed = tmp_path / wheel.name
    changed.write_bytes(wheel.read_bytes() + b"\0")
    assert attest(changed).stdout != attest(wheel).stdout


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "verger.txt"
    other.write_text("")
    done = attest(other)
    assert done.returncode == 1
    assert b"verger.txt" in done.stderr
