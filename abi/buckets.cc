// The rules of buckets, through the door: the lock of an output, regions, errors of S3.
#include "abi/bytes.h"
#include "abi/guard.h"
#include "core/runs/bucket_names.h"
#include "core/runs/lock.h"
#include "core/runs/regions.h"
#include "core/runs/s3_errors.h"

namespace verger::abi {
namespace {

verger_s3_kind KindOf(S3ErrorKind kind) {
  switch (kind) {
    case S3ErrorKind::kMissing:
      return VERGER_S3_MISSING;
    case S3ErrorKind::kNoBucket:
      return VERGER_S3_NO_BUCKET;
    case S3ErrorKind::kDenied:
      return VERGER_S3_DENIED;
    case S3ErrorKind::kCredentials:
      return VERGER_S3_CREDENTIALS;
    case S3ErrorKind::kWrongRegion:
      return VERGER_S3_WRONG_REGION;
    case S3ErrorKind::kNotSupported:
      return VERGER_S3_NOT_SUPPORTED;
    case S3ErrorKind::kMayPass:
      return VERGER_S3_MAY_PASS;
    case S3ErrorKind::kOther:
      break;
  }
  return VERGER_S3_OTHER;
}

// What `body` returns, or `otherwise` where memory is short.
template <typename Value, typename Body>
Value OrElse(Value otherwise, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::exception&) {
    return otherwise;
  }
}

// Hands out the value of a result.
Status HandOutTo(verger_bytes* out, const Result<std::string>& result) {
  VERGER_RETURN_IF_ERROR(Require(out != nullptr, "an output must not be NULL"));
  if (!result) return result.error();
  *out = HandOut(*result);
  return Ok();
}

Status HandOutTo(verger_s3_kind* kind, verger_bytes* line, const S3Error& explained) {
  VERGER_RETURN_IF_ERROR(HandOutTo(line, explained.message));
  if (kind != nullptr) *kind = KindOf(explained.kind);
  return Ok();
}

Result<BucketAddress> AddressOf(const verger_bucket* bucket) {
  if (bucket == nullptr) return Error{Code::kBadCall, "bucket must not be NULL"};
  return BucketAddress{AsText(bucket->name), AsText(bucket->endpoint), AsText(bucket->region)};
}

}  // namespace
}  // namespace verger::abi

using namespace verger;

extern "C" {

int64_t verger_lock_renew_seconds(void) { return kLockRenewSeconds; }

int64_t verger_lock_stale_seconds(void) { return kLockStaleSeconds; }

int64_t verger_lock_pause_milliseconds(void) { return kLockPauseMillis; }

verger_status verger_lock_document(verger_text token, verger_text host, int64_t process,
                                   verger_text start, verger_bytes* document, verger_error* error) {
  return abi::Guard(error, [&] {
    return abi::HandOutTo(document, LockDocument(abi::AsText(token),
                                                 {abi::AsText(host), process, abi::AsText(start)}));
  });
}

int64_t verger_lock_process(verger_text document, verger_text host) {
  return abi::OrElse<int64_t>(
      0, [&] { return LockProcess(abi::AsText(document), abi::AsText(host)); });
}

int32_t verger_lock_is_gone(verger_text document, verger_text host, verger_text start_seen,
                            int32_t process_exists, int64_t age_seconds) {
  return abi::OrElse<int32_t>(0, [&] {
    return LockIsGone(abi::AsText(document), abi::AsText(host), abi::AsText(start_seen),
                      process_exists != 0, age_seconds)
               ? 1
               : 0;
  });
}

verger_status verger_regions_read(verger_text list, verger_bytes* regions, verger_error* error) {
  return abi::Guard(error, [&] { return abi::HandOutTo(regions, ReadRegions(abi::AsText(list))); });
}

verger_status verger_endpoint_read(verger_text url, verger_bytes* endpoint, verger_error* error) {
  return abi::Guard(error,
                    [&] { return abi::HandOutTo(endpoint, ReadEndpoint(abi::AsText(url))); });
}

verger_status verger_host_read(verger_text url, verger_bytes* host, int32_t* is_aws,
                               verger_bytes* region, verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(host != nullptr && is_aws != nullptr && region != nullptr,
                     "verger_host_read: host, is_aws and region must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Host read, ReadHost(abi::AsText(url)));
    *host = abi::HandOut(read.name);
    *region = abi::HandOut(read.region);
    *is_aws = read.is_aws ? 1 : 0;
    return Ok();
  });
}

