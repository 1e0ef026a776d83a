#include "core/runs/signature.h"

#include <fmt/core.h>

#include <chrono>

#include "core/base/sha256.h"

namespace verger {
namespace {

constexpr const char* kAlgorithm = "AWS4-HMAC-SHA256";

std::string FromHex(std::string_view hex) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(value(hex[i]) * 16 + value(hex[i + 1]));
  }
  return bytes;
}

// Source: RFC 2104. Returns hexadecimal digits.
std::string HmacHex(std::string_view key, std::string_view text) {
  constexpr std::size_t kBlock = 64;
  std::string padded(key.size() > kBlock ? FromHex(TextSha256(key)) : std::string(key));
  padded.resize(kBlock, '\0');
  std::string inner, outer;
  for (const char c : padded) {
    inner += static_cast<char>(c ^ 0x36);
    outer += static_cast<char>(c ^ 0x5C);
  }
  return TextSha256(outer + FromHex(TextSha256(inner.append(text))));
}

std::string TimeOf(std::int64_t now) {
  using std::chrono::floor, std::chrono::days;
  const std::chrono::sys_seconds time{std::chrono::seconds(now)};
  const std::chrono::year_month_day day{floor<days>(time)};
  const std::chrono::hh_mm_ss hour{time - floor<days>(time)};
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     hour.hours().count(), hour.minutes().count(), hour.seconds().count());
}

}  // namespace

std::string TextSha256(std::string_view text) {
  return Sha256({reinterpret_cast<const std::byte*>(text.data()), text.size()});
}

std::map<std::string, std::string> SignAwsRequest(AwsSignable request, const AwsKeys& keys,
                                                  std::string_view region, std::string_view service,
                                                  std::int64_t now) {
  const std::string time = TimeOf(now);
  const std::string day = time.substr(0, 8);
  std::map<std::string, std::string> added = {
      {"x-amz-content-sha256", std::string(request.body_sha256)}, {"x-amz-date", time}};
  if (!keys.session_token.empty()) added["x-amz-security-token"] = keys.session_token;
  request.headers.insert(added.begin(), added.end());

  std::string names;
  std::string lines;
  for (const auto& [name, value] : request.headers) {
    names += (names.empty() ? "" : ";") + name;
    lines += name + ":" + value + "\n";
  }
  const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path,
                                            request.query, lines, names, request.body_sha256);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region, service);
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope, TextSha256(canonical));
  std::string key = "AWS4" + keys.secret_key;
  for (const std::string_view part :
       {std::string_view(day), region, service, std::string_view("aws4_request")}) {
    key = FromHex(HmacHex(key, part));
  }
  added["authorization"] =
      fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm, keys.access_key,
                  scope, names, HmacHex(key, text));
  return added;
}

}  // namespace verger
