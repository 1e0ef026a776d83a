// aws_profiles.h: AWS's two files of profiles, ~/.aws/config and ~/.aws/credentials.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/runs/aws_steps.h"

namespace verger {

// Settings by their names in small letters; of nested ones, "s3.endpoint_url".
using AwsSection = std::map<std::string, std::string>;
using AwsSections = std::map<std::string, AwsSection>;

// The sections of a file by their names: "default", "profile farm", "sso-session corp".
AwsSections ReadAwsFile(std::string_view text);

class AwsProfiles {
 public:
  // Reads both files: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else those of the home folder.
  // Errors: those of AwsSteps; kBadCall for a chosen profile that is in neither file.
  static Result<AwsProfiles> Read(const AwsEnvironment& environment, AwsSteps* steps);

  // AWS_PROFILE, AWS_DEFAULT_PROFILE, else "default".
  const std::string& chosen() const { return chosen_; }

  // What both files say of a profile, that of credentials first; null if neither knows it.
  const AwsSection* Profile(const std::string& name) const;

  // A section of the file of settings, as "sso-session corp"; null if it has none of that name.
  const AwsSection* Section(const std::string& name) const;

  // A setting of the chosen profile; "" if it has none.
  std::string Value(const std::string& key) const;

  // The URL that someone set for a service, such as "s3": by its own variable, by AWS_ENDPOINT_URL,
  // by the chosen profile's services, by the profile. "": AWS's own.
  // Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
  std::string EndpointUrl(const AwsEnvironment& environment, const std::string& service) const;

  // AWS_REGION, AWS_DEFAULT_REGION, else the chosen profile's; "" if none says it.
  std::string Region(const AwsEnvironment& environment) const;

 private:
  std::string chosen_;
  AwsSections settings_;
  std::map<std::string, AwsSection> profiles_;
};

// {"region", "endpoint"} as JSON, "" for what nobody set; or a step of AwsSteps.
// Errors: as AwsProfiles::Read.
Result<nlohmann::json> FindAwsSettings(const AwsEnvironment& environment, AwsSteps* steps);

}  // namespace verger
