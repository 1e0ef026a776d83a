// Saved moments, version 1: docs/feature-format.md.
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <string>

#include "core/base/sha256.h"
#include "core/pca/moments.h"
#include "core/pca/triangle.h"

namespace verger {
namespace {

static_assert(std::endian::native == std::endian::little, "saved moments are little-endian");

constexpr char kMagic[8] = {'V', 'G', 'R', 'M', 'O', 'M', 'T', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kMaxDimension = 1 << 20;
constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;  // beyond, doubles skip integers
constexpr std::size_t kHeader = sizeof kMagic + 4 + 4 + 8;
constexpr std::size_t kChecksum = 64;

std::size_t SavedSize(std::size_t dimension) {
  return kHeader + 8 * (dimension + TriangleSize(dimension)) + kChecksum;
}

Error Bad(std::string reason) {
  return Error{Code::kBadFeatures,
               "these are not saved moments: " + reason + "; gather them again from the features"};
}

}  // namespace

std::size_t Moments::SerializedSize() const {
  return SavedSize(static_cast<std::size_t>(dimension_));
}

void Moments::Serialize(std::span<std::byte> bytes) const {
  assert(bytes.size() == SerializedSize());
  const auto width = static_cast<std::size_t>(dimension_);
  std::byte* out = bytes.data();
  const auto put = [&out](const void* data, std::size_t size) {
    std::memcpy(out, data, size);
    out += size;
  };
  const auto dimension = static_cast<std::uint32_t>(dimension_);
  put(kMagic, sizeof kMagic);
  put(&kVersion, 4);
  put(&dimension, 4);
  put(&count_, 8);
  put(mean_.data(), 8 * width);
  if (count_ > 0) {
    put(scatter_.data(), 8 * scatter_.size());
  } else {
    out = std::fill_n(out, 8 * TriangleSize(width), std::byte{0});
  }
  const std::string checksum = Sha256(Bytes(bytes).first(bytes.size() - kChecksum));
  put(checksum.data(), kChecksum);
}

Result<Moments> Moments::Parse(Bytes bytes) {
  const std::byte* in = bytes.data();
  const auto take = [&in](void* data, std::size_t size) {
    std::memcpy(data, in, size);
    in += size;
  };
  if (bytes.size() < kHeader) return Bad(fmt::format("{} bytes are too few", bytes.size()));
  char magic[sizeof kMagic];
  std::uint32_t version;
  std::uint32_t dimension;
  std::int64_t count;
  take(magic, sizeof magic);
  take(&version, 4);
  take(&dimension, 4);
  take(&count, 8);
  if (std::memcmp(magic, kMagic, sizeof magic) != 0) return Bad("they begin with other bytes");
  if (version != kVersion) return Bad(fmt::format("version {} is not known here", version));
  if (dimension == 0 || dimension > kMaxDimension) {
    return Bad(fmt::format("{} is not a dimension", dimension));
  }
  // Before anything is allocated: a header must not claim more than there is.
  if (bytes.size() != SavedSize(dimension)) {
    return Bad(fmt::format("{} bytes, but dimension {} takes {}", bytes.size(), dimension,
                           SavedSize(dimension)));
  }
  if (count < 0 || count > kMaxCount) return Bad(fmt::format("{} is not a count of rows", count));
  const Bytes checksum = bytes.last(kChecksum);
  const std::string expected = Sha256(bytes.first(bytes.size() - kChecksum));
  if (std::memcmp(checksum.data(), expected.data(), kChecksum) != 0) {
    return Bad("their checksum differs, so they are damaged");
  }

  Moments moments(static_cast<int>(dimension));
  moments.count_ = count;
  const std::size_t width = dimension;
  if (count == 0) return moments;
  take(moments.mean_.data(), 8 * width);
  moments.scatter_.resize(TriangleSize(width));
  take(moments.scatter_.data(), 8 * moments.scatter_.size());
  return moments;
}

}  // namespace verger
