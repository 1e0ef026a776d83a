#include "core/base/safetensors.h"

#include <fmt/core.h>

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/base/sha256.h"

namespace verger {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

using Json = nlohmann::json;  // sorts its keys
constexpr std::size_t kLength = 8;
constexpr std::size_t kMostHeader = 100'000'000;  // the format's own limit
constexpr std::int64_t kMostValues = std::int64_t{1} << 40;

template <typename Value>
constexpr const char* kType = nullptr;
template <>
constexpr const char* kType<double> = "F64";
template <>
constexpr const char* kType<float> = "F32";
template <>
constexpr const char* kType<std::int64_t> = "I64";

Error Bad(std::string_view name, std::string_view reason) {
  return {Code::kBadFeatures, fmt::format("{}: not a whole safetensors file: {}", name, reason)};
}

// Values that a shape makes; -1 for a shape that is none.
std::int64_t ValuesOf(const std::vector<std::int64_t>& shape) {
  std::int64_t values = 1;
  for (const std::int64_t side : shape) {
    if (side < 0 || (side > 0 && values > kMostValues / side)) return -1;
    values *= side;
  }
  return values;
}

// Of the header, as Dump writes it without its "sha256", and the arrays.
std::string ChecksumOf(Json header, Bytes arrays) {
  header["__metadata__"].erase("sha256");
  const std::string both = FormatJson(header) + Sha256(arrays);
  return Sha256(std::as_bytes(std::span(both)));
}

template <typename Value>
bool Take(Bytes bytes, std::int64_t values, SafeTensors::Tensor* tensor) {
  if (bytes.size() != static_cast<std::size_t>(values) * sizeof(Value)) return false;
  std::vector<Value> copy(static_cast<std::size_t>(values));
  if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());  // data() may be null
  tensor->values = std::move(copy);
  return true;
}

Result<SafeTensors::Tensor> TensorOf(const Json& entry, Bytes arrays, std::string_view name) {
  SafeTensors::Tensor tensor;
  tensor.shape = entry.at("shape").get<std::vector<std::int64_t>>();
  const auto range = entry.at("data_offsets").get<std::vector<std::size_t>>();
  const std::int64_t values = ValuesOf(tensor.shape);
  if (values < 0 || range.size() != 2 || range[0] > range[1] || range[1] > arrays.size()) {
    return Bad(name, "an array lies outside");
  }
  const Bytes bytes = arrays.subspan(range[0], range[1] - range[0]);
  const std::string type = entry.at("dtype");
  const bool whole = type == "F64"   ? Take<double>(bytes, values, &tensor)
                     : type == "F32" ? Take<float>(bytes, values, &tensor)
                     : type == "I64" ? Take<std::int64_t>(bytes, values, &tensor)
                                     : false;
  if (!whole) return Bad(name, fmt::format("an array of {} is not as long as its shape", type));
  return tensor;
}

}  // namespace

std::string WriteSafeTensors(const SafeTensors& content) {
  std::string arrays;
  Json header = Json::object();
  for (const auto& [name, tensor] : content.tensors) {
    const std::size_t begin = arrays.size();
    const char* type = std::visit(
        [&](const auto& values) {
          using Value = typename std::decay_t<decltype(values)>::value_type;
          arrays.append(reinterpret_cast<const char*>(values.data()),
                        values.size() * sizeof(Value));
          return kType<Value>;
        },
        tensor.values);
    header[name] = {
        {"dtype", type}, {"shape", tensor.shape}, {"data_offsets", {begin, arrays.size()}}};
  }
  header["__metadata__"] = content.metadata;
  header["__metadata__"]["sha256"] = ChecksumOf(header, std::as_bytes(std::span(arrays)));
  std::string text = FormatJson(header);
  text.append((8 - text.size() % 8) % 8, ' ');  // arrays begin at a multiple of 8
  const std::uint64_t length = text.size();
  std::string file(reinterpret_cast<const char*>(&length), kLength);
  return file + text + arrays;
}

Result<SafeTensors> ReadSafeTensors(Bytes bytes, std::string_view name) {
  std::uint64_t length = 0;
  if (bytes.size() < kLength) return Bad(name, fmt::format("{} bytes", bytes.size()));
  std::memcpy(&length, bytes.data(), kLength);
  if (length > kMostHeader || length > bytes.size() - kLength) return Bad(name, "no header");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + kLength, length);
  const Bytes arrays = bytes.subspan(kLength + length);
  if (IsDeepJson(text)) return Bad(name, "its header is nested too deep");
  const Json header = ParseJsonOrDiscard(text);
  if (!header.is_object()) return Bad(name, "its header is not a JSON object");
  try {
    SafeTensors content;
    std::size_t covered = 0;
    for (const auto& [key, entry] : header.items()) {
      if (key == "__metadata__") {
        content.metadata = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      VERGER_ASSIGN_OR_RETURN(SafeTensors::Tensor tensor, TensorOf(entry, arrays, name));
      // In the loop: entries that share bytes must not make more of them than the file has.
      covered += entry.at("data_offsets")[1].get<std::size_t>() -
                 entry.at("data_offsets")[0].get<std::size_t>();
      if (covered > arrays.size()) return Bad(name, "its arrays overlap");
      content.tensors.emplace(key, std::move(tensor));
    }
    if (covered != arrays.size())
      return Bad(name, "its arrays are not as long as its header states");
    if (content.metadata["sha256"] != ChecksumOf(header, arrays)) {
      return Bad(name, "its checksum differs, so it is damaged");
    }
    return content;
  } catch (const Json::exception&) {
    return Bad(name, "its header has another form");
  }
}

}  // namespace verger
