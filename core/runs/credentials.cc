#include "core/runs/credentials.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "core/runs/credential_services.h"
#include "core/runs/printable.h"

namespace verger {
namespace {

using Json = nlohmann::json;

const std::optional<AwsCredentials> kNone;

// A profile's setting; "" if it has none.
std::string In(const AwsSection& profile, const std::string& key) {
  const auto at = profile.find(key);
  return at == profile.end() ? "" : at->second;
}

std::string ShellQuoted(const std::string& name) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@/";
  if (name.find_first_not_of(kPlain) == std::string::npos) return name;
  std::string quoted = "'";
  for (const char c : name) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

class Search {
 public:
  Search(const AwsEnvironment& environment, const AwsProfiles& profiles, AwsSteps* steps)
      : environment_(environment),
        profiles_(profiles),
        steps_(*steps),
        services_(environment, profiles, steps) {}

  FoundCredentials Find() {
    if (auto match = OfEnvironment(); !match || *match) return match;
    const AwsSection none;
    const AwsSection* profile = profiles_.Profile(profiles_.name());
    std::vector<std::string> above;
    if (auto match = OfProfile(profiles_.name(), profile != nullptr ? *profile : none, &above);
        !match || *match) {
      return match;
    }
    if (auto match = services_.AskContainer(); !match || *match) return match;
    return services_.AskMachine();
  }

  std::string Nothing() const {
    const std::string origin = environment_.Variable("AWS_PROFILE").empty() &&
                                       environment_.Variable("AWS_DEFAULT_PROFILE").empty()
                                   ? ""
                                   : fmt::format(" (the profile {} holds none)", profiles_.name());
    return Printable(
        fmt::format("no credentials for it{}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or "
                    "AWS_PROFILE, or read public buckets unsigned (--no-sign-request)",
                    origin));
  }

 private:
  // What goes around a profile that will not do, whatever its kind.
  static std::string WayOut(const std::string& name) {
    return fmt::format(
        "or set its keys by eval \"$(aws configure export-credentials --profile {} "
        "--format env)\"",
        ShellQuoted(name));
  }

  Error Refuse(const std::string& name, const std::string& why) {
    return steps_.Fail(Printable(fmt::format("the profile {} {}; {}", name, why, WayOut(name))));
  }

  FoundCredentials OfEnvironment() {
    AwsKeys keys{environment_.Variable("AWS_ACCESS_KEY_ID"),
                 environment_.Variable("AWS_SECRET_ACCESS_KEY"),
                 environment_.Variable("AWS_SESSION_TOKEN")};
    if (keys.access_key.empty()) return kNone;
    if (keys.secret_key.empty()) {
      return steps_.Fail("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not: set both");
    }
    return std::optional(AwsCredentials{std::move(keys)});
  }

  FoundCredentials OfKeys(const std::string& name, const AwsSection& profile) {
    AwsKeys keys{In(profile, "aws_access_key_id"), In(profile, "aws_secret_access_key"),
                 In(profile, "aws_session_token")};
    if (keys.access_key.empty()) return kNone;
    if (keys.secret_key.empty()) {
      return Refuse(name, "has aws_access_key_id and no aws_secret_access_key: add it");
    }
    // Other programs may write new ones into the file.
    constexpr std::int64_t kReadAgain = 300;
    return std::optional(AwsCredentials{std::move(keys), environment_.now + kReadAgain});
  }

  // `above`: the profiles whose source this one is.
  FoundCredentials OfProfile(const std::string& name, const AwsSection& profile,
                             std::vector<std::string>* above) {
    const bool is_source = !above->empty();
    if (is_source) {
      if (auto match = OfKeys(name, profile); !match || *match) return match;
    }
    const std::string token_file = In(profile, "web_identity_token_file");
    if (!In(profile, "role_arn").empty() && token_file.empty()) {
      return OfRole(name, profile, above);
    }
    const std::string environment_file =
        is_source ? "" : environment_.Variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (!environment_file.empty()) {
      return OfWebIdentity(
          "AWS_WEB_IDENTITY_TOKEN_FILE", environment_file, environment_.Variable("AWS_ROLE_ARN"),
          environment_.Variable("AWS_ROLE_SESSION_NAME"), "check both, and the role's trust");
    }
    if (!token_file.empty()) {
      return OfWebIdentity(fmt::format("the profile {} and its web_identity_token_file", name),
                           token_file, In(profile, "role_arn"), In(profile, "role_session_name"),
                           WayOut(name));
    }
    if (!In(profile, "sso_session").empty() || !In(profile, "sso_start_url").empty()) {
      return OfSso(name, profile);
    }
    if (auto match = OfKeys(name, profile); !match || *match) return match;
    if (!In(profile, "login_session").empty()) {
      return Refuse(name, "is one of 'aws login', which Verger does not know: use another");
    }
    if (const std::string command = In(profile, "credential_process"); !command.empty()) {
      // Its arguments may be secrets.
      const std::string program = command.substr(0, command.find_first_of(" \t"));
      return services_.RunCommand(command, fmt::format("the profile {} runs '{}'", name, program),
                                  "check credential_process, " + WayOut(name));
    }
    return kNone;
  }

