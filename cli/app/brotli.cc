#include "cli/app/brotli.h"

#include <brotli/encode.h>

#include <cstdint>

#include "cli/base/error.h"

namespace verger::cli {

std::string CompressBrotli(std::string_view bytes, int quality) {
  std::size_t size = BrotliEncoderMaxCompressedSize(bytes.size());
  std::string compressed(size, '\0');
  if (BrotliEncoderCompress(quality, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_GENERIC, bytes.size(),
                            reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                            reinterpret_cast<std::uint8_t*>(compressed.data())) != BROTLI_TRUE) {
    throw Failure(Exit::kFailed, "Brotli cannot compress: give it more memory");
  }
  compressed.resize(size);
  return compressed;
}

}  // namespace verger::cli
