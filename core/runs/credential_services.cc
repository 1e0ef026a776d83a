#include "core/runs/credential_services.h"

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <utility>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/base/sha1.h"
#include "core/runs/printable.h"
#include "core/runs/regions.h"
#include "core/runs/s3_errors.h"

namespace verger {
namespace {

using Json = nlohmann::json;

constexpr int kOk = 200;

std::string Encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string Form(const std::map<std::string, std::string>& parameters) {
  std::string form;
  for (const auto& [name, value] : parameters) {
    form += fmt::format("{}{}={}", form.empty() ? "" : "&", name, Encoded(value));
  }
  return form;
}

// "" for what is no JSON object, or has no such text.
std::string TextIn(const Json& json, const char* name) {
  if (!json.is_object()) return "";
  const auto at = json.find(name);
  return at != json.end() && at->is_string() ? at->get<std::string>() : "";
}

Json ReadJson(std::string_view text) {
  return IsDeepJson(text) ? Json() : ParseJsonOrDiscard(text);
}

std::string WhatCameOf(const AwsReply& reply) {
  if (reply.status == 0) return reply.error.empty() ? "no answer" : reply.error;
  S3Reply answer = ReadS3Body(reply.body);
  const Json json = ReadJson(reply.body);
  if (answer.message.empty()) answer.message = TextIn(json, "message");
  return fmt::format("{}HTTP {}{}{}", answer.code.empty() ? "" : answer.code + ", ", reply.status,
                     answer.message.empty() ? "" : ": ", answer.message);
}

// Minutes before UTC's clock, of "Z", "+01:00" or "+0100".
std::optional<int> ReadZone(std::string_view zone) {
  if (zone == "Z" || zone == "UTC") return 0;
  if (zone.size() < 5 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  const std::string_view minutes = zone.substr(zone[3] == ':' ? 4 : 3);
  int numbers[2];
  const char* hours = zone.data() + 1;
  if (minutes.size() != 2 || std::from_chars(hours, hours + 2, numbers[0]).ptr != hours + 2 ||
      std::from_chars(minutes.data(), minutes.data() + 2, numbers[1]).ptr != minutes.data() + 2) {
    return std::nullopt;
  }
  const int offset = numbers[0] * 60 + numbers[1];
  return zone[0] == '-' ? -offset : offset;
}

// 127.0.0.1 and the like, not "127.example.org".
bool IsLoopback(std::string_view host) {
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<std::int64_t> ReadAwsTime(std::string_view text) {
  namespace chrono = std::chrono;
  // 2030-01-01T00:00:00
  constexpr std::size_t kAt[] = {0, 5, 8, 11, 14, 17};
  constexpr std::size_t kEnd = 19;
  if (text.size() <= kEnd) return std::nullopt;
  int numbers[6];
  for (int i = 0; i < 6; ++i) {
    const char* begin = text.data() + kAt[i];
    const char* end = begin + (i == 0 ? 4 : 2);
    if (std::from_chars(begin, end, numbers[i]).ptr != end) return std::nullopt;
  }
  std::string_view zone = text.substr(kEnd);
  if (zone.starts_with('.'))
    zone = zone.substr(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
  const std::optional<int> offset = ReadZone(zone);
  if (!offset) return std::nullopt;
  const chrono::year_month_day day{chrono::year(numbers[0]),
                                   chrono::month(static_cast<unsigned>(numbers[1])),
                                   chrono::day(static_cast<unsigned>(numbers[2]))};
  if (!day.ok()) return std::nullopt;
  const std::int64_t days = chrono::sys_days(day).time_since_epoch().count();
  return ((days * 24 + numbers[3]) * 60 + numbers[4] - *offset) * 60 + numbers[5];
}

void Expire(std::int64_t expires, std::int64_t now, AwsCredentials* credentials) {
  constexpr std::int64_t kBefore = 300;
  credentials->expires = expires;
  credentials->renew_at =
      expires - std::min(kBefore, std::max<std::int64_t>(0, (expires - now) / 2));
}

std::optional<AwsCredentials> ReadCredentialDocument(std::string_view document, std::int64_t now) {
  const Json json = ReadJson(document);
  AwsCredentials credentials{
      {TextIn(json, "AccessKeyId"), TextIn(json, "SecretAccessKey"), TextIn(json, "SessionToken")}};
  if (credentials.keys.access_key.empty() || credentials.keys.secret_key.empty()) {
    return std::nullopt;
  }
  if (credentials.keys.session_token.empty()) {
    credentials.keys.session_token = TextIn(json, "Token");
  }
  const std::string expiration = TextIn(json, "Expiration");
  if (const auto expires = ReadAwsTime(expiration)) {
    Expire(*expires, now, &credentials);
  } else if (!expiration.empty()) {
    constexpr std::int64_t kSoon = 300;
    credentials.renew_at = now + kSoon;  // they end at a time that nobody can tell
  }
  return credentials;
}

Result<std::string> CredentialServices::EndpointOf(const std::string& service,
                                                   const std::string& host,
                                                   const std::string& region) {
  const std::string url = profiles_.EndpointUrl(environment_, service);
  if (!url.empty()) return ReadEndpoint(url);
  if (!IsRegion(region)) {
    return steps_.Fail(Printable(
        fmt::format("'{}' is not a region to request credentials in: set AWS_REGION", region)));
  }
  return fmt::format("https://{}.{}.{}", host, region, AwsDomain(region));
}

FoundCredentials CredentialServices::AskSts(const std::map<std::string, std::string>& parameters,
                                            const AwsKeys* keys, const std::string& whose,
                                            const std::string& remedy) {
  std::string region = profiles_.Region(environment_);
  if (region.empty()) region = environment_.region.empty() ? "us-east-1" : environment_.region;
  VERGER_ASSIGN_OR_RETURN(const std::string endpoint, EndpointOf("sts", "sts", region));
  AwsRequest request{"POST", endpoint + "/", {}, Form(parameters)};
  request.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
  if (keys != nullptr) {
    auto covered = request.headers;
    covered["host"] = endpoint.substr(endpoint.find("://") + 3);
    request.headers.merge(
        SignAwsRequest({"POST", "/", "", std::move(covered), TextSha256(request.body)}, *keys,
                       region, "sts", environment_.now));
  }
  VERGER_ASSIGN_OR_RETURN(const AwsReply reply, steps_.Send(request));
  AwsCredentials credentials{{ReadXmlElement(reply.body, "AccessKeyId"),
                              ReadXmlElement(reply.body, "SecretAccessKey"),
                              ReadXmlElement(reply.body, "SessionToken")}};
  if (reply.status != kOk || credentials.keys.secret_key.empty()) {
    return steps_.Fail(Printable(fmt::format("{}, but {} gave no credentials for it ({}); {}",
                                             whose, endpoint, WhatCameOf(reply), remedy)));
  }
  if (const auto expires = ReadAwsTime(ReadXmlElement(reply.body, "Expiration"))) {
    Expire(*expires, environment_.now, &credentials);
  }
  return std::optional(std::move(credentials));
}

FoundCredentials CredentialServices::AskSso(const Sso& sso, const std::string& whose,
                                            const std::string& login, const std::string& remedy) {
  const std::string name = Sha1(sso.session.empty() ? sso.start_url : sso.session);
  VERGER_ASSIGN_OR_RETURN(
      const std::optional<std::string> cached,
      steps_.Read(fmt::format("{}/.aws/sso/cache/{}.json", environment_.home, name)));
  const Json token = ReadJson(cached.value_or(""));
  const auto expires = ReadAwsTime(TextIn(token, "expiresAt"));
  const std::string secret = TextIn(token, "accessToken");
  if (secret.empty() || !expires || *expires <= environment_.now) {
    return steps_.Fail(
        Printable(fmt::format("{}, whose token {}: run '{}', then this again", whose,
                              secret.empty() ? "is not there" : "has expired", login)));
  }
  VERGER_ASSIGN_OR_RETURN(const std::string endpoint, EndpointOf("sso", "portal.sso", sso.region));
  VERGER_ASSIGN_OR_RETURN(
      const AwsReply reply,
      steps_.Send({"GET",
                   fmt::format("{}/federation/credentials?account_id={}&role_name={}", endpoint,
                               Encoded(sso.account), Encoded(sso.role)),
                   {{"x-amz-sso_bearer_token", secret}},
                   ""}));
  const Json json = ReadJson(reply.body);
  const Json role = json.is_object() ? json.value("roleCredentials", Json()) : Json();
  AwsCredentials credentials{
      {TextIn(role, "accessKeyId"), TextIn(role, "secretAccessKey"), TextIn(role, "sessionToken")}};
  if (reply.status != kOk || credentials.keys.secret_key.empty()) {
    const bool again = reply.status == 401;
    return steps_.Fail(Printable(fmt::format(
        "{}, but {} gave no credentials for it ({}); {}", whose, endpoint, WhatCameOf(reply),
        again ? fmt::format("run '{}', then this again", login) : remedy)));
  }
  if (role.contains("expiration") && role.at("expiration").is_number_integer()) {
    Expire(role.at("expiration").get<std::int64_t>() / 1000, environment_.now, &credentials);
  }
  return std::optional(std::move(credentials));
}

FoundCredentials CredentialServices::RunCommand(const std::string& command,
                                                const std::string& whose,
                                                const std::string& remedy) {
  VERGER_ASSIGN_OR_RETURN(const AwsSteps::Ran ran, steps_.Run(command));
  if (ran.status != 0) {
    return steps_.Fail(
        Printable(fmt::format("{}, which ended with {}; {}", whose, ran.status, remedy)));
  }
  auto credentials = ReadCredentialDocument(ran.output, environment_.now);
  if (credentials && credentials->expires != 0 && credentials->expires <= environment_.now) {
    return steps_.Fail(
        Printable(fmt::format("{}, which printed some that have expired; {}", whose, remedy)));
  }
  if (!credentials) {
    return steps_.Fail(Printable(
        fmt::format("{}, which printed no AccessKeyId and SecretAccessKey; {}", whose, remedy)));
  }
  return credentials;
}

FoundCredentials CredentialServices::AskContainer() {
  const std::string relative = environment_.Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  std::string url = environment_.Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && url.empty()) return std::optional<AwsCredentials>();
  if (!relative.empty()) url = "http://169.254.170.2" + relative;
  VERGER_ASSIGN_OR_RETURN(const Host host, ReadHost(url));
  // The token is for the machine itself, or for a server that proves who it is.
  const bool near = host.name == "localhost" || IsLoopback(host.name) || host.name == "::1" ||
                    host.name == "169.254.170.2" || host.name == "169.254.170.23" ||
                    host.name == "fd00:ec2::23";
  if (!near && !url.starts_with("https://")) {
    return steps_.Fail(Printable(fmt::format(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI={}: neither https nor of this machine", url)));
  }
  std::string token = environment_.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string file = environment_.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file.empty()) {
    VERGER_ASSIGN_OR_RETURN(const std::optional<std::string> text, steps_.Read(file));
    token = text.value_or("");
  }
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  AwsRequest request{"GET", url, {}, "", near, 5, 3};
  if (!token.empty()) request.headers["authorization"] = token;
  VERGER_ASSIGN_OR_RETURN(const AwsReply reply, steps_.Send(request));
  auto credentials = ReadCredentialDocument(reply.body, environment_.now);
  if (reply.status != kOk || !credentials) {
    return steps_.Fail(Printable(
        fmt::format("cannot get the container's credentials from {} ({}); check its role, or set "
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                    url, WhatCameOf(reply))));
  }
  return credentials;
}

FoundCredentials CredentialServices::AskMachine() {
  const std::optional<AwsCredentials> none;
  const std::string off = environment_.Variable("AWS_EC2_METADATA_DISABLED");
  if (off == "true" || off == "True" || off == "TRUE") return none;
  std::string endpoint = environment_.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  const std::string mode = environment_.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
  if (endpoint.empty()) {
    endpoint =
        mode == "IPv6" || mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  AwsRequest ask{"PUT",
                 endpoint + "/latest/api/token",
                 {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}},
                 "",
                 true,
                 2,
                 1};
  VERGER_ASSIGN_OR_RETURN(const AwsReply token, steps_.Send(ask));
  ask.method = "GET";
  ask.headers.clear();
  // Without a token, as the first version did, where the second gives none: it may not be known, or
  // its answers may not reach into a container.
  if (token.status == kOk) ask.headers["x-aws-ec2-metadata-token"] = token.body;
  ask.url = endpoint + "/latest/meta-data/iam/security-credentials/";
  const std::string folder = ask.url;
  VERGER_ASSIGN_OR_RETURN(const AwsReply role, steps_.Send(ask));
  if (role.status != kOk || role.body.empty()) return none;  // no machine of EC2, or no role
  ask.url = folder + role.body.substr(0, role.body.find('\n'));
  VERGER_ASSIGN_OR_RETURN(const AwsReply reply, steps_.Send(ask));
  auto credentials = ReadCredentialDocument(reply.body, environment_.now);
  if (reply.status != kOk || !credentials) {
    return steps_.Fail(
        Printable(fmt::format("this machine's role gave no credentials ({})", WhatCameOf(reply))));
  }
  // Where EC2 cannot renew them, those that have expired are good for longer.
  constexpr std::int64_t kMinute = 60;
  credentials->renew_at = std::max(credentials->renew_at, environment_.now + kMinute);
  credentials->expires = 0;
  return credentials;
}

}  // namespace verger
