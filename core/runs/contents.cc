#include "core/runs/contents.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace verger {
namespace {

// Of one hexadecimal digit; 255 of any other byte.
constexpr std::array<std::uint8_t, 256> kDigitValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(255);
  for (std::uint8_t value = 0; value < 16; ++value) {
    values[static_cast<unsigned char>("0123456789abcdef"[value])] = value;
    values[static_cast<unsigned char>("0123456789ABCDEF"[value])] = value;
  }
  return values;
}();

std::optional<std::uint64_t> KeyOf(std::string_view sha256) {
  constexpr std::size_t kDigits = 16;
  if (sha256.size() != 4 * kDigits) return std::nullopt;
  std::uint64_t key = 0;
  unsigned digits = 0;
  for (const char digit : sha256.substr(0, kDigits)) {
    const std::uint8_t value = kDigitValues[static_cast<unsigned char>(digit)];
    digits |= value;
    key = key << 4 | (value & 15U);
  }
  if (digits > 15) return std::nullopt;
  return key;
}

template <typename T>
void Append(const std::vector<T>& values, std::string* bytes) {
  const std::uint64_t size = values.size();
  bytes->append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes->append(reinterpret_cast<const char*>(values.data()), size * sizeof(T));
}

// Takes values off the front of `bytes`; false if they are not all there.
template <typename T>
bool Take(Bytes& bytes, std::vector<T>* values) {
  std::uint64_t size = 0;
  if (bytes.size() < sizeof(size)) return false;
  std::memcpy(&size, bytes.data(), sizeof(size));
  bytes = bytes.subspan(sizeof(size));
  if (size > bytes.size() / sizeof(T)) return false;
  values->resize(size);
  std::memcpy(values->data(), bytes.data(), size * sizeof(T));
  bytes = bytes.subspan(size * sizeof(T));
  return true;
}

}  // namespace

Contents::Table::Table(std::size_t rows) : entries(rows + rows / 8 + 16) {}

// A SHA-256 is its own hash.
std::size_t Contents::Table::FirstSlot(std::uint64_t key) const {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>((Wide{key} * entries.size()) >> 64);
}

// Of the key's entry, or of the free one where it would be.
std::size_t Contents::Table::Slot(std::uint64_t key) const {
  std::size_t slot = FirstSlot(key);
  while (entries[slot].row != kFree && entries[slot].key != static_cast<std::uint32_t>(key)) {
    if (++slot == entries.size()) slot = 0;
  }
  return slot;
}

Contents::Contents(std::int64_t expected) {
  tables_.emplace_back(static_cast<std::size_t>(std::max<std::int64_t>(expected, 0)));
}

std::optional<std::uint32_t> Contents::RowOf(std::uint64_t key) const {
  for (const Table& table : tables_) {
    const std::uint32_t row = table.entries[table.Slot(key)].row;
    if (row != kFree) return row;
  }
  return std::nullopt;
}

void Contents::AddPart(std::int64_t part, std::span<const std::string_view> sha256s) {
  constexpr std::size_t kAhead = 16;
  const std::size_t rows = tables_.back().used + sha256s.size();
  if (9 * rows > 8 * tables_.back().entries.size()) {
    tables_.emplace_back(std::max(sha256s.size(), 2 * tables_.back().used));
  }
  std::vector<std::optional<std::uint64_t>> keys(sha256s.size());
  std::transform(sha256s.begin(), sha256s.end(), keys.begin(), KeyOf);
  Table& table = tables_.back();
  std::int64_t number = rows_;
  for (std::size_t row = 0; row < keys.size(); ++row, ++number) {
    if (row + kAhead < keys.size() && keys[row + kAhead]) {
      __builtin_prefetch(&table.entries[table.FirstSlot(*keys[row + kAhead])], 1);
    }
    if (!keys[row] || number >= std::int64_t{kFree} || RowOf(*keys[row])) continue;
    table.entries[table.Slot(*keys[row])] = {static_cast<std::uint32_t>(*keys[row]),
                                             static_cast<std::uint32_t>(number)};
    ++table.used;
  }
  bases_.push_back({rows_, part});
  rows_ = number;
}

std::optional<Contents::Source> Contents::Find(std::string_view sha256) const {
  const auto key = KeyOf(sha256);
  if (!key) return std::nullopt;
  const auto row = RowOf(*key);
  if (!row) return std::nullopt;
  const auto above = std::upper_bound(
      bases_.begin(), bases_.end(), std::int64_t{*row},
      [](std::int64_t row_number, const Base& base) { return row_number < base.first_row; });
  const Base& base = *(above - 1);
  return Source{base.part, *row - base.first_row};
}

std::string Contents::Save() const {
  std::string bytes;
  Append(std::vector<std::uint64_t>{tables_.size()}, &bytes);
  Append(bases_, &bytes);
  for (const Table& table : tables_) Append(table.entries, &bytes);
  return bytes;
}

Result<Contents> Contents::Load(Bytes bytes) {
  const Error damaged{Code::kBadCall, "contents: not the bytes that were saved"};
  Contents contents;
  contents.tables_.clear();
  std::vector<std::uint64_t> tables;
  if (!Take(bytes, &tables) || tables.size() != 1 || tables.front() == 0) return damaged;
  if (!Take(bytes, &contents.bases_)) return damaged;
  const std::vector<Base>& bases = contents.bases_;
  if (!std::is_sorted(bases.begin(), bases.end(),
                      [](const Base& a, const Base& b) { return a.first_row < b.first_row; })) {
    return damaged;
  }
  const bool from_start = !bases.empty() && bases.front().first_row == 0;
  while (contents.tables_.size() < tables.front()) {
    Table& table = contents.tables_.emplace_back(0);
    if (!Take(bytes, &table.entries)) return damaged;
    const auto free = std::count_if(table.entries.begin(), table.entries.end(),
                                    [](const Entry& entry) { return entry.row == kFree; });
    table.used = table.entries.size() - static_cast<std::size_t>(free);
    // A free slot is what ends a search; a row has the base of the last part before it.
    if (free == 0 || (table.used > 0 && !from_start)) return damaged;
  }
  if (!bytes.empty()) return damaged;
  return contents;
}

}  // namespace verger
