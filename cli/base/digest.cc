#include "cli/base/digest.h"

#include <openssl/evp.h>

#include <array>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

void Check(int result) {
  if (result != 1)
    throw Failure(Exit::kFailed, "OpenSSL cannot compute a digest: does memory suffice?");
}

std::string HexOf(DigestKind kind, std::string_view bytes) {
  Digest digest(kind);
  digest.Update(bytes);
  return digest.Hex();
}

}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Digest::Digest(DigestKind kind) : context_(EVP_MD_CTX_new()) {
  Check(context_ != nullptr);
  if (EVP_DigestInit_ex(context_.get(), kind == DigestKind::kMd5 ? EVP_md5() : EVP_sha256(),
                        nullptr) != 1) {
    throw Failure(Exit::kFailed, kind == DigestKind::kMd5
                                     ? "this system's OpenSSL does not offer MD5 (FIPS mode?)"
                                     : "this system's OpenSSL does not offer SHA-256, or memory "
                                       "does not suffice");
  }
}

void Digest::Update(std::string_view bytes) {
  Check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Digest::Hex() const {
  const std::unique_ptr<evp_md_ctx_st, Free> copy(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  Check(copy != nullptr);
  Check(EVP_MD_CTX_copy_ex(copy.get(), context_.get()));
  Check(EVP_DigestFinal_ex(copy.get(), digest.data(), &size));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

std::string Sha256Hex(std::string_view bytes) { return HexOf(DigestKind::kSha256, bytes); }
std::string Md5Hex(std::string_view bytes) { return HexOf(DigestKind::kMd5, bytes); }

}  // namespace verger::cli
