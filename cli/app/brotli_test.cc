#include "cli/app/brotli.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace verger::cli {
namespace {

std::string Decompressed(const std::string& brotli, std::size_t size) {
  std::string bytes(size, '\0');
  EXPECT_EQ(
      BrotliDecoderDecompress(brotli.size(), reinterpret_cast<const std::uint8_t*>(brotli.data()),
                              &size, reinterpret_cast<std::uint8_t*>(bytes.data())),
      BROTLI_DECODER_RESULT_SUCCESS);
  bytes.resize(size);
  return bytes;
}

TEST(Brotli, ComesBack) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * i) + ",";
  for (const int quality : {0, 5, kBestBrotli}) {
    const std::string brotli = CompressBrotli(text, quality);
    EXPECT_LT(brotli.size(), text.size() * 2 / 3);
    EXPECT_EQ(Decompressed(brotli, text.size()), text);
    EXPECT_EQ(CompressBrotli(text, quality), brotli);
  }
  EXPECT_EQ(Decompressed(CompressBrotli(""), 0), "");
}

}  // namespace
}  // namespace verger::cli
