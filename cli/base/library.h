// library.h: calls through verger.h: their texts, and their errors as the program's.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "abi/verger.h"
#include "cli/base/error.h"

namespace verger::cli {

// Bytes that the library allocated, freed in the end.
class LibraryBytes {
 public:
  LibraryBytes() = default;
  LibraryBytes(const LibraryBytes&) = delete;
  LibraryBytes& operator=(const LibraryBytes&) = delete;
  ~LibraryBytes() { verger_bytes_free(bytes_); }

  verger_bytes* out() { return &bytes_; }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data), bytes_.size};
  }

 private:
  verger_bytes bytes_{};
};

// Calls a function of verger.h, whose last argument is the error, and throws a Failure
// with its message unless it succeeds.
template <typename Function, typename... Arguments>
void Call(Function function, Arguments&&... arguments) {
  verger_error error;
  switch (function(std::forward<Arguments>(arguments)..., &error)) {
    case VERGER_OK:
      return;
    case VERGER_BAD_CALL:
      throw Failure(Exit::kUsage, error.message);
    case VERGER_BAD_MODEL:
    case VERGER_BAD_FEATURES:
    case VERGER_NOT_OURS:
      throw Failure(Exit::kBadInput, error.message);
    case VERGER_BAD_OUTPUT:
      throw Damaged(error.message);
    case VERGER_IN_USE:
      throw Failure(Exit::kInUse, error.message);
    case VERGER_REFUSED:
      throw Failure(Exit::kRefused, error.message);
    case VERGER_STOPPED:  // only by a caller that knows why
    case VERGER_INTERNAL:
      break;
  }
  throw Failure(Exit::kFailed, error.message);
}

// Text that a call borrows. Requires: `text` outlives the call.
inline verger_text Borrowed(std::string_view text) { return {text.data(), text.size()}; }

// Returns the text that a function of verger.h writes to its last argument but the error.
template <typename Function, typename... Arguments>
std::string TextOf(Function function, Arguments&&... arguments) {
  LibraryBytes bytes;
  Call(function, std::forward<Arguments>(arguments)..., bytes.out());
  return std::string(bytes.view());
}

}  // namespace verger::cli
