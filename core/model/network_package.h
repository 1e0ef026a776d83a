// network_package.h: networks that this library lacks, in the Python package verger_networks.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// The folder of their files: $VERGER_NETWORKS, else that of the package beside ours, whose lib/ has
// this library.
std::string NetworkFolder();

// Maps NAME.onnx of `folder`, whose SHA-256 was known when this library was built: a network of one
// name is the same everywhere. The bytes stay where they are until the process ends.
//
// Errors: kBadModel, with the path and what installs it, if it is not there or not that file.
// Cost:   that of Sha256.
Result<Bytes> MapNetwork(const std::string& folder, std::string_view name, std::string_view sha256);

}  // namespace verger
