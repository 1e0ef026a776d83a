#include "core/model/onnx_tensor.h"

#include <charconv>

#include "core/model/onnx_wire.h"

namespace verger {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 40;

// Bits of a number, by TensorProto.DataType; 0: no fixed size, or not known.
int BitsOf(std::uint64_t type) {
  switch (type) {
    case 2:  // uint8
    case 3:  // int8
    case 9:  // bool
    case 17:
    case 18:
    case 19:
    case 20:
    case 24:  // float8 in five kinds
      return 8;
    case 4:   // uint16
    case 5:   // int16
    case 10:  // float16
    case 16:  // bfloat16
      return 16;
    case 1:   // float
    case 6:   // int32
    case 12:  // uint32
      return 32;
    case 7:   // int64
    case 11:  // double
    case 13:  // uint64
    case 14:  // complex64
      return 64;
    case 15:  // complex128
      return 128;
    case 21:
    case 22:
    case 23:  // uint4, int4, float4
      return 4;
    default:
      return 0;
  }
}

// Appends the numbers of a repeated integer field, packed or not.
bool AppendNumbers(const OnnxField& field, std::vector<std::uint64_t>& numbers) {
  if (field.type == 0) {
    numbers.push_back(field.varint);
    return true;
  }
  for (Bytes rest = field.content; !rest.empty();) {
    const auto number = TakeVarint(rest);
    if (!number) return false;
    numbers.push_back(*number);
  }
  return true;
}

// One StringStringEntryProto of external_data.
bool ReadEntry(Bytes entry, OnnxTensor& tensor) {
  std::string_view key;
  std::string_view value;
  while (!entry.empty()) {
    const auto field = TakeField(entry);
    if (!field) return false;
    if (field->number == 1 && field->type == 2) key = AsText(field->content);
    if (field->number == 2 && field->type == 2) value = AsText(field->content);
  }
  if (key == "location") tensor.location = value;
  if (key != "offset" && key != "length") return true;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return false;
  if (key == "offset") tensor.offset = number;
  if (key == "length") tensor.length = number;
  return true;
}

}  // namespace

std::optional<std::uint64_t> OnnxTensor::ByteCount() const {
  const int bits = BitsOf(type);
  if (bits == 0) return std::nullopt;
  std::uint64_t count = 1;
  for (const std::uint64_t side : shape) {
    if (side != 0 && count > kMostBytes / side) return std::nullopt;
    count *= side;
  }
  return (count * static_cast<std::uint64_t>(bits) + 7) / 8;
}

std::optional<OnnxTensor> ReadOnnxTensor(Bytes bytes) {
  OnnxTensor tensor;
  Bytes numbers = bytes;
  while (!bytes.empty()) {
    const auto field = TakeField(bytes);
    if (!field) return std::nullopt;
    const bool text = field->type == 2;
    if (field->number == 1 && !AppendNumbers(*field, tensor.shape)) return std::nullopt;
    // protobuf keeps 32 bits of an enum.
    if (field->number == 2 && !text) tensor.type = static_cast<std::uint32_t>(field->varint);
    if (field->number == 8 && text) tensor.name = AsText(field->content);
    if (field->number == 13) {
      tensor.external = true;
      if (text && !ReadEntry(field->content, tensor)) return std::nullopt;
    }
    if (field->number == 14 && field->type == 0) {
      tensor.external = tensor.external || static_cast<std::uint32_t>(field->varint) != 0;
    }
  }
  if (tensor.type != 16) return tensor;
  while (!numbers.empty()) {
    const auto field = TakeField(numbers);
    if (!field) return std::nullopt;
    if (field->number == 5 && !AppendNumbers(*field, tensor.int32_data)) return std::nullopt;
  }
  return tensor;
}

}  // namespace verger
