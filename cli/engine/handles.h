// handles.h: owners of what verger.h hands out, and its errors as the program's.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "abi/verger.h"
#include "cli/base/error.h"

namespace verger::cli {

template <auto Free>
struct FreeBy {
  template <typename Handle>
  void operator()(Handle* handle) const {
    Free(handle);
  }
};

using ModelHandle = std::unique_ptr<verger_model, FreeBy<verger_model_free>>;
using ExtractorHandle = std::unique_ptr<verger_extractor, FreeBy<verger_extractor_free>>;
using MomentsHandle = std::unique_ptr<verger_moments, FreeBy<verger_moments_free>>;
using PcaHandle = std::unique_ptr<verger_pca, FreeBy<verger_pca_free>>;

// Text that the library borrows for a call.
inline verger_text AsText(std::string_view text) { return {text.data(), text.size()}; }

// Bytes of the library's, given back in the end.
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
    case VERGER_INTERNAL:
      break;
  }
  throw Failure(Exit::kFailed, error.message);
}

}  // namespace verger::cli
