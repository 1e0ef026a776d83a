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
  // Errors: those of AwsSteps; kBadCall for a selected profile that is in neither file.
  static Result<AwsProfiles> Read(const AwsEnvironment& environment, AwsSteps* steps);

  // AWS_PROFILE, AWS_DEFAULT_PROFILE, else "default".
  const std::string& name() const { return name_; }

  // The settings of a profile in both files, those of credentials first; null if neither has it.
  const AwsSection* Profile(const std::string& name) const;

  // A section of the file of settings, as "sso-session corp"; null if it has none of that name.
  const AwsSection* Section(const std::string& name) const;

  // A setting of the selected profile; "" if it has none.
  std::string Value(const std::string& key) const;

  // The endpoint that the user has configured for a service, such as "s3": by its own variable, by
  // AWS_ENDPOINT_URL, by the services of the selected profile, by the profile. "": AWS's own
  // endpoint. Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
  std::string EndpointUrl(const AwsEnvironment& environment, const std::string& service) const;

  // AWS_REGION, AWS_DEFAULT_REGION, else that of the selected profile; "" if none is set.
  std::string Region(const AwsEnvironment& environment) const;

 private:
  std::string name_;
  AwsSections settings_;
  std::map<std::string, AwsSection> profiles_;
};

// {"region", "endpoint"} as JSON, "" for what is not configured; or a step of AwsSteps.
// Errors: as AwsProfiles::Read.
Result<nlohmann::json> FindAwsSettings(const AwsEnvironment& environment, AwsSteps* steps);

}  // namespace verger
