// onnx_wire.h: the protobuf fields of an ONNX file that lead to its tensors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace verger {

enum class OnnxMessage {
  kModel,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kSparseTensor,
  kFunction,
  kTraining,
  kOther,
};

// protobuf's own readers stop at 100 levels.
inline constexpr int kMaxOnnxDepth = 100;

// The message inside a length-delimited field, as far as it can lead to a tensor.
// Source: onnx.proto, fields of ModelProto, GraphProto, NodeProto, TensorProto.
OnnxMessage ChildOf(OnnxMessage parent, std::uint64_t field);

struct OnnxField {
  std::uint64_t number = 0;
  int type = 0;              // 0: varint; 1, 5: fixed; 2: length-delimited
  std::uint64_t varint = 0;  // of type 0
  Bytes content;             // of the other types
  Bytes whole;               // with its tag
};

std::optional<std::uint64_t> TakeVarint(Bytes& bytes);

// Takes the first field off `bytes`; nothing where they break the wire format.
std::optional<OnnxField> TakeField(Bytes& bytes);

// A length-delimited field, encoded.
void AppendField(std::string& to, std::uint64_t number, std::string_view content);

inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace verger
