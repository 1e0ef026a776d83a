#include "core/model/onnx_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/model/onnx_tensor.h"
#include "core/model/onnx_wire.h"

namespace verger {
namespace {

constexpr std::uint64_t kMostBytes = (std::uint64_t{1} << 31) - 1;  // protobuf's own bound
constexpr std::uint64_t kRawData = 9;

struct Walk {
  bool graph = false;
  OnnxFile file;
};

// Returns false where `bytes` break the wire format.
bool Visit(Bytes bytes, OnnxMessage message, int depth, Walk& walk) {
  if (depth > kMaxOnnxDepth) return false;
  if (message == OnnxMessage::kTensor) {
    const auto tensor = ReadOnnxTensor(bytes);
    if (!tensor) return false;
    walk.file.widened = walk.file.widened || tensor->IsWidenedBfloat16();
    auto& locations = walk.file.locations;
    if (tensor->external && std::ranges::find(locations, tensor->location) == locations.end()) {
      locations.push_back(tensor->location);
    }
    return true;
  }
  while (!bytes.empty()) {
    const auto field = TakeField(bytes);
    if (!field) return false;
    if (field->type != 2) continue;
    const OnnxMessage child = ChildOf(message, field->number);
    if (message == OnnxMessage::kModel && child == OnnxMessage::kGraph) walk.graph = true;
    if (child != OnnxMessage::kOther && !Visit(field->content, child, depth + 1, walk)) {
      return false;
    }
  }
  return true;
}

Error TooLarge(const std::string& name, std::uint64_t size) {
  return {Code::kBadModel,
          fmt::format("{}: {} bytes with its weights, and the engine reads ONNX below 2 GiB; "
                      "export it in half precision, or choose a smaller network",
                      name, size)};
}

// Whether `location` stays in the folder of the file that names it.
bool StaysInFolder(std::string_view location) {
  // A newline would end a name where the door lists them; no exporter writes others like it.
  const auto is_odd = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < ' '; };
  if (std::any_of(location.begin(), location.end(), is_odd)) return false;
  while (true) {
    const std::string_view step = location.substr(0, location.find('/'));
    if (step.empty() || step == "." || step == "..") return false;
    if (step.size() == location.size()) return true;
    location.remove_prefix(step.size() + 1);
  }
}

class Rewriter {
 public:
  // `most`: bytes of all tensors, of which several may name the same.
  Rewriter(const SideFiles& sides, std::string name, std::uint64_t most)
      : sides_(sides), name_(std::move(name)), most_(most) {}

  // Appends `bytes` with every tensor inside it.
  Status Rewrite(Bytes bytes, OnnxMessage message, std::string& to);

 private:
  Error Bad(const std::string& what) const {
    return {Code::kBadModel, fmt::format("{}: {}", name_, what)};
  }
  Status RewriteTensor(Bytes bytes, std::string& to);
  Result<Bytes> External(const OnnxTensor& tensor, std::uint64_t needed) const;

