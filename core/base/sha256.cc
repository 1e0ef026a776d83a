#include "core/base/sha256.h"

// These functions need no provider, unlike the SHA256() that OpenSSL 3 would rather see: in the
// wheel, where OpenSSL is linked in, they weigh 35 KB and not 3.8 MB.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <cstddef>

namespace verger {

std::array<char, 64> Sha256Digits(Bytes bytes) noexcept {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 64> text;
  static_assert(text.size() == 2 * digest.size());
  for (std::size_t i = 0; i < digest.size(); ++i) {
    text[2 * i] = kDigits[digest[i] >> 4];
    text[2 * i + 1] = kDigits[digest[i] & 15];
  }
  return text;
}

std::string Sha256(Bytes bytes) {
  const std::array<char, 64> digits = Sha256Digits(bytes);
  return {digits.begin(), digits.end()};
}

}  // namespace verger
