#include "cli/storage/s3/upload.h"

#include <fmt/core.h>

#include <utility>

#include "cli/base/error.h"
#include "cli/net/url.h"
#include "cli/net/xml.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 20;
constexpr long kPreconditionFailed = 412;

// The encryption that a request asks for; "" for none.
std::string RequestedEncryption(const S3Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (name == "x-amz-server-side-encryption") return value;
  }
  return "";
}

Failure FailureOf(const S3Upload& upload, const S3Answer& answer) {
  return PutFailure(upload.display_name, answer, upload.condition.has_value(),
                    RequestedEncryption(upload.headers));
}

// Some servers store what they were to encrypt as it is, and say nothing.
void RequireEncryption(S3Client& client, const S3Upload& upload, const S3Answer& answer) {
  const std::string encryption = RequestedEncryption(upload.headers);
  if (encryption.empty() || answer.encryption == encryption) return;
  if (client.Send({"HEAD", upload.key, "", {}, ""}).encryption == encryption) return;
  const bool was_absent = upload.condition && upload.condition->first == "if-none-match";
  if (was_absent) client.Send({"DELETE", upload.key, "", {}, ""});
  S3Answer plain;
  plain.status = 200;
  throw FailureOf(upload, plain);
}

S3Answer Accepted(S3Answer answer, const S3Upload& upload) {
  if (answer.ok() && answer.code.empty()) return answer;
  // If-Match of an object that has gone is answered by 404.
  const bool unmet =
      answer.status == kPreconditionFailed || (answer.status == 404 && answer.code == "NoSuchKey");
  if (unmet && upload.condition) return answer;
  throw FailureOf(upload, answer);
}

S3Headers WithCondition(S3Headers headers, const S3Upload& upload) {
  if (upload.condition) headers.push_back(*upload.condition);
  return headers;
}

// Sends the pieces and returns the document that lists them.
std::string SendPieces(S3Client& client, const S3Upload& upload, const std::string& id) {
  std::string list = "<CompleteMultipartUpload>";
  int number = 0;
  for (std::size_t begin = 0; begin < upload.bytes.size(); begin += kPieceBytes) {
    ++number;
    const S3Answer piece = client.Send({"PUT",
                                        upload.key,
                                        fmt::format("partNumber={}&uploadId={}", number, id),
                                        {},
                                        upload.bytes.substr(begin, kPieceBytes)});
    if (!piece.ok()) throw FailureOf(upload, piece);
    list +=
        fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, piece.etag);
  }
  return list + "</CompleteMultipartUpload>";
}

// Whether an upload that the server does not know any more is complete: an earlier try completed
// it, and only its answer was lost.
bool IsThere(S3Client& client, const S3Upload& upload, const S3Answer& answer) {
  if (answer.status != 404) return false;
  const S3Answer head = client.Send({"HEAD", upload.key, "", {}, ""});
  return head.ok() && head.content_length == static_cast<std::int64_t>(upload.bytes.size());
}

S3Answer PutInPieces(S3Client& client, const S3Upload& upload) {
  const S3Answer begun = client.Send({"POST", upload.key, "uploads=", upload.headers, ""});
  pugi::xml_document document;
  const std::string id = EncodeQuery(ReadXml(begun.body, &document).child_value("UploadId"));
  if (!begun.ok() || id.empty()) throw FailureOf(upload, begun);
  const auto abort = [&] {
    try {
      client.Send({"DELETE", upload.key, "uploadId=" + id, {}, ""});
    } catch (const Failure&) {
      // A lifecycle rule of the bucket ends it some day.
    }
  };
  try {
    const std::string list = SendPieces(client, upload, id);
    S3Answer done =
        client.Send({"POST", upload.key, "uploadId=" + id,
                     WithCondition({{"content-type", "application/xml"}}, upload), list});
    if (IsThere(client, upload, done)) {
      done.status = 200;
      done.encryption = begun.encryption;
      return done;
    }
    // S3 answers 200 before it is done, and may report an error afterwards.
    done = Accepted(std::move(done), upload);
    if (!done.ok()) abort();
    done.encryption = begun.encryption;  // where it was asked for
    return done;
  } catch (const Failure&) {
    abort();
    throw;
  }
}

}  // namespace

S3Answer Put(S3Client& client, const S3Upload& upload) {
  S3Answer answer =
      upload.bytes.size() > kPieceBytes
          ? PutInPieces(client, upload)
          : Accepted(client.Send({"PUT", upload.key, "", WithCondition(upload.headers, upload),
                                  upload.bytes}),
                     upload);
  if (answer.ok()) RequireEncryption(client, upload, answer);
  return answer;
}

S3Answer Copy(S3Client& client, const std::string& from, const std::string& to, S3Headers headers) {
  const S3Upload copy{to, client.PathOf(to), "", headers, std::nullopt};
  headers.emplace_back("x-amz-copy-source", EncodePath(client.bucket() + "/" + from));
  S3Answer answer = client.Send({"PUT", to, "", std::move(headers), ""});
  if (answer.status == 404) return answer;
  answer = Accepted(std::move(answer), copy);
  RequireEncryption(client, copy, answer);
  return answer;
}

}  // namespace verger::cli