  const SideFiles& sides_;
  std::string name_;
  std::uint64_t most_;
  std::uint64_t joined_ = 0;
};

Result<Bytes> Rewriter::External(const OnnxTensor& tensor, std::uint64_t needed) const {
  const auto side = sides_.find(tensor.location);
  if (side == sides_.end()) {
    return Bad(
        fmt::format("keeps its weights in another file (external data), \"{}\", which is not here; "
                    "bring both, or save the ONNX as one file: torch.onnx.export(..., "
                    "external_data=False)",
                    tensor.location));
  }
  const std::uint64_t length = tensor.length.value_or(needed);
  if (length != needed) {
    return Bad(fmt::format("\"{}\" has {} bytes in \"{}\", and its shape needs {}; export it again",
                           tensor.name, length, tensor.location, needed));
  }
  const Bytes bytes = side->second;
  if (tensor.offset > bytes.size() || length > bytes.size() - tensor.offset) {
    return Bad(fmt::format(
        "\"{}\" is cut short or of another export: it has {} bytes, and \"{}\" lies at "
        "{} to {}; bring the file that was written with this one",
        tensor.location, bytes.size(), tensor.name, tensor.offset, tensor.offset + length));
  }
  return bytes.subspan(static_cast<std::size_t>(tensor.offset), static_cast<std::size_t>(length));
}

Status Rewriter::RewriteTensor(Bytes bytes, std::string& to) {
  const auto tensor = ReadOnnxTensor(bytes);
  if (!tensor) return Bad("damaged; copy or download it again");
  if (!tensor->external && !tensor->IsWidenedBfloat16()) {
    to += AsText(bytes);
    return Ok();
  }
  const auto needed = tensor->ByteCount();
  if (!needed)
    return Bad(fmt::format("\"{}\" is of a type or shape that is not read", tensor->name));
  joined_ += std::min<std::uint64_t>(*needed, kMostBytes);
  if (joined_ > most_) {
    return Bad(
        fmt::format("its tensors name the same weights many times over, {} bytes up to "
                    "\"{}\"; export it again",
                    joined_, tensor->name));
  }
  std::string raw;
  if (tensor->external) {
    VERGER_ASSIGN_OR_RETURN(const Bytes inside, External(*tensor, *needed));
    raw = AsText(inside);
  } else {
    if (tensor->int32_data.size() * 2 != *needed) {
      return Bad(fmt::format("\"{}\" has {} numbers, and its shape needs {}; export it again",
                             tensor->name, tensor->int32_data.size(), *needed / 2));
    }
    for (const std::uint64_t number : tensor->int32_data) {
      raw += static_cast<char>(number & 255);
      raw += static_cast<char>(number >> 8 & 255);
    }
  }
  while (!bytes.empty()) {
    const auto field = TakeField(bytes);
    const bool moved = field->number == 5 || field->number == kRawData || field->number == 13 ||
                       field->number == 14;
    if (!moved) to += AsText(field->whole);
  }
  AppendField(to, kRawData, raw);
  return Ok();
}

Status Rewriter::Rewrite(Bytes bytes, OnnxMessage message, std::string& to) {
  if (message == OnnxMessage::kTensor) return RewriteTensor(bytes, to);
  while (!bytes.empty()) {
    const auto field = TakeField(bytes);
    const OnnxMessage child =
        field->type == 2 ? ChildOf(message, field->number) : OnnxMessage::kOther;
    if (child == OnnxMessage::kOther) {
      to += AsText(field->whole);
      continue;
    }
    std::string inside;
    VERGER_RETURN_IF_ERROR(Rewrite(field->content, child, inside));
    AppendField(to, field->number, inside);
  }
  return Ok();
}

}  // namespace

OnnxFile InspectOnnx(Bytes file) {
  Walk walk;
  const bool whole = Visit(file, OnnxMessage::kModel, 0, walk);
  if (!whole || !walk.graph) return {};
  walk.file.kind =
      walk.file.locations.empty() ? OnnxKind::kSelfContained : OnnxKind::kExternalTensor;
  return walk.file;
}

Result<std::vector<std::string>> SideFilesOf(Bytes file, const std::string& name) {
  std::vector<std::string> locations = InspectOnnx(file).locations;
  for (const std::string& location : locations) {
    if (StaysInFolder(location)) continue;
    return Error{Code::kBadModel,
                 fmt::format("{}: keeps its weights in \"{}\", which is no file in its own folder; "
                             "save the ONNX as one file: onnx.save(onnx.load(\"m.onnx\"), "
                             "\"one.onnx\")",
                             name, location)};
  }
  return locations;
}

Result<std::string> WholeOnnx(Bytes file, const SideFiles& sides, const std::string& name) {
  std::uint64_t size = file.size();
  for (const auto& [location, bytes] : sides) size += bytes.size();
  if (size > kMostBytes) return TooLarge(name, size);
  std::string whole;
  whole.reserve(static_cast<std::size_t>(size));
  // Weights that two tensors share are rare, and memory must follow what the files hold.
  constexpr std::uint64_t kShared = 4;
  Rewriter rewriter(sides, name, std::min(kMostBytes, kShared * size));
  VERGER_RETURN_IF_ERROR(rewriter.Rewrite(file, OnnxMessage::kModel, whole));
  return whole;
}

}  // namespace verger
