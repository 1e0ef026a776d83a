// input.h: what every fuzz target does with the bytes that it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"

// The entry of a target, as libFuzzer and its kin call it. Returns 0, or -1 for an input that is
// not worth a place in the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Ends the process where `condition` is false: the input is a finding.
#define VERGER_FUZZ_REQUIRE(condition)                                               \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)

namespace verger::fuzz {

inline Bytes AsBytes(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}
inline Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Cuts an input into texts at its zero bytes, of which the last text may have more.
inline std::vector<std::string> Pieces(std::string_view text, std::size_t most) {
  std::vector<std::string> pieces;
  while (pieces.size() + 1 < most) {
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos) break;
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  pieces.emplace_back(text);
  return pieces;
}

// Numbers from the front of an input; 0 behind its end.
class Numbers {
 public:
  explicit Numbers(Bytes bytes) : rest_(bytes) {}

  template <typename Number>
  Number Take() {
    Number number{};
    const std::size_t size = rest_.size() < sizeof(Number) ? rest_.size() : sizeof(Number);
    if (size > 0) std::memcpy(&number, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return number;
  }
  // From `least` to `most`.
  int Between(int least, int most) {
    return least + static_cast<int>(Take<std::uint16_t>()) % (most - least + 1);
  }
  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

}  // namespace verger::fuzz
