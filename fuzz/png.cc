// png.cc: photos that begin as a PNG.
#include "fuzz/decode_format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  return fuzz::DecodeFormat(Content::kPng, fuzz::AsBytes(data, size));
}
