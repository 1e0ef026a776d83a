#include "cli/storage/s3/client.h"

#include <fmt/core.h>

#include <ctime>
#include <utility>

#include "cli/base/digest.h"
#include "cli/base/interrupt.h"
#include "cli/base/library.h"
#include "cli/base/limits.h"
#include "cli/base/text.h"
#include "cli/net/proxy.h"
#include "cli/net/retries.h"
#include "cli/net/url.h"
#include "cli/storage/s3/aws.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

// What an answer reports of an error: all but a GET's body of an object, and an ok answer to a
// put, for S3 begins that before it is done.
void ReadError(const S3Request& request, S3Answer* answer) {
  if (answer->ok() && request.method != "PUT" && request.method != "POST") return;
  LibraryBytes code, message;
  Call(verger_s3_body, Borrowed(answer->body), code.out(), message.out());
  answer->code = code.view();
  answer->message = message.view();
  // An answer to HEAD has no body; of the bucket itself nothing else can be missing.
  if (answer->status == 404 && request.key.empty() && answer->code.empty()) {
    answer->code = "NoSuchBucket";
  }
}

S3Answer AnswerOf(const S3Request& request, HttpResponse response) {
  const auto number = [](std::optional<std::uint64_t> value) {
    return value ? static_cast<std::int64_t>(*value) : -1;
  };
  const ResponseHeaders& headers = response.headers;
  S3Answer answer;
  answer.status = response.status;
  answer.body = std::move(response.body);
  answer.etag = headers.Value("etag");
  answer.bucket_region = headers.Value("x-amz-bucket-region");
  answer.encryption = headers.Value("x-amz-server-side-encryption");
  answer.content_length = number(headers.ContentLength());
  answer.range_total = number(headers.RangeTotal());
  answer.date = headers.Time("date");
  answer.modified = headers.Time("last-modified");
  ReadError(request, &answer);
  return answer;
}

HttpOptions HttpOptionsOf(const S3Settings& settings) {
  HttpOptions options;
  options.ca_file = settings.ca_file;
  options.exact_paths = true;
  return options;
}

std::string HostOf(const S3Settings& settings) {
  if (!settings.endpoint.empty()) return settings.endpoint;
  const std::string endpoint = TextOf(verger_s3_endpoint, Borrowed(settings.region));
  return endpoint.substr(endpoint.find("://") + 3);
}

}  // namespace

S3Client::S3Client(S3Settings settings, std::string bucket, std::uint64_t retries)
    : settings_(std::move(settings)),
      host_(HostOf(settings_)),
      bucket_(std::move(bucket)),
      proxy_(ProxyOf(AddressOf({"GET", "", "", {}, ""}).url)),
      http_(HttpOptionsOf(settings_)),
      retries_(retries) {}

std::string S3Client::PathOf(std::string_view key) const {
  return Printable(fmt::format("s3://{}/{}", bucket_, key));
}

S3Client::Address S3Client::AddressOf(const S3Request& request) const {
  Address address;
  address.host = host_;
  address.path = "/" + EncodePath(request.key);
  if (!settings_.path_style) {
    address.host = bucket_ + "." + address.host;
  } else if (request.key.empty()) {
    address.path = "/" + EncodePath(bucket_);
  } else {
    address.path = "/" + EncodePath(bucket_) + address.path;
  }
  address.url = fmt::format("{}://{}{}{}{}", settings_.scheme, address.host, address.path,
                            request.query.empty() ? "" : "?", request.query);
  return address;
}

HttpRequest S3Client::Sign(const S3Request& request) const {
  const Address address = AddressOf(request);
  HttpRequest http{request.method, address.url, proxy_, request.headers, request.body, {}, {}};
  if (settings_.request_payer) http.headers.emplace_back("x-amz-request-payer", "requester");
  const std::string sha256 = Sha256Hex(request.body);
  if (!settings_.sign) {
    http.headers.emplace_back("x-amz-content-sha256", sha256);
    return http;
  }
  std::string text;
  for (const auto& [name, value] : http.headers) text += name + ":" + value + "\n";
  text += "host:" + address.host + "\n";
  const verger_s3_request signable = {Borrowed(request.method), Borrowed(address.path),
                                      Borrowed(request.query), Borrowed(text), Borrowed(sha256)};
  const std::string added = TextOf(verger_s3_sign, &signable, Borrowed(Credentials()),
                                   Borrowed(settings_.region), std::time(nullptr));
  for (std::size_t begin = 0, end; (end = added.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::size_t colon = added.find(": ", begin);
    http.headers.emplace_back(added.substr(begin, colon - begin),
                              added.substr(colon + 2, end - colon - 2));
  }
  return http;
}

std::string S3Client::Credentials() const {
  try {
    return AwsCredentials(settings_.region, settings_.ca_file);
  } catch (const Failure& failure) {
    throw Failure(failure.exit(), fmt::format("{}: {}", PathOf(""), failure.what()));
  }
}

S3Answer S3Client::Send(const S3Request& request) {
  const int max_retries = Limits().request_tries - 1;
  for (Retries retries = LibraryRetries();; ++retries_) {
    HttpResponse response = http_.Send(Sign(request));
    if (response.failure == HttpFailure::kUntrusted) {
      throw Failure(Exit::kStorage,
                    fmt::format("{}: {}; set AWS_CA_BUNDLE to the certificates to trust",
                                PathOf(""), response.reason));
    }
    if (response.failure == HttpFailure::kNone) {
      S3Answer answer = AnswerOf(request, std::move(response));
      if (KindOf(answer) != VERGER_S3_MAY_PASS || !retries.Next(max_retries)) return answer;
    } else if (!retries.Next(max_retries)) {
      throw NetworkFailure("reach", PathOf(request.key), response.reason);
    }
    retries.Pause([] { ThrowIfInterrupted(); });
  }
}

}  // namespace verger::cli
