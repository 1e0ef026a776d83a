// flat_bytes.h: numbers and texts one behind the other, little-endian: files for programs that
// carry no JSON.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/bytes.h"

namespace verger {

static_assert(std::endian::native == std::endian::little, "flat files are little-endian");

class FlatWriter {
 public:
  template <typename Number>
  void Put(Number number) {
    PutAll(std::span<const Number>(&number, 1));
  }

  // The numbers alone: the reader knows how many.
  template <typename Number>
  void PutAll(std::span<const Number> numbers) {
    static_assert(std::is_arithmetic_v<Number>);
    if (numbers.empty()) return;  // data() may be null
    bytes_.append(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
  }

  // Its length in 32 bits, then its bytes.
  void PutText(std::string_view text) {
    Put(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }

  std::string Finish() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what FlatWriter wrote. Past the end, and after a number that is not finite, every result is
// 0 or empty, and ok() is false: callers look once, at the end.
class FlatReader {
 public:
  explicit FlatReader(Bytes bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  // All was read, and nothing failed.
  bool done() const { return ok_ && rest_.empty(); }
  std::size_t rest() const { return rest_.size(); }

  template <typename Number>
  Number Take() {
    Number number{};
    TakeInto(std::span(&number, 1));
    return number;
  }

  // Memory: none before the bytes were seen to be there.
  template <typename Number>
  std::vector<Number> TakeAll(std::uint64_t count) {
    if (!ok_ || count > rest_.size() / sizeof(Number)) {
      ok_ = false;
      return {};
    }
    std::vector<Number> numbers(static_cast<std::size_t>(count));
    TakeInto(std::span(numbers));
    return numbers;
  }

  std::string TakeText() {
    const auto length = Take<std::uint32_t>();
    const Bytes text = TakeBytes(length);
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  }

  // Borrowed from the reader's bytes.
  Bytes TakeBytes(std::uint64_t count) {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const Bytes taken_bytes = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(taken_bytes.size());
    return taken_bytes;
  }

 private:
  template <typename Number>
  void TakeInto(std::span<Number> numbers) {
    const Bytes bytes = TakeBytes(numbers.size_bytes());
    if (bytes.empty()) return;
    std::memcpy(numbers.data(), bytes.data(), bytes.size());
    if constexpr (std::is_floating_point_v<Number>) {
      for (Number& number : numbers) {
        if (std::isfinite(number)) continue;
        number = 0;
        ok_ = false;
      }
    }
  }

  Bytes rest_;
  bool ok_ = true;
};

// A file that begins with `magic` and the CRC-32 of what follows.
std::string CheckedFile(std::string_view magic, std::string_view content);

// What follows; nothing for another magic, or where the check differs.
struct CheckedContent {
  bool magic = false;  // it is there
  bool whole = false;  // and so is the rest
  Bytes content;
};
CheckedContent ReadChecked(std::string_view magic, Bytes file);

}  // namespace verger
