"""The layer check must find each kind of trespass, and nothing else."""

from pathlib import Path

import check_layers
import pytest


def faults_in(root: Path, file: str, text: str) -> list[str]:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [str(fault) for fault in check_layers.check(root, [file])]


@pytest.mark.parametrize(
    ("file", "line", "why"),
    [
        ("core/base/bytes.h", '#include "core/image/image.h"', "core/base may not use"),
        ("core/image/decode.cc", '#include "core/model/model.h"', "core/image may not use"),
        ("core/model/onnx.cc", '#include "core/extract/extractor.h"', "core/model may not use"),
        ("core/pca/pca.cc", '#include "core/image/image.h"', "core/pca may not use"),
        ("core/pca/pca_test.cc", '#include "core/model/model.h"', "core/pca may not use"),
        ("core/pca/pca.cc", "#include <abi/verger.h>", "core/pca may not use"),
        ("abi/extract.cc", '#include "cli/run.h"', "abi may not use"),
        ("cli/run.cc", '#include "core/base/sha256.h"', "cli may not use"),
        ("cli/run.cc", '#include "abi/handles.h"', "cli may not use"),
        ("cli/base/text.cc", '#include "cli/net/url.h"', "cli/base may not use"),
        ("cli/net/http.cc", '#include "cli/storage/place.h"', "cli/net may not use"),
        ("cli/storage/place.cc", '#include "cli/photos/read.h"', "cli/storage may not use"),
        ("cli/photos/read.cc", '#include "cli/engine/batches.h"', "cli/photos may not use"),
        ("cli/models/store.cc", '#include "cli/storage/place.h"', "cli/models may not use"),
        ("cli/runs/plan.cc", '#include "cli/models/store.h"', "cli/runs may not use"),
        ("cli/commands/run.cc", '#include "cli/net/http.h"', "cli/commands may not use"),
        ("cli/storage/s3/client.cc", "#include <curl/curl.h>", "only cli/net knows the network"),
        ("core/pca/pca.cc", "#include <arrow/api.h>", "core/ knows no Arrow"),
        ("core/pca/pca_test.cc", "#include <parquet/types.h>", "core/ knows no Arrow"),
        ("abi/batch.cc", "  #  include <arrow/c/bridge.h>", "only cli/ links Arrow C++"),
        ("core/model/fetch.cc", "#include <curl/curl.h>", "core/ knows no network"),
        ("core/model/read.cc", "#include <fstream>", "core/ knows no file"),
        ("core/model/network_package.h", "#include <fcntl.h>", "core/ knows no file"),
        ("core/image/png.cc", "#include <cstdio>", "core/ knows no file"),
        ("cli/run.cc", "#include <openvino/openvino.hpp>", "cli/ computes nothing"),
        ("core/image/decode.cc", '#include "../base/bytes.h"', '"../base/bytes.h" hides its layer'),
        ("python/verger/spark.py", "import onnx.helper", "python/ may not import onnx.helper"),
        ("python/verger/spark.py", "from tools import x", "python/ may not import tools"),
        ("python/verger/pca.py", "import numpy as np", "python/ may not import numpy"),
        ("python/verger/pca.py", "import pyspark.sql", "only python/verger/spark/ may"),
        ("python/verger/runs/a.py", "from verger.spark import x", "only python/verger/spark/ may"),
        ("python/verger/_arrow.py", "from verger.pca import Pca", "base (_arrow) may not import"),
        ("python/verger/runs/s3.py", "from verger.runs.listing import x", "storage (runs.s3) may"),
        ("python/verger/runs/s3.py", "from verger.runs import listing", "storage (runs.s3) may"),
        ("python/verger/runs/read.py", "import verger.runs.output", "photos (runs.read) may not"),
        ("python/verger/model.py", "from verger.runs.sample import x", "engine (model) may not"),
        ("python/verger/runs/plan.py", "from verger import chain", "output (runs.plan) may not"),
        (
            "python/verger/runs/a.py",
            "import verger.cloud.aws",
            "runs (runs.a) may not import",
        ),
        ("python/verger/spark/a.py", "import verger.cloud.aws", "spark (spark.a) may not import"),
    ],
)
def test_a_trespass_is_named_with_file_line_and_remedy(
    tmp_path: Path, file: str, line: str, why: str
) -> None:
    comment = '"""x"""\n' if file.endswith(".py") else "// x\n"
    (fault,) = faults_in(tmp_path, file, f"{comment}\n{line}\n")
    assert fault.startswith(f"{file}:3: {why}")
    assert "; " in fault


def test_a_header_found_beside_the_file_hides_its_layer(tmp_path: Path) -> None:
    assert not faults_in(tmp_path, "core/image/resize.h", "#pragma once\n")
    (fault,) = faults_in(tmp_path, "core/image/resize.cc", '#include "resize.h"\n')
    assert "write its path from the root" in fault


def test_a_system_header_of_the_same_name_is_not_taken_for_ours(tmp_path: Path) -> None:
    assert not faults_in(tmp_path, "core/image/png.h", "#pragma once\n")
    assert not faults_in(tmp_path, "core/image/png.cc", "#include <png.h>\n")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/image/decode.cc", '#include "core/base/result.h"'),
        ("core/image/jpeg.cc", "#include <cstdio>\n#include <jpeglib.h>"),
        ("core/extract/extractor.cc", '#include "core/model/model.h"'),
        ("core/model/onnx_test.cc", "#include <fstream>"),
        ("core/model/network_package.cc", "#include <fcntl.h>"),
        ("core/extract/test_files.h", "#include <filesystem>"),
        ("core/pca/moments.cc", "#include <Eigen/Dense>"),
        ("core/pca/moments.cc", '// #include "core/image/image.h"'),
        ("abi/extract.cc", '#include "core/extract/extractor.h"'),
        ("cli/run.cc", '#include "abi/verger.h"'),
        ("cli/net/http.cc", '#include <curl/curl.h>\n#include "cli/base/error.h"'),
        ("cli/storage/s3/client.cc", '#include "cli/net/http.h"'),
        ("cli/commands/run.cc", '#include "cli/runs/plan.h"'),
        ("cli/main.cc", '#include "cli/commands/commands.h"'),
        ("abi/verger.h", '#include "verger_search.h"'),
        ("cli/parquet.cc", "#include <parquet/arrow/writer.h>"),
        ("tests/abi/abi_test.cc", '#include "core/base/sha256.h"\n#include <arrow/api.h>'),
        ("bench/reduce/reduce.cc", '#include "core/pca/pca.h"'),
        ("python/verger/spark/run.py", "import pyspark\nfrom . import _arrow"),
        ("python/verger/pca_test.py", "import numpy as np"),
        ("python/verger/pca_test.py", "from verger.chain import fit"),
        ("python/verger/runs/local.py", "from verger.runs.photo import Photo"),
        ("python/verger/find_model.py", "from verger.runs.storage import open_place"),
        ("python/verger/runs/listing.py", "from verger.runs import storage"),
        ("python/verger/spark/a.py", "from verger.runs.report import x\nimport verger.chain"),
        ("python/verger/cloud/commands/a.py", "from verger.cloud.aws import x"),
        ("tools/make_model.py", "import onnx"),
    ],
)
def test_what_the_layers_allow_passes(tmp_path: Path, file: str, line: str) -> None:
    assert faults_in(tmp_path, file, line + "\n") == []


def test_this_repository_keeps_its_layers() -> None:
    root = Path(check_layers.__file__).resolve().parent.parent
    assert [str(fault) for fault in check_layers.check(root, check_layers.our_files(root))] == []
