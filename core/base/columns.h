// columns.h: columns of a table that somebody else owns, as Arrow lays them out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace verger {

// Which values of a column are there: a bit each from `first` on; no bits: all are.
struct Validity {
  const std::uint8_t* bits = nullptr;
  std::int64_t first = 0;

  bool operator[](std::int64_t row) const {
    const std::int64_t bit = first + row;
    return bits == nullptr || (bits[bit / 8] >> (bit % 8) & 1) != 0;
  }
};

// Texts one behind the other: row r reaches from ends[r] to ends[r + 1], in 32 or in 64 bits.
struct TextView {
  const char* data = nullptr;
  const std::int32_t* ends32 = nullptr;
  const std::int64_t* ends64 = nullptr;
  Validity valid;

  bool IsNull(std::int64_t row) const { return !valid[row]; }

  // "" where it is null.
  std::string_view operator[](std::int64_t row) const {
    if (IsNull(row)) return {};
    const std::int64_t begin = ends32 != nullptr ? ends32[row] : ends64[row];
    const std::int64_t end = ends32 != nullptr ? ends32[row + 1] : ends64[row + 1];
    if (begin == end) return {};  // the data may be null
    return {data + begin, static_cast<std::size_t>(end - begin)};
  }
};

// Integers of 64 bits.
struct IntegerView {
  const std::int64_t* values = nullptr;
  Validity valid;

  bool IsNull(std::int64_t row) const { return !valid[row]; }

  // 0 where it is null.
  std::int64_t operator[](std::int64_t row) const { return IsNull(row) ? 0 : values[row]; }
};

}  // namespace verger
