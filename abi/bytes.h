// bytes.h: bytes that cross the door.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>

#include "abi/verger.h"
#include "core/base/bytes.h"

namespace verger::abi {

inline Bytes AsBytes(const void* data, std::size_t size) {
  return {static_cast<const std::byte*>(data), size};
}

// A copy that verger_bytes_free gives back.
inline verger_bytes HandOut(const void* data, std::size_t size) {
  auto copy = std::make_unique<std::uint8_t[]>(size);
  std::memcpy(copy.get(), data, size);
  return {copy.release(), size};
}

inline verger_bytes HandOut(std::string_view text) { return HandOut(text.data(), text.size()); }

inline std::string_view AsText(verger_text text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

}  // namespace verger::abi
