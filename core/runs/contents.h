// contents.h: finds features by the SHA-256 of their photo, so that photos of equal bytes are
// extracted once.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// Rows of parts by the SHA-256 of their photos: 8 bytes each, and an eighth more for room.
//
// It knows a quarter of each hash, half of it only by where an entry is: of 10^7 rows and as many
// look-ups, one in 100 such runs meets a row of other bytes. So a caller that copies features from
// a row compares the whole hash. Const calls are safe from many threads.
class Contents {
 public:
  // `expected`: so many rows, to make room for them at once.
  explicit Contents(std::int64_t expected = 0);

  // A row of a part, by the part's number.
  struct Source {
    std::int64_t part = 0;
    std::int64_t row = 0;
  };

  // All rows of a part, in their order. The first row of a content stays. Hashes that are not 64
  // hexadecimal digits, such as "" for a reject, and rows above 2^32 - 2 cannot be found: their
  // photos are extracted again. Cost: 30 ns a row, whatever the size: memory is prefetched.
  void AddPart(std::int64_t part, std::span<const std::string_view> sha256s);

  std::optional<Source> Find(std::string_view sha256) const;

  // Serializes the table for Load, in the byte order of this machine: for other processes of one
  // run.
  std::string Save() const;
  // Errors: kBadCall for bytes that are not whole.
  static Result<Contents> Load(Bytes bytes);

 private:
  static constexpr std::uint32_t kFree = ~std::uint32_t{0};

  struct Base {
    std::int64_t first_row;
    std::int64_t part;
  };

  struct Entry {
    std::uint32_t key = 0;  // the lower half; the upper half says where the entry is
    std::uint32_t row = kFree;
  };

  // Entries as near as can be to where their keys would have them; at least one in nine is free.
  struct Table {
    explicit Table(std::size_t rows);
    std::size_t FirstSlot(std::uint64_t key) const;
    std::size_t Slot(std::uint64_t key) const;

    std::vector<Entry> entries;
    std::size_t used = 0;
  };

  std::optional<std::uint32_t> RowOf(std::uint64_t key) const;

  // One, if its size was foreseen. A table that is full is left as it is: half its keys are lost.
  std::vector<Table> tables_;
  std::int64_t rows_ = 0;
  std::vector<Base> bases_;  // ascending
};

}  // namespace verger
