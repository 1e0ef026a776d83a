// text_search.h: many texts looked for in one pass.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace verger {

// Finds texts anywhere in bytes, however many texts there are.
// Source: the rolling hash of Karp and Rabin (1987), over as many bytes as the shortest has.
class TextSearch {
 public:
  // Requires: no text is empty.
  explicit TextSearch(std::vector<std::string> texts);

  // The texts that are somewhere in `bytes`, each once, sorted.
  // Cost: some 10^9 bytes a second, whatever the number of texts.
  std::vector<std::string> In(std::string_view bytes) const;

 private:
  static constexpr std::size_t kFilterBits = 1 << 16;

  std::vector<std::string> texts_;
  std::size_t window_ = 0;
  std::uint64_t leading_ = 1;  // factor of the window's first byte
  std::unordered_multimap<std::uint64_t, std::size_t> by_hash_;  // of the first bytes of texts_
  std::bitset<kFilterBits> filter_;
};

}  // namespace verger