  FoundCredentials OfRole(const std::string& name, const AwsSection& profile,
                          std::vector<std::string>* above) {
    const std::string role = In(profile, "role_arn");
    const std::string takes = fmt::format("takes the role {}", role);
    if (!In(profile, "mfa_serial").empty()) {
      return Refuse(name,
                    takes + " with mfa_serial, whose code Verger cannot ask for: use another");
    }
    const std::string source = In(profile, "source_profile");
    const std::string origin = In(profile, "credential_source");
    if (source.empty() == origin.empty()) {
      return Refuse(name, takes +
                              ", which asks for either source_profile or credential_source: "
                              "set one");
    }
    VERGER_ASSIGN_OR_RETURN(
        const std::optional<AwsCredentials> first,
        source.empty() ? OfOrigin(name, takes, origin) : OfSource(name, takes, source, above));
    std::map<std::string, std::string> parameters = {{"Action", "AssumeRole"},
                                                     {"Version", "2011-06-15"},
                                                     {"RoleArn", role},
                                                     {"RoleSessionName", SessionName(profile)}};
    if (const std::string id = In(profile, "external_id"); !id.empty()) {
      parameters["ExternalId"] = id;
    }
    if (const std::string seconds = In(profile, "duration_seconds"); !seconds.empty()) {
      parameters["DurationSeconds"] = seconds;
    }
    return services_.AskSts(parameters, &first->keys, fmt::format("the profile {} {}", name, takes),
                            "check role_arn and whom the role trusts, " + WayOut(name));
  }

  FoundCredentials OfSource(const std::string& name, const std::string& takes,
                            const std::string& source, std::vector<std::string>* above) {
    above->push_back(name);
    const AwsSection* profile = profiles_.Profile(source);
    const std::string by = fmt::format("{} by source_profile {}", takes, source);
    if (profile == nullptr) return Refuse(name, by + ", which is in neither file: check its name");
    const bool circle = std::find(above->begin(), above->end(), source) != above->end();
    // A profile may be its own source: by the keys that it holds.
    if (circle && In(*profile, "aws_access_key_id").empty()) {
      return Refuse(name, by + ", which leads back to itself: give one of them keys");
    }
    VERGER_ASSIGN_OR_RETURN(std::optional<AwsCredentials> match,
                            OfProfile(source, *profile, above));
    if (!match) return Refuse(name, by + ", which holds no credentials: give it some");
    return match;
  }

  FoundCredentials OfOrigin(const std::string& name, const std::string& takes,
                            const std::string& origin) {
    const std::string by = fmt::format("{} by credential_source {}", takes, origin);
    FoundCredentials match = kNone;
    if (origin == "Environment") {
      match = OfEnvironment();
    } else if (origin == "EcsContainer") {
      match = services_.AskContainer();
    } else if (origin == "Ec2InstanceMetadata") {
      match = services_.AskMachine();
    } else {
      return Refuse(name, by + ": set Environment, EcsContainer or Ec2InstanceMetadata");
    }
    if (match && !*match) return Refuse(name, by + ", which has none: use another");
    return match;
  }

  FoundCredentials OfWebIdentity(const std::string& whose, const std::string& file,
                                 const std::string& role, const std::string& session,
                                 const std::string& remedy) {
    if (role.empty()) {
      return steps_.Fail(Printable(
          fmt::format("{}: no role is named: set AWS_ROLE_ARN or role_arn; {}", whose, remedy)));
    }
    VERGER_ASSIGN_OR_RETURN(const std::optional<std::string> token, steps_.Read(file));
    if (!token) {
      return steps_.Fail(Printable(fmt::format("{}: {} is not there; {}", whose, file, remedy)));
    }
    return services_.AskSts(
        {{"Action", "AssumeRoleWithWebIdentity"},
         {"Version", "2011-06-15"},
         {"RoleArn", role},
         {"RoleSessionName", session.empty() ? UsualSession() : session},
         {"WebIdentityToken", token->substr(0, token->find_last_not_of(" \r\n") + 1)}},
        nullptr, fmt::format("{} takes the role {}", whose, role), remedy);
  }

  FoundCredentials OfSso(const std::string& name, const AwsSection& profile) {
    CredentialServices::Sso sso{In(profile, "sso_session"), In(profile, "sso_start_url"),
                                In(profile, "sso_region"), In(profile, "sso_account_id"),
                                In(profile, "sso_role_name")};
    if (!sso.session.empty()) {
      const AwsSection* session = profiles_.Section("sso-session " + sso.session);
      if (session == nullptr) {
        return Refuse(name, fmt::format("names the sso_session {}, which is not in AWS's config: "
                                        "add [sso-session {}]",
                                        sso.session, sso.session));
      }
      sso.region = In(*session, "sso_region");
    }
    if (sso.region.empty() || sso.account.empty() || sso.role.empty()) {
      return Refuse(name,
                    "signs in by SSO, which asks for sso_region, sso_account_id and "
                    "sso_role_name: set them");
    }
    return services_.AskSso(sso, fmt::format("the profile {} signs in by SSO", name),
                            fmt::format("aws sso login --profile {}", ShellQuoted(name)),
                            "check sso_account_id and sso_role_name, " + WayOut(name));
  }

  std::string SessionName(const AwsSection& profile) const {
    const std::string named = In(profile, "role_session_name");
    return named.empty() ? UsualSession() : named;
  }

  std::string UsualSession() const { return fmt::format("verger-{}", environment_.now); }

  const AwsEnvironment& environment_;
  const AwsProfiles& profiles_;
  AwsSteps& steps_;
  CredentialServices services_;
};

}  // namespace

Result<Json> FindAwsCredentials(const AwsEnvironment& environment, AwsSteps* steps) {
  VERGER_ASSIGN_OR_RETURN(const AwsProfiles profiles, AwsProfiles::Read(environment, steps));
  Search search(environment, profiles, steps);
  VERGER_ASSIGN_OR_RETURN(const std::optional<AwsCredentials> match, search.Find());
  if (!match) return steps->Fail(search.Nothing());
  return Json{{"access_key", match->keys.access_key},
              {"secret_key", match->keys.secret_key},
              {"session_token", match->keys.session_token},
              {"renew_at", match->renew_at},
              {"expires", match->expires}};
}

}  // namespace verger
