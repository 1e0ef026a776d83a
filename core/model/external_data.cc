#include "core/model/external_data.h"

#include <cstdint>
#include <optional>

namespace verger {
namespace {

enum class Message {
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
constexpr int kMaxDepth = 100;

// The message inside a length-delimited field, as far as it can lead to a tensor.
Message Child(Message parent, std::uint64_t field) {
  switch (parent) {
    case Message::kModel:
      if (field == 7) return Message::kGraph;
      if (field == 20) return Message::kTraining;
      if (field == 25) return Message::kFunction;
      break;
    case Message::kTraining:
      if (field == 1 || field == 2) return Message::kGraph;
      break;
    case Message::kGraph:
      if (field == 1) return Message::kNode;
      if (field == 5) return Message::kTensor;
      if (field == 15) return Message::kSparseTensor;
      break;
    case Message::kFunction:
      if (field == 7) return Message::kNode;
      if (field == 11) return Message::kAttribute;  // defaults of the function's attributes
      break;
    case Message::kNode:
      if (field == 5) return Message::kAttribute;
      break;
    case Message::kAttribute:
      if (field == 5 || field == 10) return Message::kTensor;
      if (field == 6 || field == 11) return Message::kGraph;
      if (field == 22 || field == 23) return Message::kSparseTensor;
      break;
    case Message::kSparseTensor:
      if (field == 1 || field == 2) return Message::kTensor;
      break;
    case Message::kTensor:
    case Message::kOther:
      break;
  }
  return Message::kOther;
}

struct Walk {
  bool graph = false;
  bool external = false;
};

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

// Returns false where `bytes` break the wire format.
bool Visit(Bytes bytes, Message message, int depth, Walk& walk) {
  if (depth > kMaxDepth) return false;
  while (!bytes.empty()) {
    // protobuf keeps 32 bits of a tag and of an enum: a longer one could mean one thing to us and
    // another to it.
    const auto tag = TakeVarint(bytes);
    if (!tag || *tag > UINT32_MAX) return false;
    const std::uint64_t field = *tag >> 3;
    std::uint64_t length = 0;
    switch (*tag & 7) {
      case 0: {
        const auto number = TakeVarint(bytes);
        if (!number) return false;
        if (message == Message::kTensor && field == 14 &&
            static_cast<std::uint32_t>(*number) != 0) {
          walk.external = true;
        }
        continue;
      }
      case 1:
        length = 8;
        break;
      case 5:
        length = 4;
        break;
      case 2: {
        const auto size = TakeVarint(bytes);
        if (!size) return false;
        length = *size;
        break;
      }
      default:
        return false;
    }
    if (field == 0 || length > bytes.size()) return false;
    const Bytes inside = bytes.first(static_cast<std::size_t>(length));
    bytes = bytes.subspan(static_cast<std::size_t>(length));
    if ((*tag & 7) != 2) continue;
    if (message == Message::kTensor && field == 13) walk.external = true;
    const Message child = Child(message, field);
    if (message == Message::kModel && child == Message::kGraph) walk.graph = true;
    if (child != Message::kOther && !Visit(inside, child, depth + 1, walk)) return false;
  }
  return true;
}

}  // namespace

OnnxKind InspectOnnx(Bytes file) {
  Walk walk;
  const bool whole = Visit(file, Message::kModel, 0, walk);
  if (!whole || !walk.graph) return OnnxKind::kNotOnnx;
  return walk.external ? OnnxKind::kExternalTensor : OnnxKind::kSelfContained;
}

}  // namespace verger
