#include "core/runs/regions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/runs/printable.h"

namespace verger {
namespace {

constexpr std::string_view kDefaultRegion = "eu-west-3";  // Paris
constexpr std::string_view kUsualRegion = "us-east-1";    // of servers that know no regions
constexpr std::string_view kAny = "any";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
constexpr std::string_view kRegionCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";

bool HasOnly(std::string_view characters, std::string_view text) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::string InSmallLetters(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

// A URL in parts, in small letters.
struct Parts {
  std::string scheme;
  std::string host;  // with the brackets of an IPv6 address
  int port = 0;      // 0: none
  std::string rest;  // from '/', '?' or '#' on
};

Error EndpointError(std::string_view url) {
  // Before an '@' may be a password.
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos)
    url.remove_prefix(at + 1);
  return {Code::kBadCall,
          fmt::format("{}: not the URL of an endpoint: give one such as https://host:port "
                      "(AWS_ENDPOINT_URL)",
                      Printable(url))};
}

Result<Parts> Split(std::string_view url) {
  Parts parts{"https", "", 0, InSmallLetters(url)};
  if (const std::size_t colon = parts.rest.find("://"); colon != std::string::npos) {
    parts.scheme = parts.rest.substr(0, colon);
    parts.rest.erase(0, colon + 3);
  }
  const std::string authority = parts.rest.substr(0, parts.rest.find_first_of("/?#"));
  parts.rest.erase(0, authority.size());

  std::size_t end = 0;
  if (authority.starts_with('[')) {
    end = authority.find(']');
    if (end == std::string::npos || end == 1 ||
        !HasOnly("0123456789abcdef:.", std::string_view(authority).substr(1, end - 1))) {
      return EndpointError(url);
    }
    ++end;
  } else {
    end = std::min(authority.find(':'), authority.size());
    if (!HasOnly(kHostCharacters, std::string_view(authority).substr(0, end)))
      return EndpointError(url);
  }
  parts.host = authority.substr(0, end);
  if (HasOnly(".", parts.host)) return EndpointError(url);  // of which ReadHost would leave nothing
  if (end == authority.size()) return parts;

  const std::string_view digits = std::string_view(authority).substr(end + 1);
  constexpr int kMostPorts = 65535;
  const bool number = !digits.empty() && digits.size() <= 5 && HasOnly(kDigits, digits);
  if (authority[end] != ':' || !number) return EndpointError(url);
  std::from_chars(digits.data(), digits.data() + digits.size(), parts.port);
  if (parts.port == 0 || parts.port > kMostPorts) return EndpointError(url);
  return parts;
}

// Takes AWS's domain off a host. Source: the partitions of AWS, which has more than one domain.
bool TakeAwsDomain(std::string_view* host) {
  for (const std::string_view domain :
       {"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws"}) {
    if (*host == domain) {
      *host = "";
      return true;
    }
    if (host->ends_with(domain) && host->substr(0, host->size() - domain.size()).ends_with('.')) {
      host->remove_suffix(domain.size() + 1);
      return true;
    }
  }
  return false;
}

// The last label before the domain, behind which a VPC's endpoint has one more, and before which
// old names have "s3-" instead of "s3.".
std::string_view RegionLabel(std::string_view host) {
  if (host.ends_with(".vpce")) host.remove_suffix(5);
  const std::size_t dot = host.rfind('.');
  std::string_view label = dot == std::string_view::npos ? host : host.substr(dot + 1);
  if (label.starts_with("s3-")) label.remove_prefix(3);
  return label;
}

std::vector<std::string_view> Names(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view name = list.substr(0, end);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) names.push_back(name);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return names;
}

std::string Join(const std::vector<std::string_view>& names, std::string_view between) {
  return fmt::format("{}", fmt::join(names, between));
}

bool Holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<bool> IsAws(std::string_view endpoint) {
  if (endpoint.empty()) return true;
  VERGER_ASSIGN_OR_RETURN(const Host host, ReadHost(endpoint));
  return host.is_aws;
}

// The regions that bind a bucket; none: all are free.
std::vector<std::string_view> Binding(std::string_view allowed, bool is_aws) {
  std::vector<std::string_view> names = Names(allowed);
  if (Holds(names, kAny)) return {};
  if (names.empty() && is_aws) names.push_back(kDefaultRegion);
  return names;
}

Error RefusalOf(const BucketAddress& bucket, std::string_view why,
                const std::vector<std::string_view>& binding, std::string_view remedy) {
  return {Code::kRefused,
          Printable(fmt::format("s3://{}: refused, nothing was read: {}, allowed is {}; {}",
                                bucket.name, why, Join(binding, ", "), remedy))};
}

}  // namespace

