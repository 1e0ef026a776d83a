#include "cli/storage/s3/errors.h"

#include "cli/base/library.h"

namespace verger::cli {
namespace {

Failure FailureOf(std::string_view verb, std::string_view path, long status, std::string_view code,
                  std::string_view message) {
  return Failure(Exit::kStorage, TextOf(verger_s3_error, Borrowed(verb), Borrowed(path),
                                        static_cast<std::int32_t>(status), Borrowed(code),
                                        Borrowed(message), nullptr));
}

}  // namespace

verger_s3_kind KindOf(const S3Answer& answer) {
  return verger_s3_kind_of(static_cast<std::int32_t>(answer.status), Borrowed(answer.code));
}

verger_s3_kind KindOfRead(const S3Answer& answer) {
  verger_s3_kind kind;
  TextOf(verger_s3_error, Borrowed("read"), Borrowed(""), static_cast<std::int32_t>(answer.status),
         Borrowed(answer.code), Borrowed(answer.message), &kind);
  return kind;
}

Failure S3Failure(std::string_view verb, std::string_view path, const S3Answer& answer) {
  return FailureOf(verb, path, answer.status, answer.code, answer.message);
}

Failure PutFailure(std::string_view path, const S3Answer& answer, bool conditional,
                   std::string_view encryption) {
  return Failure(Exit::kStorage,
                 TextOf(verger_s3_put_error, Borrowed(path),
                        static_cast<std::int32_t>(answer.status), Borrowed(answer.code),
                        Borrowed(answer.message), conditional ? 1 : 0, Borrowed(encryption)));
}

Failure NetworkFailure(std::string_view verb, std::string_view path, std::string_view reason) {
  return FailureOf(verb, path, 0, "NetworkConnection", reason);
}

}  // namespace verger::cli