verger_status verger_s3_endpoint(verger_text region, verger_bytes* endpoint, verger_error* error) {
  return abi::Guard(error,
                    [&] { return abi::HandOutTo(endpoint, S3Endpoint(abi::AsText(region))); });
}

verger_status verger_region_question(const verger_bucket* bucket, verger_text allowed,
                                     verger_bytes* endpoint, verger_bytes* region,
                                     verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(endpoint != nullptr && region != nullptr,
                     "verger_region_question: endpoint and region must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const BucketAddress address, abi::AddressOf(bucket));
    VERGER_ASSIGN_OR_RETURN(const RegionQuestion question,
                            AskForRegion(address, abi::AsText(allowed)));
    *endpoint = abi::HandOut(question.endpoint);
    *region = abi::HandOut(question.region);
    return Ok();
  });
}

verger_status verger_region_check(const verger_bucket* bucket, verger_text allowed,
                                  verger_text answer, verger_bytes* region, verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    VERGER_ASSIGN_OR_RETURN(const BucketAddress address, abi::AddressOf(bucket));
    return abi::HandOutTo(region, CheckRegion(address, abi::AsText(allowed), abi::AsText(answer)));
  });
}

verger_status verger_bucket_check(verger_text place, verger_error* error) {
  return abi::Guard(error, [&] { return CheckBucketName(abi::AsText(place)); });
}

verger_s3_kind verger_s3_kind_of(int32_t status, verger_text code) {
  return abi::OrElse(VERGER_S3_OTHER,
                     [&] { return abi::KindOf(KindOfS3Error(status, abi::AsText(code))); });
}

verger_status verger_s3_body(verger_text body, verger_bytes* code, verger_bytes* message,
                             verger_error* error) {
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(code != nullptr && message != nullptr,
                                        "verger_s3_body: code and message must not be NULL"));
    const S3Reply reply = ReadS3Body(abi::AsText(body));
    *code = abi::HandOut(reply.code);
    *message = abi::HandOut(reply.message);
    return Ok();
  });
}

verger_status verger_s3_error(verger_text verb, verger_text path, int32_t status, verger_text code,
                              verger_text message, verger_s3_kind* kind, verger_bytes* line,
                              verger_error* error) {
  return abi::Guard(error, [&] {
    const S3Reply reply{status, std::string(abi::AsText(code)), std::string(abi::AsText(message))};
    return abi::HandOutTo(kind, line, ExplainS3Error(abi::AsText(verb), abi::AsText(path), reply));
  });
}

verger_status verger_s3_rejection(int32_t status, verger_text code, verger_text message,
                                  verger_bytes* text, verger_error* error) {
  return abi::Guard(error, [&] {
    return abi::HandOutTo(text, RejectionOf({status, std::string(abi::AsText(code)),
                                             std::string(abi::AsText(message))}));
  });
}

verger_status verger_s3_put_error(verger_text path, int32_t status, verger_text code,
                                  verger_text message, int32_t conditional, verger_text encryption,
                                  verger_bytes* line, verger_error* error) {
  return abi::Guard(error, [&] {
    const S3Reply reply{status, std::string(abi::AsText(code)), std::string(abi::AsText(message))};
    const S3Wishes wishes{conditional != 0, abi::AsText(encryption)};
    return abi::HandOutTo(line, ExplainS3Put(abi::AsText(path), reply, wishes).message);
  });
}

verger_status verger_s3_arrow_error(verger_text verb, verger_text path, verger_text text,
                                    verger_text bucket, verger_text key, verger_s3_kind* kind,
                                    verger_bytes* line, verger_error* error) {
  return abi::Guard(error, [&] {
    const S3Reply reply = ReadArrowError(abi::AsText(text), abi::AsText(bucket), abi::AsText(key));
    return abi::HandOutTo(kind, line, ExplainS3Error(abi::AsText(verb), abi::AsText(path), reply));
  });
}

}  // extern "C"
