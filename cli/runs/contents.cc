#include "cli/runs/contents.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace verger::cli {

Contents::Key Contents::KeyOf(const std::string& sha256) {
  Key key{};
  for (std::size_t half = 0; half < key.size(); ++half) {
    const char* begin = sha256.data() + std::min(sha256.size(), 16 * half);
    const char* end = sha256.data() + std::min(sha256.size(), 16 * (half + 1));
    std::from_chars(begin, end, key[half], 16);
  }
  return key;
}

Contents::Known Contents::FindOrClaim(const std::string& sha256) {
  const Key key = KeyOf(sha256);
  const std::lock_guard lock(mutex_);
  if (const auto stored = stored_.find(key); stored != stored_.end()) return {stored->second, {}};
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

void Contents::Store(const std::string& sha256, NewRow row) {
  const std::lock_guard lock(mutex_);
  stored_.emplace(KeyOf(sha256), row);
  in_hand_.erase(KeyOf(sha256));
}

}  // namespace verger::cli
