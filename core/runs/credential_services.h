// credential_services.h: sources of credentials: STS, IAM Identity Center, the container, the
// machine, a command.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/runs/credentials.h"

namespace verger {

// Credentials in a JSON document; nothing if it has no keys. Names of keys as in the documents of
// containers, with "Token", or of commands, with "SessionToken".
std::optional<AwsCredentials> ReadCredentialDocument(std::string_view document, std::int64_t now);

// Seconds since 1970 of "2030-01-01T00:00:00Z", "+00:00" or "UTC"; nothing for other text.
std::optional<std::int64_t> ReadAwsTime(std::string_view text);

// Sets the expiry of credentials: they are renewed five minutes before it, or after half of a
// shorter life.
void Expire(std::int64_t expires, std::int64_t now, AwsCredentials* credentials);

class CredentialServices {
 public:
  // All are to outlive this.
  CredentialServices(const AwsEnvironment& environment, const AwsProfiles& profiles,
                     AwsSteps* steps)
      : environment_(environment), profiles_(profiles), steps_(*steps) {}

  // An action of STS with these parameters, signed with `keys` if there are any. `whose` begins the
  // words of a failure, `remedy` ends them.
  FoundCredentials AskSts(const std::map<std::string, std::string>& parameters, const AwsKeys* keys,
                          const std::string& whose, const std::string& remedy);
  // A role by the token that `aws sso login` left. Nothing is written back.
  struct Sso {
    std::string session;  // "": as before there were sessions, named by the URL
    std::string start_url;
    std::string region;
    std::string account;
    std::string role;
  };
  FoundCredentials AskSso(const Sso& sso, const std::string& whose, const std::string& login,
                          const std::string& remedy);
  FoundCredentials RunCommand(const std::string& command, const std::string& whose,
                              const std::string& remedy);
  // Nothing where the environment names no container, or forbids the machine's.
  FoundCredentials AskContainer();
  FoundCredentials AskMachine();

 private:
  Result<std::string> EndpointOf(const std::string& service, const std::string& host,
                                 const std::string& region);

  const AwsEnvironment& environment_;
  const AwsProfiles& profiles_;
  AwsSteps& steps_;
};

}  // namespace verger
