#include "core/runs/contents.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace verger {
namespace {

std::size_t Room(std::size_t entries) { return entries + entries / 4 + 16; }

std::optional<std::uint64_t> KeyOf(std::string_view sha256) {
  constexpr std::size_t kDigits = 16;
  if (sha256.size() != 4 * kDigits) return std::nullopt;
  std::uint64_t key = 0;
  const char* end = sha256.data() + kDigits;
  const auto [stop, error] = std::from_chars(sha256.data(), end, key, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return key;
}

template <typename T>
void Put(const std::vector<T>& values, std::string* bytes) {
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

Contents::Contents(std::int64_t expected)
    : keys_(Room(static_cast<std::size_t>(std::max<std::int64_t>(expected, 0)))),
      numbers_(keys_.size(), kFree) {}

// Of the key's entry, or of the free one where it would be. A SHA-256 is its own hash.
std::size_t Contents::Slot(std::uint64_t key) const {
  __extension__ using Wide = unsigned __int128;
  auto slot = static_cast<std::size_t>((Wide{key} * keys_.size()) >> 64);
  while (numbers_[slot] != kFree && keys_[slot] != key) {
    if (++slot == keys_.size()) slot = 0;
  }
  return slot;
}

void Contents::Grow() {
  const std::size_t room = Room(2 * used_);
  const auto keys = std::exchange(keys_, std::vector<std::uint64_t>(room));
  const auto numbers = std::exchange(numbers_, std::vector<std::uint32_t>(room, kFree));
  for (std::size_t entry = 0; entry < keys.size(); ++entry) {
    if (numbers[entry] == kFree) continue;
    const std::size_t slot = Slot(keys[entry]);
    keys_[slot] = keys[entry];
    numbers_[slot] = numbers[entry];
  }
}

void Contents::Add(std::string_view sha256) {
  const std::int64_t row = rows_++;
  const auto key = KeyOf(sha256);
  if (!key || row >= std::int64_t{kFree}) return;
  if (Room(used_ + 1) > keys_.size()) Grow();
  const std::size_t slot = Slot(*key);
  if (numbers_[slot] != kFree) return;
  keys_[slot] = *key;
  numbers_[slot] = static_cast<std::uint32_t>(row);
  ++used_;
}

std::optional<Contents::Source> Contents::Find(std::string_view sha256) const {
  const auto key = KeyOf(sha256);
  if (!key) return std::nullopt;
  const std::uint32_t row = numbers_[Slot(*key)];
  if (row == kFree) return std::nullopt;
  const auto above = std::upper_bound(
      bases_.begin(), bases_.end(), std::int64_t{row},
      [](std::int64_t wanted, const Base& base) { return wanted < base.first_row; });
  const Base& base = *(above - 1);
  return Source{base.part, row - base.first_row};
}

std::string Contents::Save() const {
  std::string bytes;
  bytes.reserve(12 * keys_.size() + 16 * bases_.size() + 64);
  Put(keys_, &bytes);
  Put(numbers_, &bytes);
  Put(bases_, &bytes);
  return bytes;
}

Result<Contents> Contents::Load(Bytes bytes) {
  Contents contents;
  const bool whole = Take(bytes, &contents.keys_) && Take(bytes, &contents.numbers_) &&
                     Take(bytes, &contents.bases_) && bytes.empty() &&
                     contents.keys_.size() == contents.numbers_.size();
  // A free slot is what ends a search.
  const auto free = std::count(contents.numbers_.begin(), contents.numbers_.end(), kFree);
  const bool any = free < static_cast<std::ptrdiff_t>(contents.numbers_.size());
  const bool ascend =
      std::is_sorted(contents.bases_.begin(), contents.bases_.end(),
                     [](const Base& a, const Base& b) { return a.first_row < b.first_row; });
  const bool from_start = !contents.bases_.empty() && contents.bases_.front().first_row == 0;
  if (!whole || free == 0 || !ascend || (any && !from_start)) {
    return Error{Code::kBadCall, "contents: not the bytes that were saved"};
  }
  contents.used_ = contents.numbers_.size() - static_cast<std::size_t>(free);
  return contents;
}

}  // namespace verger
