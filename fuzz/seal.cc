#include "fuzz/seal.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "core/base/crc32.h"
#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/base/sha256.h"

namespace verger::fuzz {
namespace {

Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string SealAtEnd(Bytes file, std::size_t digits) {
  std::string sealed(AsText(file));
  if (sealed.size() < digits) return sealed;
  sealed.resize(sealed.size() - digits);
  return sealed + Sha256(AsBytes(sealed)).substr(0, digits);
}

std::string SealFlat(std::string_view magic, Bytes file) {
  std::string sealed(AsText(file));
  const std::size_t head = magic.size() + sizeof(std::uint32_t);
  if (sealed.size() < head) return sealed;
  const std::uint32_t crc = Crc32(file.subspan(head));
  std::memcpy(sealed.data() + magic.size(), &crc, sizeof crc);
  return sealed;
}

std::string SealSafeTensors(Bytes file) {
  using Json = nlohmann::json;
  constexpr std::size_t kLength = 8;
  std::uint64_t length = 0;
  if (file.size() < kLength) return std::string(AsText(file));
  std::memcpy(&length, file.data(), kLength);
  if (length > file.size() - kLength) return std::string(AsText(file));
  const std::string_view text = AsText(file).substr(kLength, length);
  const std::string_view arrays = AsText(file).substr(kLength + length);
  if (IsDeepJson(text)) return std::string(AsText(file));
  Json header = ParseJsonOrDiscard(text);
  if (!header.is_object() || !header["__metadata__"].is_object()) return std::string(AsText(file));
  const auto dump = [&] { return FormatJson(header); };
  header["__metadata__"].erase("sha256");
  header["__metadata__"]["sha256"] = Sha256(AsBytes(dump() + Sha256(AsBytes(arrays))));
  const std::string sealed = dump();
  length = sealed.size();
  std::string head(reinterpret_cast<const char*>(&length), kLength);
  return head + sealed + std::string(arrays);
}

}  // namespace verger::fuzz
