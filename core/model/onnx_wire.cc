#include "core/model/onnx_wire.h"

namespace verger {

OnnxMessage ChildOf(OnnxMessage parent, std::uint64_t field) {
  switch (parent) {
    case OnnxMessage::kModel:
      if (field == 7) return OnnxMessage::kGraph;
      if (field == 20) return OnnxMessage::kTraining;
      if (field == 25) return OnnxMessage::kFunction;
      break;
    case OnnxMessage::kTraining:
      if (field == 1 || field == 2) return OnnxMessage::kGraph;
      break;
    case OnnxMessage::kGraph:
      if (field == 1) return OnnxMessage::kNode;
      if (field == 5) return OnnxMessage::kTensor;
      if (field == 15) return OnnxMessage::kSparseTensor;
      break;
    case OnnxMessage::kFunction:
      if (field == 7) return OnnxMessage::kNode;
      if (field == 11) return OnnxMessage::kAttribute;  // defaults of the function's attributes
      break;
    case OnnxMessage::kNode:
      if (field == 5) return OnnxMessage::kAttribute;
      break;
    case OnnxMessage::kAttribute:
      if (field == 5 || field == 10) return OnnxMessage::kTensor;
      if (field == 6 || field == 11) return OnnxMessage::kGraph;
      if (field == 22 || field == 23) return OnnxMessage::kSparseTensor;
      break;
    case OnnxMessage::kSparseTensor:
      if (field == 1 || field == 2) return OnnxMessage::kTensor;
      break;
    case OnnxMessage::kTensor:
    case OnnxMessage::kOther:
      break;
  }
  return OnnxMessage::kOther;
}

std::optional<std::uint64_t> TakeVarint(Bytes& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(bytes.front());
    bytes = bytes.subspan(1);
    number |= (byte & 127) << shift;
    if (byte < 128) return number;
  }
  return std::nullopt;
}

std::optional<OnnxField> TakeField(Bytes& bytes) {
  const Bytes start = bytes;
  // protobuf keeps 32 bits of a tag: a longer one could mean one thing to us and another to it.
  const auto tag = TakeVarint(bytes);
  if (!tag || *tag > UINT32_MAX || *tag >> 3 == 0) return std::nullopt;
  OnnxField field;
  field.number = *tag >> 3;
  field.type = static_cast<int>(*tag & 7);
  std::uint64_t length = 0;
  switch (field.type) {
    case 0: {
      const auto number = TakeVarint(bytes);
      if (!number) return std::nullopt;
      field.varint = *number;
      break;
    }
    case 1:
      length = 8;
      break;
    case 5:
      length = 4;
      break;
    case 2: {
      const auto size = TakeVarint(bytes);
      if (!size) return std::nullopt;
      length = *size;
      break;
    }
    default:
      return std::nullopt;
  }
  if (length > bytes.size()) return std::nullopt;
  field.content = bytes.first(static_cast<std::size_t>(length));
  bytes = bytes.subspan(static_cast<std::size_t>(length));
  field.whole = start.first(start.size() - bytes.size());
  return field;
}

void AppendField(std::string& to, std::uint64_t number, std::string_view content) {
  const auto append = [&](std::uint64_t value) {
    for (; value > 127; value >>= 7) to += static_cast<char>(128 | (value & 127));
    to += static_cast<char>(value);
  };
  append(number << 3 | 2);
  append(content.size());
  to += content;
}

}  // namespace verger
