#include "core/runs/s3_errors.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "core/runs/printable.h"

namespace verger {
namespace {

constexpr std::string_view kRights = "give these credentials the right to it, or use others";
constexpr std::string_view kKey =
    "let these credentials use its key (kms:Decrypt), or enable the key";
constexpr std::string_view kRenew = "the credentials have expired: renew them and run again";
constexpr std::string_view kKeys = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
constexpr std::string_view kRegion = "set AWS_REGION to the bucket's region";
constexpr std::string_view kSupport =
    "the server does not support this request: use one that speaks S3 as AWS does";
constexpr std::string_view kNetwork =
    "check the endpoint (AWS_ENDPOINT_URL) and the network, then run again";
constexpr std::string_view kLater = "run again later";
constexpr std::string_view kServersLog =
    "run again later; if it fails again, its cause is in the server's own log";
constexpr std::string_view kAsItIs =
    "the server refuses this request as it is: use a server that speaks S3 as AWS does";
constexpr std::string_view kRoom = "give the bucket more room, or choose another one";

struct Meaning {
  S3ErrorKind kind;
  std::string_view remedy;
};

struct KnownCode {
  std::string_view code;
  Meaning meaning;
};

// Source: S3 API reference, "Error responses"; names that Arrow's SDK gives without a status.
constexpr KnownCode kCodes[] = {
    {"NoSuchKey", {S3ErrorKind::kMissing, "check the name"}},
    {"NoSuchBucket", {S3ErrorKind::kNoBucket, "check the bucket's name, or create it"}},
    {"AccessDenied", {S3ErrorKind::kDenied, kRights}},
    {"AllAccessDisabled", {S3ErrorKind::kDenied, kRights}},
    {"InvalidObjectState", {S3ErrorKind::kDenied, "restore it from the archive, then run again"}},
    {"InvalidToken", {S3ErrorKind::kCredentials, "check AWS_SESSION_TOKEN, or renew it"}},
    {"InvalidClientTokenId", {S3ErrorKind::kCredentials, kKeys}},
    {"InvalidAccessKeyId", {S3ErrorKind::kCredentials, kKeys}},
    {"SignatureDoesNotMatch", {S3ErrorKind::kCredentials, "check AWS_SECRET_ACCESS_KEY"}},
    {"RequestTimeTooSkewed", {S3ErrorKind::kCredentials, "set this machine's clock"}},
    {"PermanentRedirect", {S3ErrorKind::kWrongRegion, kRegion}},
    {"AuthorizationHeaderMalformed", {S3ErrorKind::kWrongRegion, kRegion}},
    {"IllegalLocationConstraintException", {S3ErrorKind::kWrongRegion, kRegion}},
    {"NotImplemented", {S3ErrorKind::kNotSupported, kSupport}},
    {"InvalidBucketName", {S3ErrorKind::kNoBucket, "check the bucket's name"}},
    {"KeyTooLongError", {S3ErrorKind::kOther, "choose a shorter prefix"}},
    {"EntityTooLarge", {S3ErrorKind::kOther, "raise the server's limit, or use another one"}},
    {"QuotaExceeded", {S3ErrorKind::kOther, kRoom}},
    {"InsufficientCapacity", {S3ErrorKind::kOther, kRoom}},
    {"InternalError", {S3ErrorKind::kMayPass, kServersLog}},
    {"InternalFailure", {S3ErrorKind::kMayPass, kServersLog}},
    {"ServiceUnavailable", {S3ErrorKind::kMayPass, kLater}},
    {"SlowDown", {S3ErrorKind::kMayPass, kLater}},
    {"Throttling", {S3ErrorKind::kMayPass, kLater}},
    {"RequestTimeout", {S3ErrorKind::kMayPass, kLater}},
    {"ConditionalRequestConflict", {S3ErrorKind::kMayPass, kLater}},
    {"NetworkConnection", {S3ErrorKind::kMayPass, kNetwork}},
};

// Arrow writes ACCESS_DENIED where S3 writes AccessDenied.
std::string Plain(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c == '_') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

Meaning MeaningOfStatus(int status, std::string_view code) {
  switch (status) {
    case 301:
      return {S3ErrorKind::kWrongRegion, kRegion};
    case 403:  // expired credentials look the same without a code
      return {S3ErrorKind::kDenied,
              "give these credentials the right to it, renew them if they have expired, or use "
              "others"};
    case 404:
      return {S3ErrorKind::kMissing, "check the name"};
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return {S3ErrorKind::kMayPass, kLater};
    case 500:
      return {S3ErrorKind::kMayPass, kServersLog};
    case 405:
    case 501:
      return {S3ErrorKind::kNotSupported, kSupport};
    case 507:
      return {S3ErrorKind::kOther, kRoom};
    default:
      break;
  }
  // Without a code, of a HEAD, it may be any of these; with one, the server has said that it is
  // not.
  if (status >= 400 && status < 500 && code.empty()) {
    return {S3ErrorKind::kOther, "check the credentials, the bucket's name and AWS_REGION"};
  }
  if ((status >= 400 && status < 500) || (status == 0 && !code.empty())) {
    return {S3ErrorKind::kOther, kAsItIs};
  }
  return {S3ErrorKind::kOther, kLater};
}

Meaning MeaningOf(int status, std::string_view code) {
  if (code.empty()) return MeaningOfStatus(status, code);
  const std::string plain = Plain(code);
  for (const KnownCode& known : kCodes) {
    if (Plain(known.code) == plain) return known.meaning;
  }
  // KMS.DisabledException, KMS.NotFoundException ...
  if (plain.starts_with("kms.")) return {S3ErrorKind::kDenied, kKey};
  // Servers have many codes for it: ExpiredToken, RequestExpired, TokenRefreshRequired.
  if (plain.find("token") != std::string::npos || plain.find("expired") != std::string::npos) {
    return {S3ErrorKind::kCredentials, kRenew};
  }
  return MeaningOfStatus(status, code);
}

std::string_view ElementIn(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return "";
  const std::size_t inside = begin + open.size();
  const std::size_t end = xml.find(fmt::format("</{}>", name), inside);
  return end == std::string_view::npos ? "" : xml.substr(inside, end - inside);
}

// A character in UTF-8; nothing if there is none of that number, or it is the end of a C string.
std::optional<std::string> Utf8Of(std::uint32_t point) {
  if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto next = [&](int shift) { return byte(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) return std::string{byte(point)};
  if (point < 0x800) return std::string{byte(0xC0 | point >> 6), next(0)};
  if (point < 0x10000) return std::string{byte(0xE0 | point >> 12), next(6), next(0)};
  return std::string{byte(0xF0 | point >> 18), next(12), next(6), next(0)};
}

// What stands for `entity`, such as "amp" or "#38"; nothing if XML has no such entity.
std::optional<std::string> DecodeEntity(std::string_view entity) {
  if (entity == "amp") return "&";
  if (entity == "lt") return "<";
  if (entity == "gt") return ">";
  if (entity == "quot") return "\"";
  if (entity == "apos") return "'";
  if (!entity.starts_with('#')) return std::nullopt;
  entity.remove_prefix(1);
  const int base = entity.starts_with('x') ? 16 : 10;
  if (base == 16) entity.remove_prefix(1);
  std::uint32_t point = 0;
  const char* const last = entity.data() + entity.size();
  const auto [end, error] = std::from_chars(entity.data(), last, point, base);
  if (error != std::errc() || end != last) return std::nullopt;
  return Utf8Of(point);
}

std::string DecodeEntities(std::string_view xml) {
  std::string text;
  while (!xml.empty()) {
    const std::size_t end = xml.front() == '&' ? xml.find(';') : std::string_view::npos;
    const auto decoded =
        end == std::string_view::npos ? std::nullopt : DecodeEntity(xml.substr(1, end - 1));
    text += decoded.value_or(std::string(1, xml.front()));
    xml.remove_prefix(decoded ? end + 1 : 1);
  }
  return text;
}

// Takes `prefix` off a text, if it begins so.
bool Take(std::string_view prefix, std::string_view* text) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Takes off and returns what stands before the first `mark`, and the mark; "" if it is not there.
std::string_view TakeUntil(std::string_view mark, std::string_view* text) {
  const std::size_t end = text->find(mark);
  if (end == std::string_view::npos) return "";
  const std::string_view before = text->substr(0, end);
  text->remove_prefix(end + mark.size());
  return before;
}

// Reads "NAME during Operation operation: message", where NAME is S3's in capitals, or
// "UNKNOWN (HTTP status 403)", or "[code 136]".
std::optional<S3Reply> ReadSdkError(std::string_view text) {
  S3Reply reply;
  std::string_view name = TakeUntil(" during ", &text);
  const std::string_view operation = TakeUntil(" operation: ", &text);
  if (name.empty() || operation.empty() || operation.find(' ') != std::string_view::npos) {
    return std::nullopt;
  }
  if (Take("UNKNOWN (HTTP status ", &name)) {
    std::from_chars(name.data(), name.data() + name.size(), reply.status);
    if (Take("Unable to parse ExceptionName: ", &text)) {
      reply.code = TakeUntil(" Message: ", &text);
    }
  } else if (text.starts_with("No response body.")) {
    // Answers to HEAD: the SDK made the name of the status.
    if (name == "ACCESS_DENIED") reply.status = 403;
    if (name == "RESOURCE_NOT_FOUND") reply.status = 404;
    if (reply.status == 0) reply.code = name;
  } else {
    reply.code = name;
  }
  Take("No response body.", &text);
  while (Take(" ", &text)) continue;
  reply.message = DecodeEntities(text);
  return reply;
}

std::string Summarize(const S3Reply& reply) {
  std::string summary = reply.code;
  if (reply.status != 0) {
    const std::string http = fmt::format("HTTP {}", reply.status);
    summary = summary.empty() ? http : fmt::format("{} ({})", summary, http);
  }
  std::string_view message = reply.message;
  while (message.ends_with('.') || message.ends_with(' ') || message.ends_with('\n')) {
    message.remove_suffix(1);
  }
  if (!message.empty()) summary += fmt::format("{}{}", summary.empty() ? "" : ": ", message);
  return summary.empty() ? "no answer" : summary;
}

S3Error ErrorOf(std::string_view verb, std::string_view path, const S3Reply& reply,
                const Meaning& meaning) {
  return {meaning.kind, Printable(fmt::format("cannot {} '{}': {}; {}", verb, path,
                                              Summarize(reply), meaning.remedy))};
}

// What may be wrong of a put that was refused, and what to do.
constexpr std::string_view kConditions =
    "the server has no conditional writes (If-None-Match, If-Match), which the lock of an output "
    "needs: write to a folder and copy that into the bucket, or use a server that has them";

std::string EncryptionRemedy(const S3Wishes& wishes) {
  return fmt::format(
      "the server does not encrypt as --sse {} asks: leave --sse out, or use a "
      "server that does",
      wishes.encryption);
}

}  // namespace

std::string ReadXmlElement(std::string_view xml, std::string_view name) {
  return DecodeEntities(ElementIn(xml, name));
}

S3Reply ReadS3Body(std::string_view body) {
  return {0, ReadXmlElement(body, "Code"), ReadXmlElement(body, "Message")};
}

S3Reply ReadArrowError(std::string_view text, std::string_view bucket, std::string_view key) {
  if (text.starts_with("Path does not exist '") ||
      text.starts_with("[Errno 2] Path does not exist '")) {
    return {404, "", ""};
  }
  constexpr std::string_view kMark = "AWS Error ";
  if (text.starts_with(kMark)) {  // of a GET: it quotes nothing
    if (auto reply = ReadSdkError(text.substr(kMark.size()))) return *std::move(reply);
  }
  std::string rest(text);
  // A server's message may quote the key once more, behind the mark.
  if (key.find(kMark) != std::string_view::npos) {
    for (std::size_t at = 0; (at = rest.find(key, at)) != std::string::npos;) {
      rest.erase(at, key.size());
    }
  }
  // The last: a folder below the key that was being listed may have any name.
  const std::string mark = fmt::format("ucket '{}': {}", bucket, kMark);
  const std::size_t at = rest.rfind(mark);
  if (at != std::string::npos) {
    if (auto reply = ReadSdkError(std::string_view(rest).substr(at + mark.size()))) {
      return *std::move(reply);
    }
  }
  return {0, "", std::string(text)};
}

// Of a read. S3 has InvalidRequest for objects that want more of it, the key of SSE-C above all.
static Meaning MeaningOfRead(const S3Reply& reply) {
  if (reply.status == 400 && reply.code == "InvalidRequest") {
    return {S3ErrorKind::kDenied,
            "if it is encrypted with a customer's own key (SSE-C), copy it without; else use a "
            "server that speaks S3 as AWS does"};
  }
  return MeaningOf(reply.status, reply.code);
}

S3ErrorKind KindOfS3Error(int status, std::string_view code) {
  return MeaningOf(status, code).kind;
}

std::string RejectionOf(const S3Reply& reply) {
  return Printable(
      fmt::format("cannot be read: {}; {}", Summarize(reply), MeaningOfRead(reply).remedy));
}

S3Error ExplainS3Error(std::string_view verb, std::string_view path, const S3Reply& reply) {
  const bool read = verb == "read";
  return ErrorOf(verb, path, reply,
                 read ? MeaningOfRead(reply) : MeaningOf(reply.status, reply.code));
}

S3Error ExplainS3Put(std::string_view path, const S3Reply& reply, const S3Wishes& wishes) {
  if (reply.status >= 200 && reply.status < 300 && reply.code.empty()) {
    const S3Reply plain{0, "", "the server does not say that it has encrypted it"};
    return ErrorOf("write", path, plain, {S3ErrorKind::kNotSupported, EncryptionRemedy(wishes)});
  }
  const Meaning meaning = MeaningOf(reply.status, reply.code);
  std::string remedy(meaning.remedy);
  // What the server refuses may be what it cannot do; some say so by 400 or 500.
  const bool refused = meaning.kind == S3ErrorKind::kNotSupported || meaning.remedy == kAsItIs;
  const bool failed = meaning.remedy == kServersLog;
  if (refused && wishes.condition && !wishes.encryption.empty()) {
    remedy = fmt::format("{}; if it fails again, {}", EncryptionRemedy(wishes), kConditions);
  } else if (refused && wishes.condition) {
    remedy = kConditions;
  } else if (refused && !wishes.encryption.empty()) {
    remedy = EncryptionRemedy(wishes);
  } else if (failed && !wishes.encryption.empty()) {
    remedy += fmt::format("; or {}", EncryptionRemedy(wishes));
  }
  return ErrorOf("write", path, reply, {meaning.kind, remedy});
}

}  // namespace verger
