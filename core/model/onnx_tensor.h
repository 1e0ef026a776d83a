// onnx_tensor.h: where a tensor of an ONNX file keeps its numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace verger {

struct OnnxTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::uint64_t type = 0;               // TensorProto.DataType
  bool external = false;                // in another file
  std::string location;                 // that file; empty: none is named
  std::uint64_t offset = 0;             // in that file
  std::optional<std::uint64_t> length;  // there; nothing: what the shape needs
  std::vector<std::uint64_t> int32_data;

  // bfloat16 in int32_data, which the engine takes for garbage without an error.
  bool IsWidenedBfloat16() const { return type == 16 && !int32_data.empty(); }

  // Bytes that the shape and the type need; nothing for texts, unknown types and absurd shapes.
  std::optional<std::uint64_t> ByteCount() const;
};

// Reads a TensorProto; nothing where it breaks the wire format.
// Cost: numbers are read for bfloat16 alone.
std::optional<OnnxTensor> ReadOnnxTensor(Bytes tensor);

}  // namespace verger
