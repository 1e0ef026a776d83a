// contents.h: where the features of each content are, so that photos of equal bytes are extracted
// once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// Rows of parts by the SHA-256 of their photos: 12 bytes each, and a quarter more for room.
//
// It knows a quarter of each hash: of 10^7 rows and as many look-ups, one in 10^5 such runs meets
// a row of other bytes. So whoever takes features from a row compares the whole hash.
// Const calls are safe from many threads.
class Contents {
 public:
  // `expected`: so many rows, to make room for them at once.
  explicit Contents(std::int64_t expected = 0);

  // A row of a part, by the part's number.
  struct Source {
    std::int64_t part = 0;
    std::int64_t row = 0;
  };

  // The rows that are added from now on are of `part`, the next of them its first.
  void BeginPart(std::int64_t part) { bases_.push_back({rows_, part}); }

  // Counts one row. The first row of a content stays. What is no 64 hexadecimal digits, such as ""
  // for a reject, and rows above 2^32 - 2 are not found later: their photos are extracted again.
  // Requires: BeginPart was called.
  void Add(std::string_view sha256);

  std::optional<Source> Find(std::string_view sha256) const;

  // Bytes that Load reads back, in the byte order of this machine: for other processes of one run.
  std::string Save() const;
  // Errors: kBadCall for bytes that are not whole.
  static Result<Contents> Load(Bytes bytes);

 private:
  static constexpr std::uint32_t kFree = ~std::uint32_t{0};

  struct Base {
    std::int64_t first_row;
    std::int64_t part;
  };

  std::size_t Slot(std::uint64_t key) const;
  void Grow();

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> numbers_;  // of rows; kFree where there is none, at least one in five
  std::size_t used_ = 0;
  std::int64_t rows_ = 0;
  std::vector<Base> bases_;  // ascending
};

}  // namespace verger
