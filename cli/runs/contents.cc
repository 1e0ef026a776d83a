#include "cli/runs/contents.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace verger::cli {
ContentKey KeyOf(const std::string& sha256) {
  ContentKey key{};
  for (std::size_t half = 0; half < key.size(); ++half) {
    const char* begin = sha256.data() + std::min(sha256.size(), 16 * half);
    const char* end = sha256.data() + std::min(sha256.size(), 16 * (half + 1));
    std::from_chars(begin, end, key[half], 16);
  }
  return key;
}

// Of the key's entry, or of the free one where it would be. A SHA-256 is its own hash.
std::size_t ContentTable::Slot(const ContentKey& key) const {
  __extension__ using Wide = unsigned __int128;
  auto slot = static_cast<std::size_t>((Wide{key[0]} * entries_.size()) >> 64);
  while (entries_[slot].source.part != kFree && entries_[slot].key != key) {
    if (++slot == entries_.size()) slot = 0;
  }
  return slot;
}

void ContentTable::Grow() {
  std::vector<Entry> before(Room(2 * used_));
  before.swap(entries_);
  for (const Entry& entry : before) {
    if (entry.source.part != kFree) entries_[Slot(entry.key)] = entry;
  }
}

bool ContentTable::Add(const ContentKey& key, Source source) {
  if (Room(used_ + 1) > entries_.size()) Grow();
  Entry& entry = entries_[Slot(key)];
  if (entry.source.part != kFree) return false;
  entry = {key, source};
  ++used_;
  return true;
}

std::optional<Source> ContentTable::Find(const ContentKey& key) const {
  const Entry& entry = entries_[Slot(key)];
  if (entry.source.part == kFree) return std::nullopt;
  return entry.source;
}

void Contents::Add(const std::string& sha256, Source source) {
  const std::lock_guard lock(mutex_);
  table_.Add(KeyOf(sha256), source);
}

Contents::Found Contents::FindOrClaim(const std::string& sha256) {
  const ContentKey key = KeyOf(sha256);
  const std::lock_guard lock(mutex_);
  if (const auto source = table_.Find(key)) return {source, {}};
  const auto [entry, mine] = in_hand_.try_emplace(key);
  if (mine) return {};
  return {std::nullopt, entry->second.future};
}

void Contents::Resolve(const std::string& sha256, ExtractedPtr extracted) {
  const std::lock_guard lock(mutex_);
  in_hand_.at(KeyOf(sha256)).promise.set_value(std::move(extracted));
}

void Contents::Fail(const std::string& sha256, std::exception_ptr why) {
  const std::lock_guard lock(mutex_);
  in_hand_.at(KeyOf(sha256)).promise.set_exception(std::move(why));
}

void Contents::Store(const std::string& sha256, Source source) {
  const std::lock_guard lock(mutex_);
  table_.Add(KeyOf(sha256), source);
  in_hand_.erase(KeyOf(sha256));
}

}  // namespace verger::cli
