// digest.h: digests of bytes that arrive piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace verger::cli {

// kMd5 only to recognise files whose publisher states nothing better.
enum class DigestKind { kSha256, kMd5 };

// Give each thread its own.
class Digest {
 public:
  // Errors: kFailed if this system's OpenSSL does not offer `kind`.
  explicit Digest(DigestKind kind);
  Digest(Digest&&) noexcept = default;
  Digest& operator=(Digest&&) noexcept = default;
  ~Digest() = default;

  void Update(std::string_view bytes);

  // Returns the digest of all bytes so far, as lower-case hexadecimal digits; more may follow.
  std::string Hex() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string Sha256Hex(std::string_view bytes);
std::string Md5Hex(std::string_view bytes);

}  // namespace verger::cli
