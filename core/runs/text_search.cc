#include "core/runs/text_search.h"

#include <algorithm>
#include <set>
#include <utility>

namespace verger {
namespace {

constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;  // odd, its bits well mixed

std::uint64_t Byte(char c) { return static_cast<unsigned char>(c) + std::uint64_t{1}; }

std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = 0;
  for (const char c : text) hash = hash * kFactor + Byte(c);
  return hash;
}

// Its last bits hang on few bytes alone.
std::size_t FilterBit(std::uint64_t hash) { return hash >> 48; }

}  // namespace

TextSearch::TextSearch(std::vector<std::string> texts) : texts_(std::move(texts)) {
  if (texts_.empty()) return;
  window_ = std::min_element(texts_.begin(), texts_.end(), [](const auto& a, const auto& b) {
              return a.size() < b.size();
            })->size();
  for (std::size_t i = 1; i < window_; ++i) leading_ *= kFactor;
  for (std::size_t text = 0; text < texts_.size(); ++text) {
    const std::uint64_t hash = HashOf(std::string_view(texts_[text]).substr(0, window_));
    by_hash_.emplace(hash, text);
    filter_.set(FilterBit(hash));
  }
}

std::vector<std::string> TextSearch::In(std::string_view bytes) const {
  if (texts_.empty() || bytes.size() < window_) return {};
  std::set<std::string> matches;
  std::uint64_t hash = HashOf(bytes.substr(0, window_));
  for (std::size_t begin = 0;; ++begin) {
    if (filter_[FilterBit(hash)]) {
      const auto [first, last] = by_hash_.equal_range(hash);
      for (auto entry = first; entry != last; ++entry) {
        const std::string& text = texts_[entry->second];
        if (bytes.substr(begin, text.size()) == text) matches.insert(text);
      }
    }
    if (begin + window_ == bytes.size()) break;
    hash = (hash - Byte(bytes[begin]) * leading_) * kFactor + Byte(bytes[begin + window_]);
  }
  return {matches.begin(), matches.end()};
}

}  // namespace verger