Result<Host> ReadHost(std::string_view url) {
  VERGER_ASSIGN_OR_RETURN(const Parts parts, Split(url));
  std::string_view name = parts.host;
  if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
  while (name.ends_with('.')) name.remove_suffix(1);  // DNS takes it so, too
  std::string_view before = name;
  const bool is_aws = TakeAwsDomain(&before);
  return Host{std::string(name), is_aws, std::string(is_aws ? RegionLabel(before) : ""),
              parts.port};
}

Result<std::string> ReadEndpoint(std::string_view url) {
  VERGER_ASSIGN_OR_RETURN(const Parts parts, Split(url));
  if ((parts.scheme != "http" && parts.scheme != "https") || !HasOnly("/", parts.rest)) {
    return EndpointError(url);
  }
  const bool implied = parts.port == 0 || parts.port == (parts.scheme == "http" ? 80 : 443);
  return fmt::format("{}://{}{}", parts.scheme, parts.host,
                     implied ? "" : fmt::format(":{}", parts.port));
}

bool IsRegion(std::string_view name) {
  return !name.empty() && HasOnly(kRegionCharacters, name) && !name.starts_with('-') &&
         !name.ends_with('-') && name.find("--") == std::string_view::npos;
}

std::string_view AwsDomain(std::string_view region) {
  return region.starts_with("cn-")     ? "amazonaws.com.cn"
         : region.starts_with("eusc-") ? "amazonaws.eu"
                                       : "amazonaws.com";
}

std::string S3Endpoint(std::string_view region) {
  return fmt::format("https://s3.{}.{}", region, AwsDomain(region));
}

Result<std::string> ReadRegions(std::string_view list) {
  const std::vector<std::string_view> names = Names(list);
  if (!std::all_of(names.begin(), names.end(), IsRegion)) {
    return Error{Code::kBadCall,
                 fmt::format("regions '{}': give AWS regions such as eu-west-3,eu-west-1, or any",
                             Printable(list))};
  }
  return Holds(names, kAny) ? std::string(kAny) : Join(names, ",");
}

Result<RegionQuestion> AskForRegion(const BucketAddress& bucket, std::string_view allowed) {
  if (!bucket.region.empty() && !IsRegion(bucket.region)) {
    return Error{Code::kBadCall, fmt::format("AWS_REGION={}: not a region: set it to one such as "
                                             "eu-west-3",
                                             Printable(bucket.region))};
  }
  VERGER_ASSIGN_OR_RETURN(const bool is_aws, IsAws(bucket.endpoint));
  const std::vector<std::string_view> binding = Binding(allowed, is_aws);
  if (binding.empty() && (!bucket.region.empty() || !is_aws)) {
    return RegionQuestion{"", std::string(bucket.region.empty() ? kUsualRegion : bucket.region)};
  }
  const std::string first(binding.empty() ? kDefaultRegion : binding.front());
  if (bucket.endpoint.empty()) return RegionQuestion{S3Endpoint(first), first};
  if (is_aws && !binding.empty()) {
    VERGER_ASSIGN_OR_RETURN(const Host host, ReadHost(bucket.endpoint));
    if (!Holds(binding, host.region)) {
      return RefusalOf(
          bucket, fmt::format("the endpoint {} is of no allowed region", host.name), binding,
          "choose another endpoint, or name its region in --regions or VERGER_REGIONS");
    }
  }
  return RegionQuestion{std::string(bucket.endpoint),
                        bucket.region.empty() ? first : std::string(bucket.region)};
}

Result<std::string> CheckRegion(const BucketAddress& bucket, std::string_view allowed,
                                std::string_view answer) {
  VERGER_ASSIGN_OR_RETURN(const RegionQuestion question, AskForRegion(bucket, allowed));
  VERGER_ASSIGN_OR_RETURN(const bool is_aws, IsAws(bucket.endpoint));
  const std::vector<std::string_view> binding = Binding(allowed, is_aws);
  if (!IsRegion(answer)) answer = "";  // it would become part of a host's name
  if (!binding.empty() && !Holds(binding, answer)) {
    if (answer.empty() && !is_aws) {
      return RefusalOf(
          bucket, fmt::format("the server {} does not report its region", bucket.endpoint), binding,
          "if photos may go to that server, give --regions any (VERGER_REGIONS=any)");
    }
    const std::string_view where = answer.empty() ? "a region that it does not report" : answer;
    return RefusalOf(bucket, fmt::format("it lies in {}", where), binding,
                     "move the bucket, or name its region in --regions or VERGER_REGIONS");
  }
  return answer.empty() ? question.region : std::string(answer);
}

}  // namespace verger
