#include "core/base/sha256.h"

#include <gtest/gtest.h>

#include <string_view>

namespace verger {
namespace {

std::string HashOf(std::string_view text) { return Sha256(std::as_bytes(std::span(text))); }

// Vectors of FIPS 180-4.
TEST(Sha256, AgreesWithThePublishedVectors) {
  EXPECT_EQ(HashOf(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HashOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, TellsOneBitApart) { EXPECT_NE(HashOf("a"), HashOf("b")); }

}  // namespace
}  // namespace verger
