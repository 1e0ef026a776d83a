// safetensors.h: named arrays in one file that many tools open, and none runs.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// Arrays and a few texts by their names.
struct SafeTensors {
  struct Tensor {
    std::vector<std::int64_t> shape;
    std::variant<std::vector<double>, std::vector<float>, std::vector<std::int64_t>> values;
  };
  std::map<std::string, std::string> metadata;
  std::map<std::string, Tensor> tensors;
};

// The same content gives the same bytes.
// Requires: each tensor has as many values as its shape says.
// Source:   the format of huggingface/safetensors: a length, a JSON header, the arrays.
std::string WriteSafeTensors(const SafeTensors& content);

// Reads F64, F32 and I64. The metadata's "sha256", that of the header without it and of the arrays,
// is checked.
//
// Errors: kBadFeatures, which names `name`, for what is no such file, is damaged, or is longer than
//         its header says.
Result<SafeTensors> ReadSafeTensors(Bytes bytes, std::string_view name);

}  // namespace verger
