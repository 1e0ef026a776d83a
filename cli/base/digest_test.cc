#include "cli/base/digest.h"

#include <gtest/gtest.h>

namespace verger::cli {
namespace {

// Vectors of FIPS 180-4 and RFC 1321.
TEST(Digest, AgreesWithThePublishedVectors) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Md5Hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(Md5Hex(""), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Digest, IsTheSameInPieces) {
  Digest digest(DigestKind::kSha256);
  digest.Update("a");
  EXPECT_EQ(digest.Hex(), Sha256Hex("a"));  // asking does not end it
  digest.Update("");
  digest.Update("bc");
  EXPECT_EQ(digest.Hex(), Sha256Hex("abc"));
}

}  // namespace
}  // namespace verger::cli
