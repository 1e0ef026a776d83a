#include "core/runs/sample.h"

#include <charconv>
#include <cstddef>

#include "core/base/sha256.h"

namespace verger {

std::uint64_t SampleRank(std::string_view path) noexcept {
  const auto digits = Sha256Digits({reinterpret_cast<const std::byte*>(path.data()), path.size()});
  std::uint64_t rank = 0;
  std::from_chars(digits.data(), digits.data() + 16, rank, 16);
  return rank;
}

}  // namespace verger
